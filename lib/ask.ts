import type { Actor } from '@/db/actor'
import type { ConnectionFacts } from '@/db/queries/connections'
import { listDenials, listDenialsByPrincipal } from '@/db/queries/denials'
import { listMatchingGrants, listRolePermissions, type MatchingGrant, type RolePermissions } from '@/db/queries/grants'
import { type HolderRow, listHolders } from '@/db/queries/holders'
import { listScopes } from '@/db/queries/result'
import type { RoleHeld } from '@/db/queries/roles'
import type { NamedDeny } from '@/lib/domain/access'
import { findDecisiveDenials } from '@/lib/domain/denials'
import { suggestOperations } from '@/lib/domain/operations'
import { allows, parseOperation, planeOf } from '@/lib/domain/role-meaning'
import { parseScope, suggestScopes } from '@/lib/domain/scopes'
import { type AskView, parseAccessView } from '@/lib/domain/views'
import type { Plane } from '@/lib/domain/vocabulary'
import type { Total } from '@/lib/domain/words'
import { withLease } from '@/lib/leases'
import { holderCounter } from '@/lib/totals'

const MOST_SCOPES = 200 // scopes that are offered while one is typed; any other one can be pasted

/** Checks what is asked: what is wrong with it, and which of the roles held here could answer it. */
export async function readQuestion(actor: Actor, connection: ConnectionFacts, view: AskView, held: RoleHeld[]) {
  const [scopes, permissions] = await Promise.all([
    listScopes(actor, connection, { search: '', cursor: null }, MOST_SCOPES),
    listRolePermissions(actor, connection),
  ])
  const inUse = scopes.rows.map(({ scope }) => scope)
  const known = (connection.managementGroups ?? []).map(
    ({ id }) => `/providers/Microsoft.Management/managementGroups/${id}`,
  )
  const above = scopes.rows.filter(({ level }) => level === 'management_group').map(({ scope }) => scope)
  const scope = parseScope(view.scope, {
    subscriptionId: connection.subscriptionId,
    managementGroups: [...known, ...above],
  })
  const operation = parseOperation(view.operation)
  const suggestions = {
    scopes: scope.problem ? suggestScopes(view.scope, inUse, connection.subscriptionId) : [],
    operations: operation.problem ? suggestOperations(view.operation) : [],
  }
  const candidates = held.filter(({ id }) => view.roleId === null || id === view.roleId)
  const readable = new Map(permissions.map((role) => [role.id, role.permissions]))
  const plane = view.plane ?? planeOf(operation.operation ?? '', readable.values())
  const asked = operation.operation === null ? null : { name: operation.operation, plane }
  const allowing = asked && candidates.filter(({ id }) => allows(readable.get(id) ?? [], asked.name)[plane])
  return {
    scopes: inUse,
    permissions,
    scope: scope.scope,
    /** Null when none is asked about. */
    operation: asked,
    problems: { scope: scope.problem, operation: operation.problem },
    /** What is perhaps meant by a scope or an operation that is not the name of one. */
    suggestions,
    /** Null when no operation is asked about. */
    allowing,
    /** The roles that count, empty for every role; null when no role held here allows what is asked. */
    roleIds: allowing ? idsOrNull(allowing) : view.roleId === null ? [] : [view.roleId],
    unread: candidates.filter(({ id }) => (readable.get(id) ?? []).length === 0).length,
    role: view.roleId === null ? null : (held.find(({ id }) => id === view.roleId) ?? { name: null }),
  }
}

const idsOrNull = (roles: RoleHeld[]) => (roles.length === 0 ? null : roles.map(({ id }) => id))

type Question = {
  /** Roles that count; empty for every role. */
  roleIds: string[]
  scope: string | null
  operation: { name: string; plane: Plane } | null
  who: AskView['who']
  cursor: AskView['cursor']
}

/** Somebody or something with every way they have to what is asked, and the names of the denials that cut it off. */
export type AnswerRow = HolderRow & { ways: { grant: MatchingGrant; denials: string[] }[] }

/**
 * One page of those who can do what is asked, each with their ways, and how many can: `all` by what they hold or could
 * activate, `held` by what they hold now, and `cutOff` of these whom denials leave no way at all; null when there are too
 * many to look at each. Where very many have access, a number may be *more* than are counted. `groups` counts the groups that have a way themselves. Throws TooMany while as many are being
 * answered as may be at a time.
 *
 * @param limit how many of them a page lists
 */
export async function readAnswer(
  actor: Actor,
  connection: ConnectionFacts,
  question: Question,
  permissions: RolePermissions[],
  limit?: number,
) {
  return withLease('question', actor.memberId, () => readAnswerWithin(actor, connection, question, permissions, limit))
}

/** {@link readAnswer} for whoever holds a place among the questions that are answered already. */
export async function readAnswerWithin(
  actor: Actor,
  connection: ConnectionFacts,
  question: Question,
  permissions: RolePermissions[],
  limit?: number,
) {
  const { roleIds, scope, who, cursor } = question
  const filter = { ...parseAccessView({}), roleIds, scope, who, cursor }
  const count = holderCounter(actor, connection)
  const [page, all, held, groups] = await Promise.all([
    listHolders(actor, connection, filter, limit),
    count(filter),
    count({ ...filter, held: 'held' }),
    count({ ...filter, who: 'groups' }),
  ])
  const judge = createJudge(actor, connection, question, permissions)
  const cutOff = await countCutOff(actor, connection, question, judge, held)
  const rows = await addWays(actor, connection, question, page.rows, judge)
  return { ...page, rows, all, held, groups, cutOff }
}

/**
 * How many of an answer can do what is asked now, and how many only could after activating a role: null where those are not counted,
 * because they are among more than are counted.
 */
export function countsOf({ all, held, cutOff }: { all: Total; held: Total; cutOff: number | null }): {
  held: Total
  eligible: number | null
} {
  return {
    held: held === 'more' ? held : held - (cutOff ?? 0),
    eligible: all === 'more' || held === 'more' ? null : all - held,
  }
}

/**
 * The most holders whose denials are looked at for a count, and how many of them together. All their grants are read for
 * it: 0.3 seconds of CPU for 1,000 of them, 2 for 5,000, and the embedded engine answers nobody else meanwhile.
 */
export const MOST_JUDGED = 1_000
const JUDGED_AT_ONCE = 500

/** How many of those who hold what is asked now are cut off from it by denials on every way; null when there are too many. */
async function countCutOff(
  actor: Actor,
  connection: ConnectionFacts,
  question: Question,
  judge: Judge,
  held: Total,
): Promise<number | null> {
  // Most subscriptions have no deny assignment, and then there is nobody to look at.
  if ((await listDenials(actor, connection)).length === 0) return 0
  if (held === 'more' || held > MOST_JUDGED) return null
  const filter = { ...parseAccessView({}), roleIds: question.roleIds, scope: question.scope, who: question.who }
  let cutOff = 0
  let cursor: AskView['cursor'] = null
  do {
    const page = await listHolders(actor, connection, { ...filter, held: 'held', cursor }, JUDGED_AT_ONCE)
    const rows = await addWays(actor, connection, question, page.rows, judge)
    cutOff += rows.filter(isCutOff).length
    cursor = page.next
  } while (cursor)
  return cutOff
}

/** Whether every way that somebody holds now is cut by a denial. */
export const isCutOff = ({ ways }: Pick<AnswerRow, 'ways'>): boolean => {
  const held = ways.filter(({ grant }) => grant.kind !== 'eligible')
  return held.length > 0 && held.every(({ denials }) => denials.length > 0)
}

async function addWays(
  actor: Actor,
  connection: ConnectionFacts,
  { roleIds, scope }: Question,
  rows: HolderRow[],
  judge: Judge,
): Promise<AnswerRow[]> {
  const ids = rows.map(({ principalId }) => principalId)
  const [grants, denialsOf] = await Promise.all([
    listMatchingGrants(actor, connection, ids, { roleIds, scope }),
    judge(rows),
  ])
  const grantsOf = Map.groupBy(grants, ({ principalId }) => principalId)
  return rows.map((row) => ({
    ...row,
    ways: (grantsOf.get(row.principalId) ?? []).map((grant) => ({ grant, denials: denialsOf(grant) })),
  }))
}

/** Reads whom of some holders denials reach. Gives the function that names those which take away what is asked from a grant of theirs. */
type Judge = (
  holders: readonly Pick<HolderRow, 'principalId' | 'kind'>[],
) => Promise<(grant: MatchingGrant) => string[]>

/**
 * Makes the function that finds the denials which take away what is asked. It works each denial out once for a role at a
 * scope and remembers it, because thousands of people may hold the same, through the same group.
 */
export function createJudge(
  actor: Actor,
  connection: ConnectionFacts,
  { scope, operation }: Pick<Question, 'scope' | 'operation'>,
  permissions: RolePermissions[],
): Judge {
  const allowedBy = new Map(permissions.map((role) => [role.id, role.permissions]))
  const judged = new Map<string, boolean>()
  const isDecisive = (denial: NamedDeny, { roleId, scope: heldAt }: MatchingGrant): boolean => {
    const about = JSON.stringify([denial.key, roleId, heldAt])
    const known = judged.get(about)
    if (known !== undefined) return known
    const found = findDecisiveDenials([denial], {
      permissions: allowedBy.get(roleId) ?? [],
      heldAt,
      scope,
      operation,
      subscriptionId: connection.subscriptionId,
      managementGroups: connection.managementGroups,
    })
    judged.set(about, found.length > 0)
    return found.length > 0
  }
  return async (holders) => {
    const denialsOf = await listDenialsByPrincipal(actor, connection, holders)
    return (grant) =>
      (denialsOf.get(grant.principalId) ?? []).filter((one) => isDecisive(one, grant)).map(({ name }) => name)
  }
}
