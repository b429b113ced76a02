import { readableAudits } from '../world/directory-audits'
import { directoryRoleIds } from '../world/directory-roles'
import { armTime } from '../world/tenant'
import type { AuditActivity, DirectoryAudit, Tenant } from '../world/types'
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
 * `GET /auditLogs/directoryAudits`: the changes of groups and people, newest first, as far back as the licence keeps them. Takes
 * AuditLog.Read.All and Directory.Read.All, and of a person one of {@link READERS}. Source:
 * api-reference/v1.0/api/directoryaudit-list.md @05296ab3.
 */
export function listDirectoryAudits(call: GraphCall): Response {
  if (!holdsAny(call, ['AuditLog.Read.All'])) return permissionMissing('AuditLog.Read.All')
  if (!holdsAny(call, ['Directory.Read.All', 'Directory.ReadWrite.All'])) return permissionMissing('Directory.Read.All')
  if (!holdsDirectoryRole(call, READERS))
    return graphError(403, 'Authentication_RequestFromUnsupportedUserRole', 'User is not in the allowed roles')
  const items = readableAudits(call.world, call.tenant).map((audit) => ({ id: audit.id, audit, tenant: call.tenant }))
  if (!OLDEST_FIRST.test(call.options.get('$orderby') ?? '')) items.reverse()
  return listObjects(call, DIRECTORY_AUDIT, { items, registry: null, isLog: true }, { maxTop: MAX_TOP })
}

/** An entry of the log with the tenant whose names it shows. */
type Entry = { id: string; audit: DirectoryAudit; tenant: Tenant }

const OPERATIONS: Readonly<Record<AuditActivity, string>> = {
  'Add member to group': 'Assign',
  'Remove member from group': 'Unassign',
  'Add owner to group': 'Assign',
  'Remove owner from group': 'Unassign',
  'Add group': 'Add',
  'Update group': 'Update',
  'Delete group': 'Delete',
  'Add user': 'Add',
  'Update user': 'Update',
  'Disable account': 'Update',
  'Enable account': 'Update',
  'Delete user': 'Delete',
  'Hard Delete user': 'Delete',
  'Restore user': 'Update',
}

const PROPERTIES: Kind<Entry>['properties'] = {
  id: ({ id }) => `Directory_${id}`,
  category: ({ audit }) => (audit.subject.type === 'Group' ? 'GroupManagement' : 'UserManagement'),
  correlationId: ({ audit }) => audit.correlationId,
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

/**
 * The person or the application that did it. An application has its client id or not, by turns (recalled); where nobody is
 * known, Entra names a service of its own (recalled, as for dynamic groups).
 */
function showInitiator({ audit, tenant }: Entry) {
  const { actorId, turn } = audit
  const service = actorId === null ? null : tenant.servicePrincipals.get(actorId)
  if (actorId === null || service)
    return {
      user: null,
      app: {
        appId: turn % 2 === 0 ? (service?.appId ?? null) : null,
        displayName: service?.displayName ?? 'Microsoft Approval Management',
        servicePrincipalId: service?.id ?? null,
        servicePrincipalName: null,
      },
    }
  const person = tenant.users.get(actorId) ?? tenant.deletedUsers.get(actorId)
  return {
    app: null,
    user: {
      id: actorId,
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
 * What was changed, to be told apart by `type`. Who came into a group or left it is shown in three ways by turns, because
 * Microsoft's sample and what is recalled differ: the member and then the group, with the group in the member's
 * `modifiedProperties` (as new value when added, as old one when removed); the group and then the member without these, as
 * in the sample, when added; and the member alone with them.
 */
function showTargets({ audit, tenant }: Entry) {
  const { subject, memberId, changed, turn } = audit
  const target = {
    id: subject.id,
    displayName: subject.type === 'Group' ? subject.name : null,
    type: subject.type,
    userPrincipalName: subject.type === 'User' ? subject.name : null,
    groupType: subject.type === 'Group' ? 'azureAD' : null,
  }
  const properties = changed ? [modified(changed.property, [changed.from], [changed.to])] : []
  if (memberId === null) return [{ ...target, modifiedProperties: properties }]
  const isAdded = audit.activity.startsWith('Add')
  const plain = { ...target, modifiedProperties: [] }
  const member = showMember(tenant, memberId)
  // The sample adds a person: of a group that comes into a group it does not say which of the two would stand first.
  if (turn % 3 === 1 && isAdded && member.type !== 'Group') return [plain, { ...member, modifiedProperties: [] }]
  const grouped = (name: string, value: string) => modified(name, isAdded ? null : value, isAdded ? value : null)
  const named = {
    ...member,
    modifiedProperties: [grouped('Group.ObjectID', subject.id), grouped('Group.DisplayName', subject.name)],
  }
  return turn % 3 === 0 ? [named, plain] : [named]
}

/** A change of a property. The log writes values as JSON within the text; those of a person or group itself as lists (recalled). */
const modified = (displayName: string, from: unknown, to: unknown) => ({
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
