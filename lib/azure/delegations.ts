import { z } from 'zod'
import type { HeldAssignment } from '@/lib/domain/access'
import { scopeLevel } from '@/lib/domain/scopes'
import { inChunks } from './client/batch'
import type { Azure } from './client/clients'
import { toAzureError } from './client/errors'
import { armPages, type ReadList, readArmList } from './client/lists'
import { cleanText, isStorable, Scope, TrailingGuid } from './client/rows'

const VERSION = '2022-10-01'

/** A role that somebody of another tenant holds through Azure Lighthouse, or could activate. */
export type Delegated = Omit<HeldAssignment, 'readAt'> & {
  /** As the managing tenant named the principal: our own directory does not know it. */
  principalName: string | null
  /** The managing tenant, by its name where Azure tells it, else by its id. */
  organisation: string
  tenantId: string
}

/**
 * The definitions of delegations that a subscription has. Every delegation uses one of them, so where there is none nothing
 * is delegated, which one call tells.
 */
export const listDelegationDefinitions = (azure: Azure, subscriptionId: string): Promise<ReadList<Definition>> =>
  readArmList(
    () => armPages(azure, subscriptionId, pathOf(`/subscriptions/${subscriptionId}`, 'registrationDefinitions')),
    DefinitionRow,
  )

/**
 * The roles that a subscription and its resource groups delegate to principals of other tenants (Azure Lighthouse:
 * registrationAssignments with their definitions, 2022-10-01; a Reader may list them). Neither tenant's list of role
 * assignments shows them. One row for each principal and role; its key is never that of an assignment.
 *
 * The assignments of resource groups are only listed at these: they are asked, one by one, only when there is a definition
 * that no assignment of the subscription uses.
 * `unplaced` counts the definitions that were found in use nowhere.
 */
export async function listDelegations(
  azure: Azure,
  subscriptionId: string,
  definitions: ReadList<Definition>,
): Promise<Delegations> {
  const subscription = `/subscriptions/${subscriptionId}`
  if (definitions.rows.length === 0 && definitions.odd.length === 0) return { rows: [], odd: [], unplaced: 0 }
  const own = await listAssigned(azure, subscriptionId, subscription)
  const rows = [...own.rows]
  const odd = [...own.odd, ...definitions.odd]
  const unplaced = new Set(definitions.rows.map(({ key }) => key)).difference(
    new Set(rows.map((row) => row.definitionId)),
  )
  // A definition that could not be understood may be used by a resource group as well.
  const asksGroups = unplaced.size > 0 || definitions.odd.length > 0
  const { rows: groups, odd: oddGroups } = asksGroups ? await listResourceGroups(azure, subscriptionId) : NO_GROUPS
  odd.push(...oddGroups)
  for (const some of inChunks(groups.slice(0, MOST_RESOURCE_GROUPS), AT_ONCE)) {
    const lists = await Promise.all(some.map(({ key }) => listAssignedOfGroup(azure, subscriptionId, key)))
    for (const list of lists) {
      rows.push(...list.rows)
      odd.push(...list.odd)
      for (const { definitionId } of list.rows) unplaced.delete(definitionId)
    }
  }
  // A definition may be kept without being used, which a whole reading of the resource groups shows.
  const isWhole = groups.length <= MOST_RESOURCE_GROUPS
  const delegated = new Map(rows.flatMap((row) => row.delegated.map((one) => [one.key, one])))
  return { rows: [...delegated.values()], odd, unplaced: isWhole ? 0 : unplaced.size }
}

type Delegations = ReadList<Delegated> & { unplaced: number }

/** The most resource groups that are asked one by one: a run should not cost a call for each of a thousand. */
const MOST_RESOURCE_GROUPS = 100

/** How many resource groups are asked at the same time. */
const AT_ONCE = 4

const pathOf = (scope: string, list: string, more = '') =>
  `${scope}/providers/Microsoft.ManagedServices/${list}?api-version=${VERSION}${more}`

const listAssigned = (azure: Azure, subscriptionId: string, scope: string) =>
  readArmList(
    () =>
      armPages(azure, subscriptionId, pathOf(scope, 'registrationAssignments', '&$expandRegistrationDefinition=true')),
    RegistrationRow,
  )

/** Those of a resource group, of which there are none if it was deleted after it was listed. */
async function listAssignedOfGroup(azure: Azure, subscriptionId: string, name: string) {
  try {
    const scope = `/subscriptions/${subscriptionId}/resourceGroups/${encodeURIComponent(name)}`
    return await listAssigned(azure, subscriptionId, scope)
  } catch (error) {
    const { status, microsoftCode } = toAzureError(error)
    if (status === 404 && microsoftCode === 'ResourceGroupNotFound') return { rows: [], odd: [] }
    throw error
  }
}

function listResourceGroups(azure: Azure, subscriptionId: string): Promise<ReadList<ResourceGroup>> {
  const path = `/subscriptions/${subscriptionId}/resourcegroups?api-version=2021-04-01`
  return readArmList(() => armPages(azure, subscriptionId, path), ResourceGroupRow)
}

const ResourceGroupRow = z.object({ name: z.string().min(1) }).transform(({ name }) => ({ key: name }))

type ResourceGroup = z.infer<typeof ResourceGroupRow>

const NO_GROUPS: ReadList<ResourceGroup> = { rows: [], odd: [] }

/** A definition by its GUID: the scope in front of it is that of whoever was asked. */
const DefinitionRow = z.object({ id: TrailingGuid }).transform(({ id }) => ({ key: id }))

type Definition = z.infer<typeof DefinitionRow>

const Authorization = z.object({
  principalId: z.guid().toLowerCase(),
  principalIdDisplayName: z.string().nullish(),
  roleDefinitionId: TrailingGuid,
})

const Authorizations = z
  .array(Authorization)
  .nullish()
  .transform((list) => list ?? [])

const RegistrationRow = z
  .object({
    id: Scope.regex(/^(\/\P{Cc}+)?\/providers\/Microsoft\.ManagedServices\/\P{Cc}+$/iu),
    name: z.guid().toLowerCase(),
    properties: z.object({
      registrationDefinitionId: TrailingGuid,
      registrationDefinition: z.object({
        properties: z.object({
          managedByTenantId: z.guid().toLowerCase(),
          managedByTenantName: z.string().nullish(),
          authorizations: Authorizations,
          eligibleAuthorizations: Authorizations,
        }),
      }),
    }),
    systemData: z.object({ createdAt: z.string().nullish() }).nullish(),
  })
  .transform(({ id, name, properties, systemData }) => {
    const { managedByTenantId, managedByTenantName, authorizations, eligibleAuthorizations } =
      properties.registrationDefinition.properties
    const at = id.search(/\/providers\/Microsoft\.ManagedServices\//i)
    const scope = id.slice(0, at) || '/'
    const key = `delegated ${scope} ${name}`.toLowerCase()
    const organisation = cleanText(managedByTenantName) ?? managedByTenantId
    const createdOn = systemData?.createdAt ? new Date(systemData.createdAt) : null
    const toDelegated =
      (kind: Delegated['kind']) =>
      (one: z.infer<typeof Authorization>): Delegated => ({
        id: name,
        key: `${key} ${one.principalId} ${one.roleDefinitionId} ${kind}`,
        principalId: one.principalId,
        principalKind: 'delegate',
        agent: false,
        roleId: one.roleDefinitionId,
        scope,
        scopeLevel: scopeLevel(scope),
        condition: null,
        createdOn: createdOn && isStorable(createdOn) ? createdOn : null,
        createdBy: null,
        kind,
        startsAt: null,
        endsAt: null,
        principalName: cleanText(one.principalIdDisplayName),
        organisation,
        tenantId: managedByTenantId,
      })
    const delegated = [
      ...authorizations.map(toDelegated('active')),
      ...eligibleAuthorizations.map(toDelegated('eligible')),
    ]
    return { key, definitionId: properties.registrationDefinitionId, delegated }
  })
