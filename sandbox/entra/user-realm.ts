import type { Cloud } from '../clouds'
import type { World } from '../world/world'

/**
 * `/common/userrealm/{user}`: who checks the password of an address. MSAL for Python and the Azure CLI ask before they
 * send one; the members it reads are `account_type` and, for federation only, the addresses of another server.
 */
export function userRealm(world: World, cloud: Cloud, username: string): Response {
  const domain = username.split('@')[1] ?? ''
  const known = world.findTenant(domain) !== undefined
  return Response.json({
    ver: '1.0',
    account_type: known ? 'Managed' : 'Unknown',
    domain_name: domain,
    cloud_instance_name: cloud.login.replace(/^login\.(?:partner\.)?/, ''),
    cloud_audience_urn: 'urn:federation:MicrosoftOnline',
  })
}
