import { createRandom } from '../world/random'
import { lineageOf } from '../world/rbac'
import { BUILT_IN_ROLES } from '../world/roles'
import { subscriptionPrefixOf } from '../world/scopes'
import type { RoleDefinition, Tenant } from '../world/types'
import { type Actor, findDefaultActor } from './actors'
import { type ArmCall, isAllowed, refuseAction } from './arm-call'
import { armError, authorizationAt, readFilter, respondWithPage, unsupportedFilter } from './protocol'
import { isAssignable } from './role-definitions'
import { refuseWithoutLicence } from './schedules'

const POLICIES = 'roleManagementPolicies'
const POLICY_ASSIGNMENTS = 'roleManagementPolicyAssignments'

/**
 * `GET {scope}/providers/Microsoft.Authorization/roleManagementPolicies`: one policy for each role that can be assigned at the
 * scope. The rules are the same everywhere: activation for eight hours with multi-factor authentication and a justification;
 * Owner and User Access Administrator need an approval and a ticket too.
 */
export function listPolicies(call: ArmCall, scope: string): Response {
  return listPoliciesOf(call, scope, POLICIES, (role, actor) => showPolicy(call.tenant, scope, role, actor))
}

/** `GET {scope}/providers/Microsoft.Authorization/roleManagementPolicies/{name}`. */
export function getPolicy(call: ArmCall, scope: string, name: string): Response {
  const refused = refuseReading(call, scope, POLICIES)
  if (refused) return refused
  const role = listRoles(call.tenant, scope).find((one) => policyIdOf(call.tenant, scope, one) === name.toLowerCase())
  return role ? Response.json(showPolicy(call.tenant, scope, role, findDefaultActor(call.tenant))) : notFound(name)
}

/** `GET {scope}/providers/Microsoft.Authorization/roleManagementPolicyAssignments`: which policy a role has, with its rules. */
export function listPolicyAssignments(call: ArmCall, scope: string): Response {
  return listPoliciesOf(call, scope, POLICY_ASSIGNMENTS, (role, actor) =>
    showPolicyAssignment(call.tenant, scope, role, actor),
  )
}

/** `GET {scope}/providers/Microsoft.Authorization/roleManagementPolicyAssignments/{name}`: a policy's and a role's id. */
export function getPolicyAssignment(call: ArmCall, scope: string, name: string): Response {
  const refused = refuseReading(call, scope, POLICY_ASSIGNMENTS)
  if (refused) return refused
  const role = listRoles(call.tenant, scope).find((one) => name.toLowerCase().endsWith(`_${one.id}`))
  if (!role || policyIdOf(call.tenant, scope, role) !== name.toLowerCase().split('_')[0]) return notFound(name)
  return Response.json(showPolicyAssignment(call.tenant, scope, role, findDefaultActor(call.tenant)))
}

type Show = (role: RoleDefinition, actor: Actor) => unknown

function listPoliciesOf(call: ArmCall, scope: string, type: string, show: Show): Response {
  const { url, tenant } = call
  const filter = readFilter(url, ['roleDefinitionId'])
  if (!filter) return unsupportedFilter(url, "'roleDefinitionId eq '{value}''")
  const refused = refuseReading(call, scope, type)
  if (refused) return refused
  const wanted = filter.get('roledefinitionid')?.toLowerCase().split('/').at(-1)
  const actor = findDefaultActor(tenant)
  return respondWithPage(url, {
    items: listRoles(tenant, scope).filter(({ id }) => wanted === undefined || id === wanted),
    size: tenant.pageSizes.instances,
    keyOf: (role) => role.id,
    show: (role) => show(role, actor),
  })
}

/** The refusal of a tenant without the licence or a caller without the right; null when neither. */
function refuseReading(call: ArmCall, scope: string, type: string): Response | null {
  if (call.tenant.licence !== 'p2') return refuseWithoutLicence()
  const action = `Microsoft.Authorization/${type}/read`
  return isAllowed(call, action, scope) ? null : refuseAction(call, action, authorizationAt(scope))
}

const notFound = (name: string) =>
  armError(404, 'RoleManagementPolicyNotFound', `The role management policy '${name}' is not found.`)

function listRoles(tenant: Tenant, scope: string): RoleDefinition[] {
  const lineage = lineageOf(tenant, scope)
  return [...BUILT_IN_ROLES.values(), ...tenant.customRoles.list()].filter((role) =>
    isAssignable(role, scope, lineage, false),
  )
}

const policyIdOf = (tenant: Tenant, scope: string, role: RoleDefinition) =>
  createRandom(`${tenant.id}/policies/${scope.toLowerCase()}/${role.id}`).guid()

const CHANGED = '2025-06-01T08:30:00.0000000Z'
const changedBy = ({ name, objectId }: Actor) => ({ id: objectId, displayName: name, type: 'User', email: name })

function showPolicy(tenant: Tenant, scope: string, role: RoleDefinition, actor: Actor) {
  const name = policyIdOf(tenant, scope, role)
  const rules = rulesOf(role, actor)
  return {
    properties: {
      scope,
      displayName: null,
      description: null,
      isOrganizationDefault: false,
      lastModifiedBy: changedBy(actor),
      lastModifiedDateTime: CHANGED,
      rules,
      effectiveRules: rules,
    },
    name,
    id: `${authorizationAt(scope)}/${POLICIES}/${name}`,
    type: `Microsoft.Authorization/${POLICIES}`,
  }
}

function showPolicyAssignment(tenant: Tenant, scope: string, role: RoleDefinition, actor: Actor) {
  const policyId = policyIdOf(tenant, scope, role)
  const name = `${policyId}_${role.id}`
  return {
    properties: {
      scope,
      roleDefinitionId: `${subscriptionPrefixOf(scope)}/providers/Microsoft.Authorization/roleDefinitions/${role.id}`,
      policyId: `${authorizationAt(scope)}/${POLICIES}/${policyId}`,
      effectiveRules: rulesOf(role, actor),
    },
    name,
    id: `${authorizationAt(scope)}/${POLICY_ASSIGNMENTS}/${name}`,
    type: `Microsoft.Authorization/${POLICY_ASSIGNMENTS}`,
  }
}

type Caller = 'Admin' | 'EndUser'
type Level = 'Eligibility' | 'Assignment'

const targetOf = (caller: Caller, level: Level) => ({
  caller,
  operations: ['All'],
  level,
  targetObjects: null,
  inheritableSettings: null,
  enforcedSettings: null,
})

const STRICT = new Set(['Owner', 'User Access Administrator'])
const TARGETS: [Caller, Level][] = [
  ['Admin', 'Eligibility'],
  ['Admin', 'Assignment'],
  ['EndUser', 'Assignment'],
]

/** The rules of a role's policy. Source of their form: the 2020-10-01 examples and the types of the SDK. */
function rulesOf({ name }: RoleDefinition, approver: Actor): object[] {
  const isStrict = STRICT.has(name)
  return [
    ...TARGETS.map(([caller, level]) => ({
      isExpirationRequired: caller === 'EndUser',
      maximumDuration: caller === 'EndUser' ? 'PT8H' : level === 'Eligibility' ? 'P365D' : 'P180D',
      ...ruleHead('Expiration', caller, level),
    })),
    ...TARGETS.map(([caller, level]) => ({
      enabledRules:
        level === 'Eligibility'
          ? []
          : ['MultiFactorAuthentication', 'Justification', ...(isStrict && caller === 'EndUser' ? ['Ticketing'] : [])],
      ...ruleHead('Enablement', caller, level),
    })),
    { setting: approvalOf(isStrict, approver), ...ruleHead('Approval', 'EndUser', 'Assignment') },
    { isEnabled: false, claimValue: '', ...ruleHead('AuthenticationContext', 'EndUser', 'Assignment') },
    ...TARGETS.flatMap(([caller, level]) =>
      ['Admin', 'Requestor', 'Approver'].map((recipientType) => ({
        notificationType: 'Email',
        recipientType,
        isDefaultRecipientsEnabled: true,
        notificationLevel: 'All',
        notificationRecipients: [],
        ...ruleHead('Notification', caller, level),
        id: `Notification_${recipientType}_${caller}_${level}`,
      })),
    ),
  ]
}

const ruleHead = (kind: string, caller: Caller, level: Level) => ({
  id: `${kind}_${caller}_${level}`,
  ruleType: `RoleManagementPolicy${kind}Rule`,
  target: targetOf(caller, level),
})

function approvalOf(isApprovalRequired: boolean, { name, objectId }: Actor) {
  const approver = { id: objectId, description: name, isBackup: false, userType: 'User' }
  return {
    isApprovalRequired,
    isApprovalRequiredForExtension: false,
    isRequestorJustificationRequired: true,
    approvalMode: 'SingleStage',
    approvalStages: [
      {
        approvalStageTimeOutInDays: 1,
        isApproverJustificationRequired: true,
        escalationTimeInMinutes: 0,
        primaryApprovers: isApprovalRequired ? [approver] : [],
        isEscalationEnabled: false,
        escalationApprovers: [],
      },
    ],
  }
}
