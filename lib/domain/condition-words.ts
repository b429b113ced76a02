import { type Condition, parseCondition } from './condition-parser'
import { joinList } from './words'

type Comparison = Extract<Condition, { kind: 'comparison' }>
type NameOfRole = (id: string) => string | null
/** What a condition restricts, as verbs on a thing: `read` and `list` on `blobs`. */
type Target = { verb: string; thing: string }
type Clause = { targets: Target[]; words: string }

/**
 * A role assignment's condition in plain words, one sentence for each thing it asks: "Can assign and remove roles only
 * where the role is Reader or Backup Reader." Null when any part of it is of a form that is not known here. It then has to
 * be shown as it stands, since half a condition in words would say less than the condition does.
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

/** Every GUID in a condition, in lower case: those of the roles and of the principals that it names. */
export const listIdsIn = (condition: string): string[] =>
  (condition.match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi) ?? []).map((id) => id.toLowerCase())

const conjuncts = (condition: Condition): Condition[] =>
  condition.kind === 'and' ? condition.parts.flatMap(conjuncts) : [condition]

function clauseOf(condition: Condition, nameOfRole: (id: string) => string): Clause | null {
  if (condition.kind !== 'or' || condition.parts.length !== 2) return null
  const [exempted, requirement] = condition.parts
  const targets = exempted && targetsOf(exempted)
  const words = requirement && wordsOfRequirement(requirement, nameOfRole)
  return targets && words && looksInRightPlace(targets, requirement) ? { targets, words } : null
}

/** Comparisons joined by and, or by or; a mixture of both is no known form. The comma keeps lists of values apart. */
function wordsOfRequirement(condition: Condition, nameOfRole: (id: string) => string): string | null {
  const [join, parts] =
    condition.kind === 'and' || condition.kind === 'or'
      ? [condition.kind, condition.parts]
      : (['and', [condition]] as const)
  const words = parts.map((part) => (part.kind === 'comparison' ? wordsOfComparison(part, nameOfRole) : null))
  return words.every((one) => one !== null) ? words.join(`, ${join} `) : null
}

/**
 * Whether a role assignment is looked up where it is: in the request when it is made, on the resource when it is removed.
 * Azure finds no attribute elsewhere, so that the condition would mean something else than it seems to.
 */
function looksInRightPlace(targets: readonly Target[], requirement: Condition): boolean {
  const parts = requirement.kind === 'and' || requirement.kind === 'or' ? requirement.parts : [requirement]
  const allFrom = (source: string) => parts.every((one) => one.kind === 'comparison' && one.source === source)
  return targets.every(({ verb, thing }) => thing !== 'roles' || allFrom(verb === 'assign' ? 'request' : 'resource'))
}

/** `read and list blobs and write blob tags`, each once, in the order of the condition. */
function wordsOfTargets(targets: readonly Target[]): string {
  const verbs = new Map<string, Set<string>>()
  for (const { verb, thing } of targets) verbs.set(thing, (verbs.get(thing) ?? new Set()).add(verb))
  return joinList(
    [...verbs].map(([thing, ofThing]) => `${joinList([...ofThing], 'and')} ${thing}`),
    'and',
  )
}

const BLOBS = 'microsoft.storage/storageaccounts/blobservices/containers/blobs'

const ACTIONS: Readonly<Record<string, Target[]>> = {
  'microsoft.authorization/roleassignments/write': [{ verb: 'assign', thing: 'roles' }],
  'microsoft.authorization/roleassignments/delete': [{ verb: 'remove', thing: 'roles' }],
  [`${BLOBS}/read`]: [
    { verb: 'read', thing: 'blobs' },
    { verb: 'list', thing: 'blobs' },
  ],
  [`${BLOBS}/write`]: [{ verb: 'write', thing: 'blobs' }],
  [`${BLOBS}/add/action`]: [{ verb: 'create', thing: 'blobs' }],
  [`${BLOBS}/delete`]: [{ verb: 'delete', thing: 'blobs' }],
  [`${BLOBS}/move/action`]: [{ verb: 'move', thing: 'blobs' }],
  [`${BLOBS}/filter/action`]: [{ verb: 'find', thing: 'blobs' }],
  [`${BLOBS}/deleteblobversion/action`]: [{ verb: 'delete', thing: 'blob versions' }],
  [`${BLOBS}/permanentdelete/action`]: [{ verb: 'permanently delete', thing: 'blobs' }],
  [`${BLOBS}/tags/read`]: [{ verb: 'read', thing: 'blob tags' }],
  [`${BLOBS}/tags/write`]: [{ verb: 'write', thing: 'blob tags' }],
  [`${BLOBS}/runassuperuser/action`]: [{ verb: 'act', thing: 'as superuser' }],
}

/** Parts of actions that conditions single out ("Actions and attributes for Blob Storage", suboperations). */
const SUBOPERATIONS: Readonly<Record<string, Target[]>> = {
  [`${BLOBS}/read blob.list`]: [{ verb: 'list', thing: 'blobs' }],
  [`${BLOBS}/read not blob.list`]: [{ verb: 'read', thing: 'blobs' }],
  [`${BLOBS}/write blob.write.withtagheaders`]: [{ verb: 'write', thing: 'blobs with tags' }],
  [`${BLOBS}/add/action blob.write.withtagheaders`]: [{ verb: 'create', thing: 'blobs with tags' }],
}

/**
 * The actions that a clause restricts, from its first half, which exempts all others in Azure's way of writing: not this
 * action, and not that one. Null when an action, or how it is combined, is not a known one.
 */
function targetsOf(condition: Condition): Target[] | null {
  if (condition.kind === 'and') {
    const all = condition.parts.map(targetsOf)
    return all.every((one) => one !== null) ? all.flat() : null
  }
  if (condition.kind !== 'not') return null
  const { part } = condition
  if (part.kind === 'action') return findTargets(ACTIONS, part.name)
  if (part.kind !== 'and' || part.parts.length !== 2) return null
  const [action, suboperation] = part.parts
  if (action?.kind !== 'action') return null
  if (suboperation?.kind === 'suboperation') return findTargets(SUBOPERATIONS, `${action.name} ${suboperation.name}`)
  if (suboperation?.kind !== 'not' || suboperation.part.kind !== 'suboperation') return null
  return findTargets(SUBOPERATIONS, `${action.name} not ${suboperation.part.name}`)
}

function findTargets(table: Readonly<Record<string, Target[]>>, name: string): Target[] | null {
  const key = name.toLowerCase()
  return Object.hasOwn(table, key) ? (table[key] ?? null) : null
}

type Naming = { sources: string[]; noun: string; type?: 'role' | 'principal' | 'principal_type' | 'switch' }

const ROLE_ASSIGNMENTS = 'microsoft.authorization/roleassignments'
const STORAGE = 'microsoft.storage/storageaccounts'
const CONTAINERS = `${STORAGE}/blobservices/containers`
const TAG = `${BLOBS}/tags:`
const TAG_KEYS = `${BLOBS}/tags&$keys$&`
const CASE_SENSITIVE = '<$key_case_sensitive$>'

/** Attributes and where each may come from ("Authorization actions and attributes"; "Actions and attributes for Blob Storage"). */
const ATTRIBUTES: Readonly<Record<string, Naming>> = {
  [`${ROLE_ASSIGNMENTS}:roledefinitionid`]: { sources: ['request', 'resource'], noun: 'the role', type: 'role' },
  [`${ROLE_ASSIGNMENTS}:principalid`]: { sources: ['request', 'resource'], noun: 'the principal', type: 'principal' },
  [`${ROLE_ASSIGNMENTS}:principaltype`]: {
    sources: ['request', 'resource'],
    noun: 'the principal',
    type: 'principal_type',
  },
  [`${STORAGE}:name`]: { sources: ['resource'], noun: 'the storage account' },
  [`${STORAGE}/encryptionscopes:name`]: { sources: ['resource'], noun: 'the encryption scope' },
  [`${CONTAINERS}:name`]: { sources: ['resource'], noun: 'the container' },
  [`${BLOBS}:path`]: { sources: ['resource'], noun: 'the path' },
  [`${BLOBS}:prefix`]: { sources: ['request'], noun: 'the prefix asked for' },
  [`${BLOBS}:iscurrentversion`]: { sources: ['resource'], noun: 'the version is the current one', type: 'switch' },
  isprivatelink: { sources: ['environment'], noun: 'the request comes over a private link', type: 'switch' },
}
const PRINCIPAL_TYPES = new Map(
  Object.entries({
    user: 'a user',
    group: 'a group',
    serviceprincipal: 'a service principal',
  }),
)

/** What must hold, like "the container is “uploads”"; null when the attribute, or how it is compared, is not a known one. */
function wordsOfComparison(comparison: Comparison, nameOfRole: (id: string) => string): string | null {
  const attribute = comparison.attribute.toLowerCase()
  if (attribute === TAG_KEYS) return wordsOfTagKeys(comparison)
  const naming = attribute.startsWith(TAG)
    ? namingOfTag(comparison)
    : Object.hasOwn(ATTRIBUTES, attribute)
      ? ATTRIBUTES[attribute]
      : null
  if (!naming?.sources.includes(comparison.source)) return null
  const test = testOf(comparison)
  if (!test) return null

  const { type, noun } = naming
  if (type === 'switch') return test.name === 'bool' && isTrue(comparison.values) ? noun : null
  if (type === 'role' || type === 'principal') {
    return test.name === 'guid'
      ? `${noun} ${wordsOfTest(test, comparison.values.map(type === 'role' ? nameOfRole : (id) => id))}`
      : null
  }
  if (test.name !== 'string') return null
  if (type !== 'principal_type') return `${noun} ${wordsOfTest(test, comparison.values.map(quote))}`
  const types = comparison.values.map((one) => PRINCIPAL_TYPES.get(one.toLowerCase()) ?? null)
  return types.every((one) => one !== null) && test.relation === 'is' ? `${noun} ${wordsOfTest(test, types)}` : null
}

const quote = (text: string) => `“${text}”`
const isTrue = (values: string[]) => values.length === 1 && values[0]?.toLowerCase() === 'true'

function namingOfTag({ attribute, source }: Comparison): Naming | null {
  const key = attribute.slice(TAG.length)
  if (!key.toLowerCase().endsWith(CASE_SENSITIVE)) return null
  const name = quote(key.slice(0, -CASE_SENSITIVE.length))
  return { sources: ['request', 'resource'], noun: source === 'request' ? `the new tag ${name}` : `the tag ${name}` }
}

/** A blob has several tag keys, so it matters whether one of them is meant or each. */
function wordsOfTagKeys({ source, operator, values }: Comparison): string | null {
  const tags = source === 'request' ? 'the new tags' : source === 'resource' ? 'the tags' : null
  const keys = joinList(values.map(quote), 'or')
  if (!tags) return null
  if (operator.toLowerCase() === 'foranyofanyvalues:stringequals') return `${tags} include ${keys}`
  return operator.toLowerCase() === 'forallofanyvalues:stringequals' ? `each of ${tags} is ${keys}` : null
}

type Test = { name: 'guid' | 'string' | 'bool'; relation: 'is' | 'starts with' | 'is like'; negated: boolean }

const OPERATORS: Readonly<Record<string, Test>> = {
  guidequals: { name: 'guid', relation: 'is', negated: false },
  guidnotequals: { name: 'guid', relation: 'is', negated: true },
  boolequals: { name: 'bool', relation: 'is', negated: false },
  stringequals: { name: 'string', relation: 'is', negated: false },
  stringnotequals: { name: 'string', relation: 'is', negated: true },
  stringstartswith: { name: 'string', relation: 'starts with', negated: false },
  stringnotstartswith: { name: 'string', relation: 'starts with', negated: true },
  stringlike: { name: 'string', relation: 'is like', negated: false },
  stringnotlike: { name: 'string', relation: 'is like', negated: true },
}

/**
 * How one value is compared with several. The attribute has one value, so only the half of the quantifier that is about
 * the list counts: "equals any of these" is a list to choose from, "equals none of all these" a list to keep out.
 *
 * The other two combinations are traps: "differs from any of these" is always true and keeps nothing out, "equals all of
 * these" is never true. They count as no known form, so that such a condition is shown as it stands.
 */
function testOf({ operator, values }: Comparison): Test | null {
  const parts = operator.toLowerCase().split(':')
  const [quantifier, name = ''] = parts.length === 2 ? parts : [null, parts[0]]
  const plain = name.startsWith('string') && name.endsWith('ignorecase') ? name.slice(0, -'ignorecase'.length) : name
  const test = parts.length <= 2 && Object.hasOwn(OPERATORS, plain) ? OPERATORS[plain] : undefined
  if (!test) return null
  if (quantifier === null) return values.length === 1 ? test : null
  const isOverAll = quantifier === 'foranyofallvalues' || quantifier === 'forallofallvalues'
  if (!isOverAll && quantifier !== 'foranyofanyvalues' && quantifier !== 'forallofanyvalues') return null
  return values.length === 1 || isOverAll === test.negated ? test : null
}

function wordsOfTest({ relation, negated }: Test, values: string[]): string {
  const list = joinList(values, 'or')
  if (!negated) return `${relation} ${list}`
  if (relation === 'starts with') return `does not start with ${list}`
  return values.length === 1
    ? `${relation.replace('is', 'is not')} ${list}`
    : `${relation.replace('is', 'is none of')} ${list}`
}
