import { afterAll, beforeAll, expect, test } from 'vitest'
import { getTokens } from '../visitor'
import { CONTOSO } from '../world/demo-ids'
import { addGroup } from '../world/tenant'
import { type DemoSandbox, startDemoSandbox } from './start-demo-sandbox'

const GRAPH = 'https://graph.microsoft.com/v1.0'
const BETA = 'https://graph.microsoft.com/beta'
const OUTER = '55555555-0000-4000-8000-000000000001'
const INNER = '55555555-0000-4000-8000-000000000002'
const EVENTUAL = { ConsistencyLevel: 'eventual' }

type Page = { value: { id: string; '@odata.type'?: string; displayName?: string | null }[]; '@odata.count'?: number }

let conformance: DemoSandbox
let token = ''
let person = ''
beforeAll(async () => {
  conformance = await startDemoSandbox()
  const { tenant, sandbox } = conformance
  person = tenant.users.list()[0]?.id ?? ''
  addGroup(tenant, { id: OUTER, displayName: 'Outer' })
  addGroup(tenant, { id: INNER, displayName: 'Inner' })
  tenant.memberships.add(OUTER, INNER)
  tenant.memberships.add(INNER, person)
  tenant.memberships.add(INNER, OUTER)
  token = (await getTokens(sandbox, CONTOSO, 'ada@contoso.example', { graph: 'GroupMember.Read.All' })).graph
})
afterAll(() => conformance.sandbox.close())

async function page(path: string, headers: Record<string, string> = {}, version = GRAPH) {
  const { status, headers: answered, body } = await conformance.ask(`${version}${path}`, { token, headers })
  return {
    status,
    type: answered.get('content-type'),
    body: body as Page,
    ids: (body as Page).value?.map((one) => one.id),
  }
}

test('members are the direct ones, and transitive members are all below, even in a cycle', async () => {
  expect((await page(`/groups/${OUTER}/members`)).ids).toEqual([INNER])
  expect((await page(`/groups/${OUTER}/transitiveMembers`)).ids).toEqual(expect.arrayContaining([INNER, person]))
})

// Source: api-reference/v1.0/api/group-list-transitivemembers.md @00e146a9.
test('a cast to people with ConsistencyLevel and $count lists and counts them', async () => {
  const address = `/groups/${OUTER}/transitiveMembers/microsoft.graph.user?$count=true`
  const { ids, body } = await page(address, EVENTUAL)
  expect([ids, body['@odata.count']]).toEqual([[person], 1])
})

test('the number of members is plain text', async () => {
  const { status, type, body } = await page(`/groups/${INNER}/members/$count`, EVENTUAL)
  expect([status, type?.split(';')[0], String(body)]).toEqual([200, 'text/plain', '2'])
})

// Source: concepts/permissions-overview.md @073a3963: type and id, everything else null.
test('a member that the token may not read is shown with its type and id only', async () => {
  const { tenant } = conformance
  const [principal] = tenant.servicePrincipals.list()
  tenant.memberships.add(INNER, principal?.id ?? '')
  const { body } = await page(`/groups/${INNER}/members`, {}, BETA)
  const shown = body.value.find((one) => one.id === principal?.id)
  tenant.memberships.remove(INNER, principal?.id ?? '')
  const { '@odata.type': type, id, ...rest } = shown ?? { id: '' }
  expect([type, id]).toEqual(['#microsoft.graph.servicePrincipal', principal?.id])
  expect(Object.values(rest).filter((value) => value !== null)).toEqual([])
})

test('the groups of a person include those that contain their groups', async () => {
  const { ids } = await page(`/users/${person}/transitiveMemberOf`)
  expect(ids).toEqual(expect.arrayContaining([INNER, OUTER]))
  expect((await page(`/users/${person}/memberOf`)).ids).not.toContain(OUTER)
})
