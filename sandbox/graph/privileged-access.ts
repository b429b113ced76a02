import { isScheduledAt } from '../world/group-schedules'
import {
  DIRECTORY_WRITERS,
  GLOBAL_ADMINISTRATOR,
  GLOBAL_READER,
  GROUPS_ADMINISTRATOR,
  IDENTITY_GOVERNANCE_ADMINISTRATOR,
  PRIVILEGED_ROLE_ADMINISTRATOR,
  USER_ADMINISTRATOR,
} from '../world/roles'
import type { Group, GroupSchedule } from '../world/types'
import { type DirectoryObject, findObject, showObjects } from './directory-objects'
import { accessDenied, badRequest, type GraphCall, isPlainGuest } from './graph-call'
import { type Kind, projectionOf, type Show, throwNoRegistry } from './kinds'
import { listContextOf, listPage, queryObjects } from './lists'

/** A list of Privileged Identity Management for groups: its last segment, its permissions, and which schedules it shows. */
type ScheduleList = {
  name: 'eligibilityScheduleInstances' | 'assignmentScheduleInstances'
  permissions: 'groupEligibility' | 'groupAssignments'
  kinds: readonly GroupSchedule['kind'][]
  kind: Kind<GroupSchedule>
}

/**
 * `GET /identityGovernance/privilegedAccess/group/{list}`: the memberships and ownerships of groups that can be activated, or
 * that were activated or assigned, now. A filter by group or principal is compulsory.
 * Source: Microsoft Graph "List eligibilityScheduleInstances", "List assignmentScheduleInstances" of privilegedAccessGroup.
 */
export function listGroupSchedules(call: GraphCall, { kinds, kind }: ScheduleList): Response {
  const { tenant, world } = call
  if (isPlainGuest(call)) return accessDenied()
  if (tenant.licence !== 'p2')
    return badRequest(
      'The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.',
      'AadPremiumLicenseRequired',
    )
  const wanted = readCompulsoryFilter(call)
  if (!wanted) return badRequest('The filter must name a groupId or a principalId.', 'MissingParameters') // words recalled
  if (!hasStanding(call, wanted)) return accessDenied()
  const expanded = expandSchedules(call, kind)
  if (expanded instanceof Response) return expanded
  const items = tenant.groupSchedules
    .list()
    .filter((one) => kinds.includes(one.kind) && isScheduledAt(one, world.now()))
  const chosen = queryObjects(call, kind, { items, registry: null })
  if (chosen instanceof Response) return chosen
  const projection = projectionOf(call, kind)
  if (projection instanceof Response) return projection
  const show: Show<GroupSchedule> = (one) => ({ ...projection.show(one), ...expanded(one) })
  const context = listContextOf(call, kind.set, projection.names)
  return listPage(call, chosen, { context, size: tenant.pageSizes.instances, show })
}

type Wanted = { groupId: string | null; principalId: string | null }

/** The group or principal that the filter asks for at least; null when it asks for none. */
function readCompulsoryFilter(call: GraphCall): Wanted | null {
  const text = call.options.get('$filter') ?? ''
  const namedBy = (name: string) => {
    const found = new RegExp(`\\b${name}\\s+eq\\s+'([^']+)'`, 'i').exec(text)
    return found?.[1]?.toLowerCase() ?? null
  }
  const wanted = { groupId: namedBy('groupId'), principalId: namedBy('principalId') }
  // With `or` or `not`, neither of them would limit the list.
  return /\s(or|not)\b|^not\b/i.test(text) || (wanted.groupId === null && wanted.principalId === null) ? null : wanted
}

/**
 * Whether a signed-in person may read the schedules: an owner or member of the group, whoever has one of the roles below, or
 * the principal itself. An application needs its permission only.
 * Source: microsoft-graph-docs include rbac-pim-groups-apis-read-eligibilityschedules; Global Administrator is recalled.
 */
function hasStanding({ tenant, user }: GraphCall, { groupId, principalId }: Wanted): boolean {
  if (!user || principalId === user.id) return true
  const holdsAnyOf = (roles: readonly string[]) => user.directoryRoles.some((role) => roles.includes(role))
  if (groupId === null) return holdsAnyOf(READS_ALL)
  const group = tenant.groups.get(groupId)
  const isInside = tenant.owners.membersOf(groupId).has(user.id) || tenant.memberships.membersOf(groupId).has(user.id)
  return isInside || holdsAnyOf(rolesFor(group))
}

const READS_ALL = [GLOBAL_ADMINISTRATOR, GLOBAL_READER]

const rolesFor = (group: Group | undefined) =>
  group?.isAssignableToRole
    ? [...READS_ALL, PRIVILEGED_ROLE_ADMINISTRATOR]
    : [...READS_ALL, DIRECTORY_WRITERS, GROUPS_ADMINISTRATOR, IDENTITY_GOVERNANCE_ADMINISTRATOR, USER_ADMINISTRATOR]

/** How to show what `$expand` asks for: the principal and the group, and of an activation the eligibility that it used. */
function expandSchedules(call: GraphCall, kind: Kind<GroupSchedule>): Show<GroupSchedule> | Response {
  const text = call.options.get('$expand')
  const names = text ? text.split(',').map((name) => name.trim().toLowerCase()) : []
  const known = kind === ASSIGNMENT ? ['principal', 'group', 'activatedusing'] : ['principal', 'group']
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined)
    return badRequest(
      `Could not find a property named '${unknown}' on type 'microsoft.graph.${kind.name}'.`,
      'BadRequest',
    )
  const options = new Map(call.options)
  options.delete('$select')
  const showObject = showObjects({ ...call, options })
  if (showObject instanceof Response) return showObject
  const showFound = (found: DirectoryObject | undefined) => (found ? showObject(found) : null)
  return (one) => {
    const shown: Record<string, unknown> = {}
    if (names.includes('principal')) shown.principal = showFound(findObject(call.tenant, one.principalId))
    if (names.includes('group')) shown.group = showFound(findObject(call.tenant, one.groupId))
    if (names.includes('activatedusing')) {
      const used = call.tenant.groupSchedules.get(one.eligibilityId ?? '')
      shown.activatedUsing = used ? { id: used.id, accessId: used.accessId, groupId: used.groupId } : null
    }
    return shown
  }
}

/** `direct`, which Microsoft's own sample writes `Direct`: both occur, by the last digit of the id. */
const memberTypeOf = ({ id }: GroupSchedule) => (/[02468ace]$/.test(id) ? 'direct' : 'Direct')

const common = {
  registryOf: throwNoRegistry,
  basicReaders: [],
  basic: new Set<string>(),
}
const properties: Kind<GroupSchedule>['properties'] = {
  id: (one) => one.id,
  startDateTime: (one) => one.startDateTime,
  endDateTime: (one) => one.endDateTime,
  memberType: memberTypeOf,
  accessId: (one) => one.accessId,
  principalId: (one) => one.principalId,
  groupId: (one) => one.groupId,
}

const ELIGIBILITY: Kind<GroupSchedule> = {
  ...common,
  name: 'privilegedAccessGroupEligibilityScheduleInstance',
  set: 'identityGovernance/privilegedAccess/group/eligibilityScheduleInstances',
  readers: ['PrivilegedEligibilitySchedule.Read.AzureADGroup', 'PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup'],
  defaults: [...Object.keys(properties), 'eligibilityScheduleId'],
  properties: { ...properties, eligibilityScheduleId: (one) => one.id },
}

const ASSIGNMENT: Kind<GroupSchedule> = {
  ...common,
  name: 'privilegedAccessGroupAssignmentScheduleInstance',
  set: 'identityGovernance/privilegedAccess/group/assignmentScheduleInstances',
  readers: ['PrivilegedAssignmentSchedule.Read.AzureADGroup', 'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup'],
  defaults: [...Object.keys(properties), 'assignmentType', 'assignmentScheduleId'],
  properties: { ...properties, assignmentType: (one) => one.kind, assignmentScheduleId: (one) => one.id },
}

export const ELIGIBILITY_INSTANCES: ScheduleList = {
  name: 'eligibilityScheduleInstances',
  permissions: 'groupEligibility',
  kinds: ['eligible'],
  kind: ELIGIBILITY,
}

/** What was activated or assigned by Privileged Identity Management; other members and owners are not in it. */
export const ASSIGNMENT_INSTANCES: ScheduleList = {
  name: 'assignmentScheduleInstances',
  permissions: 'groupAssignments',
  kinds: ['activated', 'assigned'],
  kind: ASSIGNMENT,
}
