import { startSandbox } from '../server'
import { getTokens } from '../visitor'
import { createRandom } from '../world/random'
import { APPLICATION_ADMINISTRATOR } from '../world/roles'
import { managementGroupScope } from '../world/scopes'
import { addAssignment, addSubscription, addUser, createTenant } from '../world/tenant'
import { World } from '../world/world'

/** The ids of the small tenant, the same in every test. */
export const IDS = {
  tenant: '11111111-0000-4000-8000-000000000001',
  web: '22222222-0000-4000-8000-000000000001',
  lab: '22222222-0000-4000-8000-000000000002',
  owner: '33333333-0000-4000-8000-000000000001',
  clerk: '33333333-0000-4000-8000-000000000002',
  nobody: '33333333-0000-4000-8000-000000000003',
} as const

type Ask = { method?: string; body?: string; headers?: Record<string, string>; token?: string | null }

/**
 * Starts a sandbox with one small tenant. The subscription web is in the management group `Platform` below the root, lab is
 * directly below the root. `owner` owns the root group, `clerk` reads one resource group of web, `nobody` has no role. For
 * tests.
 */
export async function startArmSandbox() {
  const world = new World('http://localhost:3000')
  const random = createRandom('arm')
  const tenant = createTenant({ id: IDS.tenant, name: 'Northwind', domain: 'northwind.example', demo: false })
  world.addTenant(tenant)
  tenant.managementGroups.add({ id: 'Platform', displayName: 'Platform', parentId: tenant.id })
  addSubscription(tenant, { id: IDS.web, name: 'Web', managementGroupId: 'Platform', resourceGroups: ['rg-Front'] })
  addSubscription(tenant, { id: IDS.lab, name: 'Lab' })
  for (const name of ['owner', 'clerk', 'nobody'] as const)
    addUser(tenant, random, {
      id: IDS[name],
      displayName: `${name} Hansen`,
      userPrincipalName: `${name}@northwind.example`,
      directoryRoles: [APPLICATION_ADMINISTRATOR],
      account: { kind: name, note: '' },
    })
  addAssignment(tenant, random, { principalId: IDS.owner, role: 'Owner', scope: managementGroupScope(tenant.id) })
  addAssignment(tenant, random, {
    principalId: IDS.clerk,
    role: 'Reader',
    scope: `/subscriptions/${IDS.web}/resourcegroups/RG-front`,
  })
  const sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000', world })
  const tokenOf = async (name: 'owner' | 'clerk' | 'nobody') =>
    (await getTokens(sandbox, IDS.tenant, `${name}@northwind.example`)).arm
  const tokens = { owner: await tokenOf('owner'), clerk: await tokenOf('clerk'), nobody: await tokenOf('nobody') }
  const local = (address: string) => address.replace('https://', `${sandbox.url}/`)

  /** Requests a path of ARM (or a nextLink), as the owner unless another token, or null for none, is given. */
  async function ask<Body = Record<string, unknown>>(
    path: string,
    { method = 'GET', body: sent, headers, token }: Ask = {},
  ) {
    const bearer = token === undefined ? tokens.owner : token
    const address = path.startsWith('https://') ? path : `https://management.azure.com${path}`
    const response = await fetch(local(address), {
      method,
      ...(sent === undefined ? {} : { body: sent }),
      headers: { ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }), ...headers },
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? {} : JSON.parse(text)) as Body & { error?: { code: string; message: string } },
    }
  }
  return { sandbox, world, tenant, random, tokens, ask, local }
}

export type ArmSandbox = Awaited<ReturnType<typeof startArmSandbox>>
