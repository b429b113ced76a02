import { contextOf, type GraphCall } from './graph-call'
import { notFound } from './graph-error'

/** `GET /tenantRelationships/findTenantInformationByTenantId(tenantId='…')`: any tenant's name, by its id. */
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
