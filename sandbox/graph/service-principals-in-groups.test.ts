import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { getTokens } from '../visitor'
import { CONTOSO } from '../world/demo-ids'
import { addGroup, addServicePrincipal } from '../world/tenant'

type Row = { id: string; displayName?: string | null; members?: Row[] } & Record<string, unknown>
type Reply = Row & { value: Row[]; error?: { code: string }; responses: Item[] }
type Item = { id: string; status: number; body: Reply }

const [OWNERS, LARGE, NESTED] = [1, 2, 3].map((number) => `77777777-0000-4000-8000-00000000000${number}`) as [
  string,
  string,
  string,
]
const [PIPELINE, MACHINE] = ['88888888-0000-4000-8000-000000000001', '88888888-0000-4000-8000-000000000002'] as const
const EVENTUAL = { consistencylevel: 'eventual' }

let sandbox: Sandbox
let token = ''
let person = ''
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  const tenant = sandbox.world.findTenant(CONTOSO)
  if (!tenant) throw new Error('Contoso is missing.')
  const people = tenant.users.list().slice(0, 30)
  person = people[0]?.id ?? ''
  for (const id of [OWNERS, LARGE, NESTED]) addGroup(tenant, { id, displayName: `Group ${id}` })
  addServicePrincipal(tenant, { id: PIPELINE, appId: PIPELINE, displayName: 'Pipeline' })
  const type = 'ManagedIdentity'
  addServicePrincipal(tenant, { id: MACHINE, appId: MACHINE, displayName: 'Machine', servicePrincipalType: type })
  for (const id of [person, PIPELINE, NESTED]) tenant.memberships.add(OWNERS, id)
  tenant.memberships.add(NESTED, MACHINE)
  for (const { id } of people) tenant.memberships.add(LARGE, id)
  const scopes = { graph: 'GroupMember.Read.All Application.Read.All' }
  token = (await getTokens(sandbox, CONTOSO, 'ada@contoso.example', scopes)).graph
})
afterAll(() => sandbox.close())

async function ask(path: string, headers: Record<string, string> = {}, json?: unknown) {
  const response = await fetch(`${sandbox.url}/graph.microsoft.com${path}`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) }),
  })
  const text = await response.text()
  return { status: response.status, text, body: (text.startsWith('{') ? JSON.parse(text) : {}) as Reply }
}

const idsAt = async (path: string, headers?: Record<string, string>) =>
  (await ask(path, headers)).body.value.map(({ id }) => id).sort()

test('v1.0 leaves service principals out of members, also when the query is advanced, and beta has them', async () => {
  expect(await idsAt(`/v1.0/groups/${OWNERS}/members`)).toEqual([person, NESTED].sort())
  expect(await idsAt(`/v1.0/groups/${OWNERS}/members?$count=true`, EVENTUAL)).toEqual([person, NESTED].sort())
  expect(await idsAt(`/beta/groups/${OWNERS}/members`)).toEqual([person, NESTED, PIPELINE].sort())
  expect(await idsAt(`/beta/groups/${OWNERS}/transitiveMembers`)).toEqual([person, NESTED, PIPELINE, MACHINE].sort())
})

test('managed identities are service principals too, and the counts agree with the lists', async () => {
  expect(await idsAt(`/v1.0/groups/${NESTED}/members`)).toEqual([])
  expect((await ask(`/v1.0/groups/${OWNERS}/transitiveMembers/$count`, EVENTUAL)).text).toBe('2')
  expect((await ask(`/beta/groups/${OWNERS}/transitiveMembers/$count`, EVENTUAL)).text).toBe('4')
})

test.each(['members', 'transitiveMembers'])(
  'the cast of %s to service principals is answered to an advanced query alone',
  async (relation) => {
    const path = `/v1.0/groups/${OWNERS}/${relation}/microsoft.graph.servicePrincipal`
    const expected = relation === 'members' ? [PIPELINE] : [PIPELINE, MACHINE].sort()
    expect(await idsAt(`${path}?$count=true`, EVENTUAL)).toEqual(expected)
    for (const [address, headers] of [
      [path, {}],
      [path, EVENTUAL],
    ] as const) {
      const { status, body } = await ask(address, headers)
      expect([status, body.error?.code]).toEqual([400, 'Request_UnsupportedQuery'])
    }
    expect((await ask(`${path}?$count=true`)).status).toBe(400)
  },
)

test('in a batch the header of the item counts, and a beta batch asks beta', async () => {
  const url = `/groups/${OWNERS}/members/microsoft.graph.servicePrincipal?$count=true&$select=id,displayName`
  const requests = [
    { id: 'with', method: 'GET', url, headers: { ConsistencyLevel: 'eventual' } },
    { id: 'without', method: 'GET', url },
    { id: 'mixed', method: 'GET', url: `/groups/${OWNERS}/members?$select=id` },
  ]
  const answersOf = async (version: string) => {
    const { body } = await ask(`/${version}/$batch`, EVENTUAL, { requests })
    return Object.fromEntries(body.responses.map((one) => [one.id, one]))
  }
  const answers = await answersOf('v1.0')
  expect(answers.with?.body.value.map(({ displayName }) => displayName)).toEqual(['Pipeline'])
  expect(answers.without?.status).toBe(400)
  expect(answers.mixed?.body.value).toHaveLength(2)
  expect((await answersOf('beta')).mixed?.body.value).toHaveLength(3)
})

test('$expand=members shows service principals in v1.0 too, and at most twenty members', async () => {
  const { body } = await ask(`/v1.0/groups/${OWNERS}?$expand=members&$select=id`)
  expect(body.members?.map(({ id }) => id).sort()).toEqual([person, NESTED, PIPELINE].sort())
  expect(body.members?.find(({ id }) => id === PIPELINE)?.['@odata.type']).toBe('#microsoft.graph.servicePrincipal')
  expect(body).not.toHaveProperty('displayName')
  const filter = `$filter=id in ('${OWNERS}','${LARGE}')`
  const listed = await ask(`/v1.0/groups?${filter}&$expand=members($select=id)`)
  const sizes = listed.body.value.map(({ id, members }) => [id, members?.length])
  expect(Object.fromEntries(sizes)).toEqual({ [OWNERS]: 3, [LARGE]: 20 })
  expect(Object.keys(listed.body.value[0]?.members?.[0] ?? {})).toEqual(['@odata.type', 'id'])
})

test('another $expand of a group is refused', async () => {
  expect((await ask(`/v1.0/groups?$expand=extensions`)).status).toBe(400)
})
