import { accessDenied, contextOf, type GraphCall, isPlainGuest, notFound } from './graph-call'

/** `GET /organization`: the caller's tenant. */
export function getOrganization(call: GraphCall): Response {
  const { id, name, domain } = call.tenant
  return Response.json({
    '@odata.context': contextOf(call, 'organization'),
    value: [
      {
        id,
        displayName: name,
        tenantType: 'AAD',
        countryLetterCode: 'NO',
        createdDateTime: '2019-05-01T09:00:00Z',
        verifiedDomains: [
          {
            capabilities: 'Email, OfficeCommunicationsOnline',
            isDefault: true,
            isInitial: false,
            name: domain,
            type: 'Managed',
          },
        ],
      },
    ],
  })
}

/** The ids of the licences. Source: Microsoft's "Product names and service plan identifiers for licensing". */
const SKUS = {
  p1: {
    skuId: '078d2b04-f1bd-4111-bbd6-b4b1b354cef4',
    skuPartNumber: 'AAD_PREMIUM',
    plan: '41781fb2-bc02-4b7c-bd55-b576c07bb09d',
  },
  p2: {
    skuId: '84a661c4-e949-4bd2-a560-ed7766fcaf2b',
    skuPartNumber: 'AAD_PREMIUM_P2',
    plan: 'eec0eb4f-6444-4f95-aba0-50c24d67f998',
  },
}

/** `GET /subscribedSkus`: the licence of the tenant, if it has one. */
export function listSubscribedSkus(call: GraphCall): Response {
  if (isPlainGuest(call)) return accessDenied()
  const { licence, id, name } = call.tenant
  const sku = licence === 'free' ? null : SKUS[licence]
  const value = sku && {
    accountName: name,
    accountId: id,
    appliesTo: 'User',
    capabilityStatus: 'Enabled',
    consumedUnits: 25,
    id: `${id}_${sku.skuId}`,
    skuId: sku.skuId,
    skuPartNumber: sku.skuPartNumber,
    subscriptionIds: [],
    prepaidUnits: { enabled: 100, suspended: 0, warning: 0, lockedOut: 0 },
    servicePlans: [
      { servicePlanId: sku.plan, servicePlanName: sku.skuPartNumber, provisioningStatus: 'Success', appliesTo: 'User' },
    ],
  }
  return Response.json({ '@odata.context': contextOf(call, 'subscribedSkus'), value: value ? [value] : [] })
}

/** `GET /tenantRelationships/findTenantInformationByTenantId(tenantId='…')`: the name of any tenant. */
export function findTenantInformation(call: GraphCall, tenantId: string): Response {
  const tenant = call.world.tenants.get(tenantId.toLowerCase())
  if (!tenant) return notFound(tenantId)
  return Response.json({
    '@odata.context': contextOf(call, 'microsoft.graph.tenantInformation'),
    tenantId: tenant.id,
    federationBrandName: null,
    displayName: tenant.name,
    defaultDomainName: tenant.domain,
  })
}
