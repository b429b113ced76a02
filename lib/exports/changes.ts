import type { Actor } from '@/db/actor'
import { type ChangeEffectRow, type ChangeRow, countChanges, listChanges } from '@/db/queries/changes'
import { privilegeOfStrength } from '@/db/queries/snapshot'
import { causeWords, effectWords } from '@/lib/domain/change-words'
import { ALL_CHANGES, type ChangesFilter, type ChangesView } from '@/lib/domain/views'
import type { AllResults } from '@/lib/past-results'
import type { ListToExport } from './lists'
import { readPages } from './pages'
import type { Counted } from './proof'
import { ShownResults } from './shown-results'
import { type Column, cellsOf } from './table'

/** What a change did at one place. */
type EffectOfChange = { change: ChangeRow; effect: ChangeEffectRow }

const yesNo = (is: boolean) => (is ? 'yes' : 'no')

/** Role and scope are the strongest of what was gained or lost; `cause_…` is what the cause itself names. */
const COLUMNS: readonly Column<EffectOfChange>[] = [
  { name: 'first_seen', value: ({ change }) => change.at },
  /** When it was not so yet, by the reading before. */
  { name: 'not_so_yet', value: ({ change }) => change.after },
  { name: 'effect', value: ({ effect }) => effect.effect },
  { name: 'what', value: ({ change, effect }) => effectWords(change, effect) },
  { name: 'why', value: ({ change }) => causeWords(change) },
  { name: 'people', value: ({ effect }) => effect.people },
  { name: 'other_principals', value: ({ effect }) => effect.others },
  /** Roles at scopes, those of everyone together. */
  { name: 'grants', value: ({ effect }) => effect.grants },
  { name: 'role', value: ({ effect }) => effect.roleName ?? effect.roleId },
  { name: 'role_id', value: ({ effect }) => effect.roleId },
  { name: 'privilege', value: ({ effect }) => privilegeOfStrength(effect.strongest) ?? 'unknown' },
  { name: 'privileged', value: ({ effect }) => yesNo(effect.privileged) },
  { name: 'eligible', value: ({ effect }) => yesNo(effect.eligible) },
  { name: 'scope', value: ({ effect }) => effect.scope },
  { name: 'scope_level', value: ({ effect }) => effect.scopeLevel },
  /** How many connected subscriptions have it, and the names of the first few. */
  { name: 'subscriptions', value: ({ effect }) => effect.connections.count },
  { name: 'first_subscriptions', value: ({ effect }) => effect.connections.first.map(({ name }) => name) },
  { name: 'cause', value: ({ change }) => change.cause },
  { name: 'turn', value: ({ change }) => change.turn },
  { name: 'kind', value: ({ change }) => change.kind },
  { name: 'principal', value: ({ change }) => change.principalName },
  { name: 'principal_id', value: ({ change }) => change.principalId },
  { name: 'principal_type', value: ({ change }) => change.principalKind },
  { name: 'group', value: ({ change }) => change.groupName },
  { name: 'group_id', value: ({ change }) => change.groupId },
  /** The group around it that holds the role, where that is another one. */
  { name: 'outer_group', value: ({ change }) => change.through?.name ?? null },
  { name: 'outer_group_id', value: ({ change }) => change.through?.id ?? null },
  { name: 'cause_role', value: ({ change }) => change.roleName },
  { name: 'cause_role_id', value: ({ change }) => change.roleId },
  { name: 'cause_scope', value: ({ change }) => change.scope },
  { name: 'assignment', value: ({ change }) => change.key },
  /** What is different about what goes on: before and after. */
  { name: 'detail', value: ({ change }) => listDetails(change) },
  { name: 'done_by', value: ({ change }) => change.byName },
  { name: 'done_by_id', value: ({ change }) => change.byId },
  { name: 'done_at', value: ({ change }) => change.byAt },
  { name: 'tenant_id', value: ({ change }) => change.tenantId },
  { name: 'seen_by_run', value: ({ change }) => change.runId },
  { name: 'change_id', value: ({ change }) => change.id },
]

const listDetails = ({ detail }: ChangeRow): string[] =>
  Object.entries(detail).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)

/** One change of a role definition has an effect at every node at which somebody holds the role. */
const CHANGES_AT_ONCE = 100

/**
 * What changed in the access to all subscriptions, or to one of them, the latest first: a row for each effect of each change that
 * the filters leave. A sync that publishes meanwhile may show more of them, and the proof has both of its results.
 *
 * @param all what is shown of all of the organisation's connections now
 */
export function changesList(
  actor: Actor,
  all: AllResults,
  { organisation, at }: { organisation: string; at: Date },
  view: ChangesView,
): ListToExport {
  const { connectionId } = view
  const results = new ShownResults(actor, all, ({ id }) => connectionId === null || id === connectionId)
  let listed = 0
  async function* read(): AsyncGenerator<EffectOfChange[]> {
    for await (const changes of readPages((cursor) => listChanges(actor, { ...view, cursor }, CHANGES_AT_ONCE))) {
      listed += changes.length
      await results.haveChanged()
      yield changes.flatMap((change) => change.effects.map((effect) => ({ change, effect })))
    }
  }
  const [only] = connectionId === null ? [] : results.list()
  return {
    ...{ list: 'changes', label: only?.label ?? organisation, at, filters: filtersOf(view) },
    cells: cellsOf({ name: 'Changes', columns: COLUMNS, rows: read() }),
    snapshots: results.snapshots,
    count: () => countListed(actor, view, listed),
  }
}

const FILTER_NAMES = Object.keys(ALL_CHANGES).filter((name): name is keyof ChangesFilter => name !== 'cursor')

/** The filters that are set, as texts. */
const filtersOf = (view: ChangesFilter): Record<string, string> =>
  Object.fromEntries(
    FILTER_NAMES.flatMap((name) => {
      const value = view[name]
      return value ? [[name, value instanceof Date ? value.toISOString() : String(value)]] : []
    }),
  )

async function countListed(actor: Actor, view: ChangesView, listed: number): Promise<Counted> {
  const all = await countChanges(actor, ALL_CHANGES)
  const filters: Counted['filters'] = []
  for (const [name, value] of Object.entries(filtersOf(view))) {
    const left = await countChanges(actor, { ...ALL_CHANGES, [name]: view[name as keyof ChangesFilter] })
    filters.push({ name, value, leavesOut: all - left })
  }
  return { unit: 'changes', all, listed, filters }
}
