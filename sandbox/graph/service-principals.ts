import { showObject } from './collection'
import type { GraphCall } from './graph-call'
import { SERVICE_PRINCIPAL } from './service-principal-kind'

/** `GET /servicePrincipals/{id}`. */
export function getServicePrincipal(call: GraphCall, id: string): Response {
  return showObject(call, SERVICE_PRINCIPAL, id, call.tenant.servicePrincipals.get(id.toLowerCase()))
}

/** `GET /servicePrincipals(appId='…')`. */
export function getServicePrincipalByAppId(call: GraphCall, appId: string): Response {
  const found = call.tenant.servicePrincipals.by('appId', (one) => one.appId).get(appId.toLowerCase())
  return showObject(call, SERVICE_PRINCIPAL, appId, found)
}
