import { keptAudits } from '../world/directory-audits'
import { directoryRoleIds } from '../world/directory-roles'
import { armTime } from '../world/tenant'
import type { DirectoryAudit, GroupActivity, Tenant } from '../world/types'
import { findObject } from './directory-objects'
import { type GraphCall, graphError, holdsAny, holdsDirectoryRole, permissionMissing } from './graph-call'
import { type Kind, throwNoRegistry } from './kinds'
import { listObjects } from './lists'

/** Who may read the log, besides applications. Source: includes/rbac-directoryaudit-apis.md @0f04ee02; the two Global roles are seen in practice. */
const READERS = directoryRoleIds(
  'Reports Reader',
  'Security Reader',
  'Security Administrator',
  'Global Reader',
  'Global Administrator',
)
/** An order in which entries of the same millisecond stay as they were made. */
const OLDEST_FIRST = /^\s*activityDateTime(?:\s+asc)?\s*$/i
const MAX_TOP = 1_000 // on a page of a log, also without $top (recalled)

/**
 * `GET /auditLogs/directoryAudits`: the changes of groups, newest first, as far back as the licence keeps them. Takes
 * AuditLog.Read.All and Directory.Read.All, and of a person one of {@link READERS}. Source:
 * api-reference/v1.0/api/directoryaudit-list.md @05296ab3.
 */
export function listDirectoryAudits(call: GraphCall): Response {
  if (!holdsAny(call, ['AuditLog.Read.All'])) return permissionMissing('AuditLog.Read.All')
  if (!holdsAny(call, ['Directory.Read.All', 'Directory.ReadWrite.All'])) return permissionMissing('Directory.Read.All')
  if (!holdsDirectoryRole(call, READERS))
    return graphError(403, 'Authentication_RequestFromUnsupportedUserRole', 'User is not in the allowed roles')
  const items = keptAudits(call.world, call.tenant).map((audit) => ({ id: audit.id, audit, tenant: call.tenant }))
  if (!OLDEST_FIRST.test(call.options.get('$orderby') ?? '')) items.reverse()
  return listObjects(call, DIRECTORY_AUDIT, { items, registry: null, isLog: true }, { maxTop: MAX_TOP })
}

/** An entry of the log with the tenant whose names it shows. */
type Entry = { id: string; audit: DirectoryAudit; tenant: Tenant }

const OPERATIONS: Readonly<Record<GroupActivity, string>> = {
  'Add member to group': 'Assign',
  'Remove member from group': 'Unassign',
  'Add owner to group': 'Assign',
  'Remove owner from group': 'Unassign',
  'Add group': 'Add',
  'Update group': 'Update',
  'Delete group': 'Delete',
}

const PROPERTIES: Kind<Entry>['properties'] = {
  id: ({ id }) => `Directory_${id}`,
  category: () => 'GroupManagement',
  correlationId: ({ id }) => id,
  result: () => 'success',
  resultReason: () => '',
  activityDisplayName: ({ audit }) => audit.activity,
  activityDateTime: ({ audit }) => armTime(audit.at),
  loggedByService: () => 'Core Directory',
  operationType: ({ audit }) => OPERATIONS[audit.activity],
  initiatedBy: showInitiator,
  targetResources: showTargets,
  additionalDetails: () => [],
}

const DIRECTORY_AUDIT: Kind<Entry> = {
  name: 'directoryAudit',
  set: 'auditLogs/directoryAudits',
  registryOf: throwNoRegistry,
  readers: ['AuditLog.Read.All'],
  basicReaders: [],
  basic: new Set(),
  defaults: Object.keys(PROPERTIES),
  properties: PROPERTIES,
}

/** The person who did it, or the sandbox's controls as an application. */
function showInitiator({ audit, tenant }: Entry) {
  if (audit.actorId === null)
    return {
      user: null,
      app: { appId: null, displayName: 'Sandbox controls', servicePrincipalId: null, servicePrincipalName: null },
    }
  const person = tenant.users.get(audit.actorId)
  return {
    app: null,
    user: {
      id: audit.actorId,
      displayName: null, // the log's own form for people (recalled)
      userPrincipalName: person?.userPrincipalName ?? null,
      ipAddress: '127.0.0.1',
      userType: null,
      homeTenantId: null,
      homeTenantName: null,
    },
  }
}

/**
 * What was changed, to be told apart by `type`, because Microsoft's samples differ in the order. With a member, the member
 * comes first and carries the group in `modifiedProperties`, as new value when it was added and as old one when it was
 * removed (recalled, not verified).
 */
function showTargets({ audit, tenant }: Entry) {
  const { group, memberId, renamed } = audit
  const target = {
    id: group.id,
    displayName: group.displayName,
    type: 'Group',
    userPrincipalName: null,
    groupType: 'azureAD',
  }
  const names = renamed ? [modified('DisplayName', renamed.from, renamed.to)] : []
  if (memberId === null) return [{ ...target, modifiedProperties: names }]
  const isAdded = audit.activity.startsWith('Add')
  const changed = (name: string, value: string) => modified(name, isAdded ? null : value, isAdded ? value : null)
  return [
    {
      ...showMember(tenant, memberId),
      modifiedProperties: [changed('Group.ObjectID', group.id), changed('Group.DisplayName', group.displayName)],
    },
    { ...target, modifiedProperties: [] },
  ]
}

/** A change of a property; the log writes values as JSON within the text. */
const modified = (displayName: string, from: string | null, to: string | null) => ({
  displayName,
  oldValue: from === null ? null : JSON.stringify(from),
  newValue: to === null ? null : JSON.stringify(to),
})

const TYPES = { user: 'User', group: 'Group', servicePrincipal: 'ServicePrincipal', device: 'Device' } as const

function showMember(tenant: Tenant, id: string) {
  const object = findObject(tenant, id)
  const user = tenant.users.get(id) ?? tenant.deletedUsers.get(id)
  return {
    id,
    displayName: object && object.type !== 'user' ? object.item.displayName : null,
    type: object ? TYPES[object.type] : 'User',
    userPrincipalName: user?.userPrincipalName ?? null,
    groupType: object?.type === 'group' ? 'azureAD' : null,
  }
}
