import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { getTokens } from '../visitor'
import { CONTOSO } from '../world/demo-ids'
import { makeTenant } from '../world/make-tenant'
import { createRandom } from '../world/random'
import { APPLICATION_ADMINISTRATOR } from '../world/roles'
import { addGroup, addUser } from '../world/tenant'
import type { Tenant } from '../world/types'

type Row = { id: string } & Record<string, unknown>
type Reply = { value: Row[]; error: { code: string } }

let sandbox: Sandbox
let tenant: Tenant
let seesHidden = ''
let reader = ''
let robot = ''
let made: { tenantId: string; application: { clientId: string; clientSecret: string; objectId: string } }
const random = createRandom('directory-reads')
const [OPEN, HIDDEN, ABOVE, PERSON] = [random.guid(), random.guid(), random.guid(), random.guid()]

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  const found = sandbox.world.findTenant(CONTOSO)
  if (!found) throw new Error('Contoso is missing.')
  tenant = found
  addUser(tenant, random, { id: PERSON, displayName: 'Veiled', userPrincipalName: 'veiled@contoso.example' })
  addGroup(tenant, { id: OPEN, displayName: 'Open' })
  addGroup(tenant, { id: HIDDEN, displayName: 'Hidden', hiddenMembership: true })
  addGroup(tenant, { id: ABOVE, displayName: 'Above' })
  tenant.memberships.add(OPEN, HIDDEN)
  tenant.memberships.add(HIDDEN, PERSON)
  tenant.memberships.add(ABOVE, OPEN)
  const signIn = async (graph: string) => (await getTokens(sandbox, CONTOSO, 'ada@contoso.example', { graph })).graph
  reader = await signIn('GroupMember.Read.All')
  seesHidden = await signIn('GroupMember.Read.All Member.Read.Hidden')
  made = makeTenant(sandbox.world, { seed: 'directory-reads' })
  const { clientId, clientSecret } = made.application
  const response = await fetch(`${sandbox.url}/login.microsoftonline.com/${made.tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: clientId,
      client_secret: clientSecret,
      grant_type: 'client_credentials',
      scope: 'https://graph.microsoft.com/.default',
    }),
  })
  robot = ((await response.json()) as { access_token: string }).access_token
})
afterAll(() => sandbox.close())

async function ask(path: string, token: string) {
  const response = await fetch(`${sandbox.url}/graph.microsoft.com/v1.0${path}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  return { status: response.status, body: (await response.json()) as Reply }
}
const idsAt = async (path: string, token: string) => (await ask(path, token)).body.value.map((one) => one.id)

test('hidden members do not appear in the transitive members of a group above without Member.Read.Hidden', async () => {
  expect(await idsAt(`/groups/${OPEN}/transitiveMembers`, reader)).toEqual([HIDDEN])
  expect(await idsAt(`/groups/${OPEN}/transitiveMembers`, seesHidden)).toEqual([HIDDEN, PERSON])
})

test('hidden memberships do not appear among the groups of the member either', async () => {
  expect(await idsAt(`/users/${PERSON}/memberOf`, reader)).toEqual([])
  expect(await idsAt(`/users/${PERSON}/transitiveMemberOf`, reader)).toEqual([])
  expect(await idsAt(`/users/${PERSON}/transitiveMemberOf`, seesHidden)).toEqual([HIDDEN, OPEN, ABOVE])
  expect(await idsAt(`/groups/${HIDDEN}/transitiveMemberOf`, reader)).toEqual([OPEN, ABOVE])
})

test('a deleted group is in the recycle bin with the time of deletion, and no longer among the groups', async () => {
  const of = sandbox.world.findTenant(made.tenantId)
  if (!of) throw new Error('The made tenant is missing.')
  const id = random.guid()
  addGroup(of, { id, displayName: 'Doomed' })
  const response = await fetch(`${sandbox.url}/_sandbox/changes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'delete_group', tenantId: of.id, groupId: id }),
  })
  expect(response.status, await response.text()).toBeLessThan(300)
  const { body } = await ask('/directory/deletedItems/microsoft.graph.group', robot)
  expect(body.value).toMatchObject([
    { id, displayName: 'Doomed', deletedDateTime: expect.stringMatching(/^\d{4}-.*Z$/) },
  ])
  expect(await ask(`/directory/deletedItems/${id}`, robot)).toMatchObject({ status: 200, body: { id } })
  expect((await ask(`/groups/${id}`, robot)).status).toBe(404)
})

test('an application is listed, found by its client id and read in its home tenant', async () => {
  const { clientId } = made.application
  const { body } = await ask(`/applications?$filter=appId eq '${clientId}'`, robot)
  expect(body.value).toMatchObject([{ appId: clientId }])
  const id = body.value[0]?.id ?? ''
  expect(await ask(`/applications/${id}`, robot)).toMatchObject({ status: 200, body: { id, appId: clientId } })
  expect((await ask(`/applications/${id}/owners`, robot)).body.value).toEqual([])
  expect((await ask(`/applications/${random.guid()}/owners`, robot)).status).toBe(404)
  expect((await ask('/applications', reader)).body.error.code).toBe('Authorization_RequestDenied')
})

test('directory roles and their holders can only be read with Directory.Read.All', async () => {
  const holders = [...(sandbox.world.findTenant(made.tenantId)?.users.values() ?? [])].filter((one) =>
    one.directoryRoles.includes(APPLICATION_ADMINISTRATOR),
  )
  expect(holders.length).toBeGreaterThan(0)
  const path = `/roleManagement/directory/roleAssignments?$filter=roleDefinitionId eq '${APPLICATION_ADMINISTRATOR}'`
  const { body } = await ask(path, robot)
  expect(body.value.map((one) => one.principalId)).toEqual(holders.map((one) => one.id))
  expect(await idsAt('/roleManagement/directory/roleDefinitions', robot)).toContain(APPLICATION_ADMINISTRATOR)
  expect((await ask('/directoryRoles', reader)).status).toBe(403)
})

test('an empty relation is an empty list, and a missing manager is 404', async () => {
  const { objectId } = made.application
  for (const relation of ['appRoleAssignedTo', 'appRoleAssignments', 'owners'])
    expect((await ask(`/servicePrincipals/${objectId}/${relation}`, robot)).body.value).toEqual([])
  expect((await ask(`/users/${PERSON}/licenseDetails`, reader)).body.value).toEqual([])
  expect(await ask(`/users/${PERSON}/manager`, reader)).toMatchObject({
    status: 404,
    body: { error: { code: 'Request_ResourceNotFound' } },
  })
})
