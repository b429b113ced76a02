import { directoryRoleIds } from '../world/directory-roles'
import { type DirectoryRoleAssignment, heldRoles, listWithExpand } from './directory-roles'
import { accessDenied, badRequest, type GraphCall, holdsDirectoryRole } from './graph-call'
import { type Kind, throwNoRegistry } from './kinds'

/** `GET /roleManagement/directory/roleAssignmentScheduleInstances`: the directory roles that people hold, all of them for good. */
export function listAssignmentInstances(call: GraphCall): Response {
  return refuseReader(call) ?? listWithExpand(call, ASSIGNMENT_INSTANCE, heldRoles(call.tenant))
}

/** `GET /roleManagement/directory/roleEligibilityScheduleInstances`: the directory roles that people can activate. */
export function listEligibilityInstances(call: GraphCall): Response {
  const refused = refuseReader(call)
  if (refused) return refused
  const eligible: DirectoryRoleAssignment[] = []
  for (const { id, eligibleDirectoryRoles = [] } of call.tenant.users.values())
    for (const roleId of eligibleDirectoryRoles)
      eligible.push({ id: `${roleId}-${id}-e`, principalId: id, roleDefinitionId: roleId })
  return listWithExpand(call, ELIGIBILITY_INSTANCE, eligible)
}

/** Who may read Privileged Identity Management of directory roles, besides applications. Source: Microsoft Graph "List roleEligibilityScheduleInstances". */
const READERS = directoryRoleIds(
  'Global Administrator',
  'Global Reader',
  'Privileged Role Administrator',
  'Security Administrator',
  'Security Reader',
)

/** The refusal to a person without a role that may read it, and in a tenant without the licence. The message is recalled. */
function refuseReader(call: GraphCall): Response | null {
  if (!holdsDirectoryRole(call, READERS)) return accessDenied()
  if (call.tenant.licence === 'p2') return null
  return badRequest(
    'The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.',
    'AadPremiumLicenseRequired',
  )
}

/** What both kinds of instances have. Source: api/rbacapplication-list-roleassignmentscheduleinstances.md @03aa0f9b. */
const shared = {
  registryOf: throwNoRegistry,
  readers: ['RoleManagement.Read.Directory', 'RoleManagement.ReadWrite.Directory'],
  basicReaders: [],
  basic: new Set<string>(),
}
const properties: Kind<DirectoryRoleAssignment>['properties'] = {
  id: (one) => one.id,
  principalId: (one) => one.principalId,
  roleDefinitionId: (one) => one.roleDefinitionId,
  directoryScopeId: () => '/',
  appScopeId: () => null,
  startDateTime: () => null,
  endDateTime: () => null,
  memberType: () => 'Direct',
}

const ASSIGNMENT_PROPERTIES: typeof properties = {
  ...properties,
  assignmentType: () => 'Assigned',
  roleAssignmentOriginId: (one) => one.id,
  roleAssignmentScheduleId: (one) => one.id,
}
const ASSIGNMENT_INSTANCE: Kind<DirectoryRoleAssignment> = {
  ...shared,
  name: 'unifiedRoleAssignmentScheduleInstance',
  set: 'roleManagement/directory/roleAssignmentScheduleInstances',
  defaults: Object.keys(ASSIGNMENT_PROPERTIES),
  properties: ASSIGNMENT_PROPERTIES,
}

const ELIGIBILITY_PROPERTIES: typeof properties = { ...properties, roleEligibilityScheduleId: (one) => one.id }
const ELIGIBILITY_INSTANCE: Kind<DirectoryRoleAssignment> = {
  ...shared,
  name: 'unifiedRoleEligibilityScheduleInstance',
  set: 'roleManagement/directory/roleEligibilityScheduleInstances',
  defaults: Object.keys(ELIGIBILITY_PROPERTIES),
  properties: ELIGIBILITY_PROPERTIES,
}
