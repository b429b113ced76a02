import type { Actor } from '@/db/actor'
import type { ConnectionFacts } from '@/db/queries/connections'
import { listScopes } from '@/db/queries/result'
import { parseScope, scopeWords } from '@/lib/domain/scopes'
import { matchRoles, parseTypedFilter } from '@/lib/domain/typed-filter'
import type { AccessView } from '@/lib/domain/views'

/** A view with what was typed into its search field as filters, and sentences about what was not understood. */
export type AskedFor = { view: AccessView; problems: string[] }

type HeldRole = { id: string; name: string | null }

/**
 * The view that an address asks for: what stands in its search field as a filter, such as `role:Owner`, becomes one, before any filter of
 * the same kind that the address has by itself. Only the rest is searched for. Names are those of the roles and scopes in use.
 */
export async function readTypedFilter(
  actor: Actor,
  connection: ConnectionFacts,
  view: AccessView,
  roles: readonly HeldRole[],
): Promise<AskedFor> {
  const { search, roles: named, scope: typedScope, problems, ...typed } = parseTypedFilter(view.search)
  const byName = matchRoles(named, roles)
  const byScope = typedScope === null ? null : await findScope(actor, connection, typedScope)
  return {
    view: {
      ...view,
      search,
      status: typed.status ?? view.status,
      notStatus: typed.notStatus.length > 0 ? typed.notStatus : view.notStatus,
      guest: typed.guest ?? view.guest,
      level: typed.level ?? view.level,
      how: typed.how ?? view.how,
      held: typed.held ?? view.held,
      roleIds: byName.roleIds.length > 0 ? byName.roleIds : view.roleIds,
      scope: byScope?.scope ?? view.scope,
    },
    problems: [...problems, ...byName.problems, ...(byScope?.problem ? [byScope.problem] : [])],
  }
}

const MOST_SCOPES = 50 // scopes that are looked through for one of the typed name

/** The one scope in use that a typed name means, or any scope by its path; else why it was left out. */
async function findScope(actor: Actor, connection: ConnectionFacts, typed: string) {
  if (typed.startsWith('/')) return findScopeByPath(connection, typed)
  // Management groups are shown by their names, and their scopes end with their IDs.
  const groups = (connection.managementGroups ?? []).filter(({ name }) => includes(name ?? '', typed))
  const searches = [typed, ...groups.map(({ id }) => id)]
  const pages = await Promise.all(
    searches.map((search) => listScopes(actor, connection, { search, cursor: null }, MOST_SCOPES)),
  )
  const named = pages
    .flatMap(({ rows }) => rows)
    .map(({ scope, level }) => ({ scope, name: nameOfScope(connection, { scope, level }) }))
    .filter(({ name }) => includes(name, typed))
  const same = named.filter(({ name }) => name.toLowerCase() === typed.toLowerCase())
  const fitting = [...new Set((same.length > 0 ? same : named).map(({ scope }) => scope))]
  if (fitting.length === 1) return { scope: fitting[0] ?? null, problem: null }
  return {
    scope: null,
    problem:
      fitting.length === 0
        ? `“scope:${typed}” was left out: no role is held at a scope of that name. Paste its resource ID instead.`
        : `“scope:${typed}” was left out: it fits ${fitting.length} scopes. Type more of the name, or choose one under Scope.`,
  }
}

function findScopeByPath(connection: ConnectionFacts, typed: string) {
  const managementGroups = (connection.managementGroups ?? []).map(
    ({ id }) => `/providers/Microsoft.Management/managementGroups/${id}`,
  )
  const { scope, problem } = parseScope(typed, { subscriptionId: connection.subscriptionId, managementGroups })
  return { scope: scope?.scope ?? null, problem: problem && `“scope:${typed}” was left out: ${problem}` }
}

type Seen = Pick<Parameters<typeof scopeWords>[0], 'scope' | 'level'>

const nameOfScope = ({ managementGroups, subscriptionName }: ConnectionFacts, { scope, level }: Seen): string =>
  scopeWords({ scope, level, managementGroups, subscriptionName }).name

const includes = (name: string, part: string): boolean => name.toLowerCase().includes(part.toLowerCase())
