import { type Condition, parseCondition } from './parse-condition'
import { type Target, targetsOf } from './targets-of'
import { wordsOfComparison } from './words-of-comparison'
import { wordsOfTargets } from './words-of-targets'

type NameOfRole = (id: string) => string | null
type Clause = { targets: Target[]; words: string }

/**
 * A role assignment's condition in plain words, one sentence for each thing it asks: "Can assign and remove roles only
 * where the role is Reader or Backup Reader." Null when it is not wholly of a form known here; then it has to be
 * shown as it stands, since half a condition in words would say less than it does.
 *
 * Known are the portal's templates for those who may assign roles ("Examples to delegate Azure role assignment
 * management with conditions") and conditions on blobs by container, path, prefix, tags, version and private link
 * ("Example Azure role assignment conditions for Blob Storage"): clauses joined by and, each "not these actions, or
 * this holds". Roles are named where `nameOfRole` knows them, and are ids otherwise. Never throws, whatever the text.
 */
export function wordsOfCondition(condition: string, nameOfRole: NameOfRole = () => null): string | null {
  const parsed = parseCondition(condition)
  if (!parsed) return null
  const clauses = conjuncts(parsed).map((one) => clauseOf(one, (id) => nameOfRole(id.toLowerCase()) ?? id))
  if (!clauses.every((one) => one !== null)) return null

  const targetsByWords = new Map<string, Target[]>()
  for (const { targets, words } of clauses)
    targetsByWords.set(words, [...(targetsByWords.get(words) ?? []), ...targets])
  return [...targetsByWords].map(([words, targets]) => `Can ${wordsOfTargets(targets)} only where ${words}.`).join(' ')
}

const conjuncts = (condition: Condition): Condition[] =>
  condition.kind === 'and' ? condition.parts.flatMap(conjuncts) : [condition]

function clauseOf(condition: Condition, nameOfRole: (id: string) => string): Clause | null {
  if (condition.kind !== 'or' || condition.parts.length !== 2) return null
  const [about, holds] = condition.parts
  const targets = about && targetsOf(about)
  const words = holds && wordsOfHolding(holds, nameOfRole)
  return targets && words && fits(targets, holds) ? { targets, words } : null
}

/** Comparisons joined by and, or by or; one within the other is no known form. The comma keeps lists of values apart. */
function wordsOfHolding(condition: Condition, nameOfRole: (id: string) => string): string | null {
  const [join, parts] =
    condition.kind === 'and' || condition.kind === 'or'
      ? [condition.kind, condition.parts]
      : (['and', [condition]] as const)
  const words = parts.map((part) => (part.kind === 'comparison' ? wordsOfComparison(part, nameOfRole) : null))
  return words.every((one) => one !== null) ? words.join(`, ${join} `) : null
}

/**
 * Whether each role assignment is looked at where it is: in the request when it is made, on the resource when it is removed.
 * Azure finds no attribute elsewhere, so that the condition would mean something else than it seems to.
 */
function fits(targets: readonly Target[], holds: Condition): boolean {
  const parts = holds.kind === 'and' || holds.kind === 'or' ? holds.parts : [holds]
  const allFrom = (source: string) => parts.every((one) => one.kind === 'comparison' && one.source === source)
  return targets.every(({ verb, thing }) => thing !== 'roles' || allFrom(verb === 'assign' ? 'request' : 'resource'))
}
