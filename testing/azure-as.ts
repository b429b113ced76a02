import { createAzure } from '@/lib/azure/client/clients'
import { tokenOf } from '@/sandbox/properties/small-world'
import type { World } from '@/sandbox/world/world'
import { standInAccount } from './stand-in'

/** Microsoft's clients as someone of a tenant of the sandbox uses them, without the sign-in; counts its calls. */
export function azureAs(world: World, tenantId: string, objectId: string, graphPermissions?: string[]) {
  const tenant = world.findTenant(tenantId)
  if (!tenant) throw new Error(`There is no tenant ${tenantId} in this world.`)
  const { azure, meter } = standInAccount()
  const get: typeof azure.caller.tokens.get = async (resource) => ({
    token: tokenOf(world, tenant, objectId, resource, graphPermissions),
    expiresOnTimestamp: world.now() + 3_600_000,
  })
  return { azure: createAzure({ ...azure.caller, tokens: { ...azure.caller.tokens, get } }), meter }
}
