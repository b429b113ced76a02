import { z } from 'zod'
import type { HeldAssignment } from '@/lib/domain/access'
import { scopeLevel } from '@/lib/domain/scopes'
import type { Azure } from './client/clients'
import { armPages, type ReadList, readArmList } from './client/lists'
import { cleanText, TrailingGuid } from './client/rows'

const VERSION = '2022-10-01'

/** A role that somebody of another tenant holds through Azure Lighthouse, or could activate. */
export type Delegated = HeldAssignment & {
  /** As the managing tenant named the principal: our own directory does not know it. */
  principalName: string | null
  /** The managing tenant, by its name where Azure tells it, else by its id. */
  organisation: string
}

/**
 * The roles that a subscription delegates to principals of other tenants (Azure Lighthouse: registrationAssignments with
 * their definitions, 2022-10-01; a Reader may list them). Neither tenant's list of role assignments shows them. One row
 * for each principal and role; its key is never that of an assignment.
 */
export async function listDelegations(azure: Azure, subscriptionId: string): Promise<ReadList<Delegated>> {
  const path =
    `/subscriptions/${subscriptionId}/providers/Microsoft.ManagedServices/registrationAssignments` +
    `?api-version=${VERSION}&$expandRegistrationDefinition=true`
  const { rows, odd } = await readArmList(() => armPages(azure, subscriptionId, path), RegistrationRow)
  return { rows: rows.flatMap(({ delegated }) => delegated), odd }
}

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
    id: z.string().startsWith('/'),
    name: z.string().min(1),
    properties: z.object({
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
        id: name.toLowerCase(),
        key: `${key} ${one.principalId} ${one.roleDefinitionId} ${kind}`,
        principalId: one.principalId,
        principalKind: 'delegate',
        agent: false,
        roleId: one.roleDefinitionId,
        scope,
        scopeLevel: scopeLevel(scope),
        condition: null,
        createdOn: createdOn && !Number.isNaN(createdOn.getTime()) ? createdOn : null,
        createdBy: null,
        kind,
        startsAt: null,
        endsAt: null,
        principalName: cleanText(one.principalIdDisplayName),
        organisation,
      })
    const delegated = [
      ...authorizations.map(toDelegated('active')),
      ...eligibleAuthorizations.map(toDelegated('eligible')),
    ]
    return { key, delegated: [...new Map(delegated.map((one) => [one.key, one])).values()] }
  })
