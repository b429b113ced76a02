import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { getTokens } from '../visitor'
import { applyChange } from '../world/changes'
import { CONTOSO } from '../world/demo-ids'
import { createRandom } from '../world/random'
import { addGroup, addUser } from '../world/tenant'
import type { Tenant } from '../world/types'

type Reply = { value: { id: string; displayName: string | null; '@odata.type'?: string }[]; '@odata.count'?: number }

const random = createRandom('owned')
const [TEAM, SQUAD, ANN] = [random.guid(), random.guid(), random.guid()]

let sandbox: Sandbox
let tenant: Tenant
let reader = ''
let guest = ''
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  const found = sandbox.world.findTenant(CONTOSO)
  const ada = sandbox.world.findUser('ada@contoso.example')?.user
  if (!found || !ada) throw new Error('Contoso is not whole.')
  tenant = found
  addUser(tenant, random, { id: ANN, displayName: 'Ann', userPrincipalName: 'ann@contoso.example' })
  for (const [id, displayName] of [
    [TEAM, 'Team'],
    [SQUAD, 'Squad'],
  ] as const) {
    addGroup(tenant, { id, displayName })
    tenant.owners.add(id, ANN)
  }
  tenant.owners.forget(ada.id)
  tenant.owners.add(TEAM, ada.id)
  reader = (await getTokens(sandbox, CONTOSO, 'ada@contoso.example', { graph: 'GroupMember.Read.All' })).graph
  guest = (await getTokens(sandbox, CONTOSO, 'nina@fabrikam.example')).graph
})
afterAll(() => sandbox.close())

async function ask(path: string, token = reader, headers = {}) {
  const response = await fetch(`${sandbox.url}/graph.microsoft.com/v1.0${path}`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
  })
  const text = await response.text()
  return { status: response.status, text, body: (text.startsWith('{') ? JSON.parse(text) : {}) as Reply }
}

test('the groups that a person owns are listed, one type at a time when asked, and counted', async () => {
  expect((await ask('/me/ownedObjects')).body.value).toMatchObject([
    { '@odata.type': '#microsoft.graph.group', id: TEAM, displayName: 'Team' },
  ])
  expect((await ask(`/users/${ANN}/ownedObjects`)).body.value.map(({ id }) => id)).toEqual([TEAM, SQUAD])
  const eventual = { ConsistencyLevel: 'eventual' }
  const path = `/users/ann@contoso.example/ownedObjects/graph.group`
  const filtered = await ask(`${path}?$filter=displayName eq 'Squad'&$count=true`, reader, eventual)
  expect(filtered.body).toMatchObject({ '@odata.count': 1, value: [{ id: SQUAD }] })
  expect((await ask(`${path}/$count`, reader, eventual)).text).toBe('2')
  expect((await ask(`/users/${ANN}/ownedObjects/microsoft.graph.application`)).body.value).toEqual([])
  expect((await ask(`/users/${ANN}/ownedObjects/microsoft.graph.shoe`)).status).toBe(400)
})

test('a guest reads their own, not those of others, and nobody those of somebody unknown', async () => {
  expect((await ask('/me/ownedObjects', guest)).body.value).toEqual([])
  expect((await ask(`/users/${ANN}/ownedObjects`, guest)).status).toBe(403)
  expect((await ask(`/users/${random.guid()}/ownedObjects`)).status).toBe(404)
})

test('a deleted group is owned by nobody', async () => {
  applyChange(sandbox.world, { type: 'delete_group', tenantId: CONTOSO, groupId: SQUAD })
  expect((await ask(`/users/${ANN}/ownedObjects`)).body.value.map(({ id }) => id)).toEqual([TEAM])
})
