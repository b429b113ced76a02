import { SHAPES, type Shape } from '../shape'

const { text, flag, guid, time, time7, is, nullable, optional, list, object } = SHAPES
/** KnownPrincipalType of @azure/arm-authorization 9.0.0, and the two of Azure/azure-rest-api-specs 44846. */
const PRINCIPAL = is(
  'User',
  'Group',
  'ServicePrincipal',
  'ForeignGroup',
  'Device',
  'AgentUser',
  'AgentServicePrincipal',
)
const listed = (row: Shape) => object({ value: list(row), nextLink: optional(text) })
const named = (properties: Shape, type: string) => object({ id: text, type: is(type), name: text, properties })

const PERMISSION = {
  actions: list(text),
  notActions: list(text),
  dataActions: list(text),
  notDataActions: list(text),
  condition: optional(nullable(text)),
  conditionVersion: optional(nullable(text)),
}

/** Azure/azure-rest-api-specs, Microsoft.Resources stable/2022-12-01 subscriptions.json and its GetSubscription example @f186684d. */
export const SUBSCRIPTION = object({
  id: text,
  subscriptionId: guid,
  tenantId: guid,
  displayName: text,
  state: is('Enabled', 'Warned', 'PastDue', 'Disabled', 'Deleted'),
  subscriptionPolicies: object({
    locationPlacementId: text,
    quotaId: text,
    spendingLimit: is('On', 'Off', 'CurrentPeriodOff'),
  }),
  authorizationSource: text,
  managedByTenants: list(object({ tenantId: guid })),
  tags: optional((value, at) => (typeof value === 'object' ? [] : [`${at} is no object`])),
})
export const SUBSCRIPTIONS = listed(SUBSCRIPTION)

/** The same specification, example GetTenants @ba16d1ab. */
export const TENANTS = listed(
  object({
    id: text,
    tenantId: guid,
    countryCode: text,
    displayName: text,
    domains: list(text),
    tenantCategory: is('Home', 'ProjectedBy', 'ManagedBy'),
    defaultDomain: text,
    tenantType: text,
    tenantBrandingLogoUrl: optional(text),
  }),
)

/** MicrosoftDocs/azure-docs role-assignments-list-rest.md @0088bfa7; principal types: KnownPrincipalType of @azure/arm-authorization 9.0.0. */
export const ROLE_ASSIGNMENTS = listed(
  named(
    object({
      roleDefinitionId: text,
      principalId: guid,
      principalType: PRINCIPAL,
      scope: text,
      condition: nullable(text),
      conditionVersion: nullable(is('2.0')),
      createdOn: time7,
      updatedOn: time7,
      createdBy: nullable(text),
      updatedBy: nullable(text),
      delegatedManagedIdentityResourceId: nullable(text),
      description: nullable(text),
    }),
    'Microsoft.Authorization/roleAssignments',
  ),
)

/** Azure/azure-rest-api-specs, Microsoft.Authorization stable/2022-04-01, example GetRoleDefinitionAtScope @15f38e5b, and its RoleDefinition. */
export const ROLE_DEFINITIONS = listed(
  named(
    object({
      roleName: text,
      type: is('BuiltInRole', 'CustomRole'),
      description: nullable(text),
      assignableScopes: list(text),
      permissions: list(object(PERMISSION)),
      createdOn: optional(time),
      updatedOn: optional(time),
      createdBy: optional(nullable(text)),
      updatedBy: optional(nullable(text)),
    }),
    'Microsoft.Authorization/roleDefinitions',
  ),
)

const DENY_PRINCIPAL = object({ id: guid, type: is('SystemDefined', 'User', 'Group', 'ServicePrincipal') })

/** The same version's example GetAllDenyAssignments @07de5c4a and its DenyAssignmentProperties. */
export const DENY_ASSIGNMENTS = listed(
  named(
    object({
      denyAssignmentName: text,
      description: nullable(text),
      permissions: list(object(PERMISSION)),
      scope: text,
      doNotApplyToChildScopes: flag,
      principals: list(DENY_PRINCIPAL),
      excludePrincipals: list(DENY_PRINCIPAL),
      isSystemProtected: flag,
      condition: optional(nullable(text)),
      conditionVersion: optional(nullable(text)),
      createdOn: optional(time),
      updatedOn: optional(time),
      createdBy: optional(nullable(text)),
      updatedBy: optional(nullable(text)),
    }),
    'Microsoft.Authorization/denyAssignments',
  ),
)

const SCHEDULED = {
  scope: text,
  roleDefinitionId: text,
  principalId: guid,
  principalType: PRINCIPAL,
  status: is('Accepted', 'Provisioned'),
  startDateTime: time,
  endDateTime: optional(nullable(time)),
  memberType: is('Direct', 'Inherited', 'Group'),
  createdOn: time,
  condition: nullable(text),
  conditionVersion: nullable(text),
  expandedProperties: object({
    scope: object({ id: text, displayName: text, type: text }),
    roleDefinition: object({ id: text, displayName: text, type: is('BuiltInRole', 'CustomRole') }),
    principal: object({ id: guid, displayName: optional(text), email: optional(nullable(text)), type: PRINCIPAL }),
  }),
}

/** Azure/azure-rest-api-specs, 2020-10-01, example GetRoleEligibilityScheduleInstancesByScope @a747187b. */
export const ELIGIBILITIES = listed(
  named(
    object({ ...SCHEDULED, roleEligibilityScheduleId: text }),
    'Microsoft.Authorization/RoleEligibilityScheduleInstances',
  ),
)

/** The same version, example GetRoleAssignmentScheduleInstancesByScope @3873f33d. */
export const SCHEDULED_ASSIGNMENTS = listed(
  named(
    object({
      ...SCHEDULED,
      assignmentType: is('Activated', 'Assigned'),
      originRoleAssignmentId: text,
      roleAssignmentScheduleId: text,
      linkedRoleEligibilityScheduleId: nullable(text),
      linkedRoleEligibilityScheduleInstanceId: nullable(text),
    }),
    'Microsoft.Authorization/RoleAssignmentScheduleInstances',
  ),
)
