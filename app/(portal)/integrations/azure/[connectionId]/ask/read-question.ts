import type { Actor } from '@/db/actor'
import type { ConnectionFacts } from '@/db/queries/connections'
import { listRolePermissions } from '@/db/queries/grants'
import { listScopes } from '@/db/queries/result'
import type { RoleHeld } from '@/db/queries/roles'
import { allows, askedOperation, planeOf } from '@/lib/domain/role-meaning'
import { askedScope } from '@/lib/domain/scopes'
import type { AskView } from '@/lib/domain/views'

/** Scopes offered while one is typed; any other one can be pasted. */
const MOST_SCOPES = 200

/** What is asked, judged: what is wrong with it, and which of the roles held here it comes down to. */
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
  const scope = askedScope(view.scope, {
    subscriptionId: connection.subscriptionId,
    managementGroups: [...known, ...above],
  })
  const operation = askedOperation(view.operation)
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
    /** Null when no operation is asked about. */
    allowing,
    unread: candidates.filter(({ id }) => (readable.get(id) ?? []).length === 0).length,
    role: view.roleId === null ? null : (held.find(({ id }) => id === view.roleId) ?? { name: null }),
  }
}
