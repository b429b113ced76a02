import { afterAll, beforeAll, expect, test } from 'vitest'
import { tokenOf } from '../properties/small-world'
import { type Sandbox, startSandbox } from '../server'
import { applyChange } from '../world/changes'
import { makeTenant } from '../world/make-tenant'
import { effectiveAccess, truthOf } from '../world/truth'
import type { Tenant } from '../world/types'

type Row = { id: string; displayName: string } & Record<string, unknown>

let sandbox: Sandbox
let tenant: Tenant
let token = ''
let [agent, identity, group, subscriptionId] = ['', '', '', '']
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  const { world } = sandbox
  const made = makeTenant(world, { seed: 'agents', people: 9, guests: 6, agents: 2, groups: 3 })
  const owner = world.findUser(`owner@${made.domain}`)
  if (!owner) throw new Error('The tenant has no owner.')
  tenant = owner.tenant
  token = tokenOf(world, tenant, owner.user.id, 'graph')
  agent = tenant.users.list().find((one) => one.identityParentId !== null)?.id ?? ''
  identity = tenant.users.get(agent)?.identityParentId ?? ''
  group = tenant.groups.list()[0]?.id ?? ''
  subscriptionId = made.subscriptions[0]?.id ?? ''
  const tenantId = tenant.id
  for (const principalId of [agent, identity]) {
    if (!tenant.memberships.membersOf(group).has(principalId))
      applyChange(world, { type: 'add_member', tenantId, groupId: group, principalId })
    applyChange(world, { type: 'assign', tenantId, principalId, role: 'Reader', subscriptionId })
  }
  applyChange(world, { type: 'assign', tenantId, principalId: group, role: 'Owner', subscriptionId })
})
afterAll(() => sandbox.close())

async function listAt(path: string, json?: unknown): Promise<Row[]> {
  const response = await fetch(`${sandbox.url}/graph.microsoft.com${path}`, {
    headers: {
      authorization: `Bearer ${token}`,
      consistencylevel: 'eventual',
      'content-type': 'application/json',
    },
    ...(json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) }),
  })
  const body = (await response.json()) as { value?: Row[] }
  if (!body.value) throw new Error(JSON.stringify(body))
  return body.value
}

const typesAt = async (path: string, json?: unknown) =>
  Object.fromEntries((await listAt(path, json)).map((one) => [one.id, one['@odata.type']]))

test('an agent is a user of its own type: in the list, by a filter, in members and by getByIds', async () => {
  const expected = { [agent]: '#microsoft.graph.agentUser' }
  expect(await typesAt(`/v1.0/users?$filter=id in ('${agent}')&$select=id`)).toEqual(expected)
  expect((await typesAt('/v1.0/users?$select=id'))[agent]).toBe('#microsoft.graph.agentUser')
  expect((await typesAt(`/v1.0/groups/${group}/members`))[agent]).toBe('#microsoft.graph.agentUser')
  for (const types of [['user'], ['agentUser'], undefined])
    expect(await typesAt('/v1.0/directoryObjects/getByIds', { ids: [agent], types })).toEqual(expected)
  expect(await typesAt('/v1.0/directoryObjects/getByIds', { ids: [agent], types: ['servicePrincipal'] })).toEqual({})
})

test('people have no type of their own in the list of users', async () => {
  const rows = await listAt('/v1.0/users?$select=id')
  expect(rows.filter((one) => one['@odata.type'] !== undefined)).toHaveLength(2)
})

test('an agent identity is a service principal of its own type, which v1.0 leaves out of members', async () => {
  const expected = { [identity]: '#microsoft.graph.agentIdentity' }
  const [row] = await listAt(`/v1.0/servicePrincipals?$filter=id in ('${identity}')`)
  expect(row).toMatchObject({
    '@odata.type': '#microsoft.graph.agentIdentity',
    servicePrincipalType: 'ServiceIdentity',
  })
  expect(await typesAt('/v1.0/directoryObjects/getByIds', { ids: [identity], types: ['servicePrincipal'] })).toEqual(
    expected,
  )
  expect(await typesAt(`/v1.0/groups/${group}/members`)).not.toHaveProperty(identity)
  expect((await typesAt(`/beta/groups/${group}/members`))[identity]).toBe('#microsoft.graph.agentIdentity')
})

test.each(['servicePrincipal', 'agentIdentity', 'user', 'agentUser'])('a cast to %s finds the agent', async (type) => {
  const found = await typesAt(`/v1.0/groups/${group}/members/microsoft.graph.${type}?$count=true`)
  expect(Object.keys(found)).toContain(type.endsWith('ser') ? agent : identity)
})

test('agents are listed by their own types, with what they belong to', async () => {
  const users = await listAt('/v1.0/users/microsoft.graph.agentUser')
  expect(users.map((one) => one.id)).toContain(agent)
  expect(users.find((one) => one.id === agent)?.identityParentId).toBe(identity)
  const identities = await listAt('/v1.0/servicePrincipals/microsoft.graph.agentIdentity')
  expect(identities).toHaveLength(2)
  expect(new Set(identities.map((one) => one.agentIdentityBlueprintId)).size).toBe(1)
})

test('the truth names agents by their own principal types, directly and through a group', () => {
  const rows = effectiveAccess(sandbox.world, subscriptionId)
  const waysOf = (id: string) => [
    ...new Set(rows.filter((row) => row.principalId === id).map((row) => `${row.principalType} ${row.via.length}`)),
  ]
  expect(waysOf(agent)).toEqual(expect.arrayContaining(['AgentUser 0', 'AgentUser 1']))
  expect(waysOf(identity)).toEqual(expect.arrayContaining(['AgentServicePrincipal 0', 'AgentServicePrincipal 1']))
  expect(rows.filter((row) => row.principalId === agent).every((row) => row.principalType === 'AgentUser')).toBe(true)
  const direct = truthOf(sandbox.world, subscriptionId).filter((row) => [agent, identity].includes(row.principalId))
  expect(direct.map((row) => row.principalType)).toEqual(['AgentUser', 'AgentServicePrincipal'])
})

test('the address of a guest is in mail, in otherMails alone, or only within the user principal name', async () => {
  const filter = "$filter=userType eq 'Guest'&$select=userPrincipalName,mail,otherMails"
  const guests = (await listAt(`/v1.0/users?${filter}`)).filter((one) =>
    String(one.userPrincipalName).includes('elsewhere.example'),
  )
  expect(guests.map(({ mail, otherMails }) => [mail, otherMails])).toEqual([
    ['guest0@elsewhere.example', []],
    [null, ['guest1@elsewhere.example']],
    [null, []],
    ['guest3@elsewhere.example', []],
    [null, ['guest4@elsewhere.example']],
    [null, []],
  ])
  expect(guests.map((one) => String(one.userPrincipalName).split('#EXT#')[0])).toEqual(
    [0, 1, 2, 3, 4, 5].map((number) => `guest${number}_elsewhere.example`),
  )
})
