import { subscriptionPrefixOf } from '../world/scopes'
import type { Delegation } from '../world/types'
import { type ArmCall, isAllowed, refuseAction } from './arm-call'
import { armError, type Filter, readFilter, respondWithPage, unsupportedFilter } from './protocol'

const PROVIDER = 'Microsoft.ManagedServices'

/**
 * `GET {scope}/providers/Microsoft.ManagedServices/registrationAssignments`: what was delegated at exactly this subscription
 * or resource group. Whether Azure also lists those of resource groups at their subscription is not known, so it does not
 * happen here. `$expandRegistrationDefinition=true` adds who may do what; `$expand=registrationDefinition`, which some clients
 * send, is ignored, because the specification does not know it (2022-10-01).
 */
export function listRegistrationAssignments(call: ArmCall, scope: string): Response {
  const list = listReadable(call, scope, 'registrationAssignments', (one) => isSame(one.scope, scope))
  if (list instanceof Response) return list
  return respondWithPage(call.url, {
    items: list,
    size: call.tenant.pageSizes.instances,
    keyOf: (one) => one.id,
    show: (one) => showAssignment(call, one),
  })
}

/** `GET {scope}/providers/Microsoft.ManagedServices/registrationAssignments/{name}`, at its own scope. */
export function getRegistrationAssignment(call: ArmCall, scope: string, name: string): Response {
  const list = listReadable(call, scope, 'registrationAssignments', (one) => isSame(one.scope, scope))
  if (list instanceof Response) return list
  const found = list.find((one) => isSame(one.id, name))
  return found ? Response.json(showAssignment(call, found)) : notRegistered('assignment', name)
}

/**
 * `GET {scope}/providers/Microsoft.ManagedServices/registrationDefinitions`: the offers of a subscription, which are at the
 * subscription also when only a resource group was delegated.
 */
export function listRegistrationDefinitions(call: ArmCall, scope: string): Response {
  const list = listReadable(call, scope, 'registrationDefinitions', (one) => isOffered(one, scope))
  if (list instanceof Response) return list
  return respondWithPage(call.url, {
    items: list,
    size: call.tenant.pageSizes.instances,
    keyOf: (one) => one.definitionId,
    show: (one) => showDefinition(call, one),
  })
}

/** `GET {scope}/providers/Microsoft.ManagedServices/registrationDefinitions/{name}`. */
export function getRegistrationDefinition(call: ArmCall, scope: string, name: string): Response {
  const list = listReadable(call, scope, 'registrationDefinitions', (one) => isOffered(one, scope))
  if (list instanceof Response) return list
  const found = list.find((one) => isSame(one.definitionId, name))
  return found ? Response.json(showDefinition(call, found)) : notRegistered('definition', name)
}

const isOffered = (one: Delegation, scope: string) => isSame(subscriptionPrefixOf(one.scope), scope)

const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()

/** The delegations that belong to a list, or the refusal; a `$filter` may name the managing tenant. */
function listReadable(
  call: ArmCall,
  scope: string,
  type: string,
  belongs: (one: Delegation) => boolean,
): Delegation[] | Response {
  const action = `${PROVIDER}/${type}/read`
  if (!isAllowed(call, action, scope)) return refuseAction(call, action, `${scope}/providers/${PROVIDER}`)
  const filter: Filter | null = readFilter(call.url, ['managedByTenantId'])
  if (!filter) return unsupportedFilter(call.url, "'managedByTenantId eq '{value}''")
  const manager = filter.get('managedbytenantid')?.toLowerCase()
  return call.tenant.delegations
    .list()
    .filter((one) => belongs(one) && (manager === undefined || one.managedByTenantId === manager))
}

/** The words are recalled. */
const notRegistered = (kind: 'assignment' | 'definition', name: string) =>
  armError(404, 'ResourceNotFound', `The registration ${kind} '${name}' could not be found.`)

const definitionIdOf = ({ scope, definitionId }: Delegation) =>
  `${subscriptionPrefixOf(scope)}/providers/${PROVIDER}/registrationDefinitions/${definitionId}`

const systemDataOf = ({ createdOn, createdBy }: Delegation) => ({
  createdBy,
  createdByType: 'User',
  createdAt: createdOn,
  lastModifiedBy: createdBy,
  lastModifiedByType: 'User',
  lastModifiedAt: createdOn,
})

function showAssignment(call: ArmCall, delegation: Delegation) {
  const isExpanded = /^true$/i.test(call.url.searchParams.get('$expandRegistrationDefinition') ?? '')
  return {
    properties: {
      registrationDefinitionId: definitionIdOf(delegation),
      ...(isExpanded ? { registrationDefinition: showDefinition(call, delegation) } : {}),
      provisioningState: 'Succeeded',
    },
    systemData: systemDataOf(delegation),
    id: `${delegation.scope}/providers/${PROVIDER}/registrationAssignments/${delegation.id}`,
    type: `${PROVIDER}/registrationAssignments`,
    name: delegation.id,
  }
}

/** Older versions of the API show nothing that is eligible (recalled, not verified). */
const ELIGIBLE_SINCE = '2020-02-01'

/** A definition as ARM writes it: its role ids are plain GUIDs, and fields without a value are left out. */
function showDefinition({ tenant, apiVersion }: ArmCall, delegation: Delegation) {
  const eligible = delegation.eligibleAuthorizations.map(({ justInTimeAccessPolicy, ...one }) => ({
    ...showHolder(one),
    justInTimeAccessPolicy,
  }))
  return {
    properties: {
      description: delegation.description,
      authorizations: delegation.authorizations.map(({ delegatedRoleIds, ...one }) => ({
        ...showHolder(one),
        ...(delegatedRoleIds.length > 0 ? { delegatedRoleDefinitionIds: delegatedRoleIds } : {}),
      })),
      ...(eligible.length > 0 && apiVersion >= ELIGIBLE_SINCE ? { eligibleAuthorizations: eligible } : {}),
      registrationDefinitionName: delegation.name,
      managedByTenantId: delegation.managedByTenantId,
      managedByTenantName: delegation.managedByTenantName,
      manageeTenantId: tenant.id,
      manageeTenantName: tenant.name,
      provisioningState: 'Succeeded',
    },
    systemData: systemDataOf(delegation),
    id: definitionIdOf(delegation),
    type: `${PROVIDER}/registrationDefinitions`,
    name: delegation.definitionId,
  }
}

type Holder = { principalId: string; principalIdDisplayName: string | null; roleId: string }

const showHolder = ({ principalId, principalIdDisplayName, roleId }: Holder) => ({
  principalId,
  ...(principalIdDisplayName === null ? {} : { principalIdDisplayName }),
  roleDefinitionId: roleId,
})
