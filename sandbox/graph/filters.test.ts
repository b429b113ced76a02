import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { getTokens } from '../visitor'
import { CONTOSO } from '../world/demo-ids'
import { createRandom } from '../world/random'
import { addServicePrincipal, addUser } from '../world/tenant'

type Reply = { value: { id: string }[]; error?: { code: string; message: string }; '@odata.count'?: number }

let sandbox: Sandbox
let token = ''
const random = createRandom('filters')
const [ROBOT, CLIENT, PERSON] = [random.guid(), random.guid(), random.guid()]
const advanced = { ConsistencyLevel: 'eventual' }

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  const tenant = sandbox.world.findTenant(CONTOSO)
  if (!tenant) throw new Error('Contoso is missing.')
  addServicePrincipal(tenant, { id: ROBOT, appId: CLIENT, displayName: 'Robot' })
  addUser(tenant, random, { id: PERSON, displayName: 'Lambda', userPrincipalName: 'lambda@contoso.example' })
  token = (await getTokens(sandbox, CONTOSO, 'ada@contoso.example', { graph: 'Directory.Read.All' })).graph
})
afterAll(() => sandbox.close())

/** Asks for a list with this filter, as an advanced query when `isAdvanced`. */
async function filter(set: string, text: string, isAdvanced = false) {
  const query = new URLSearchParams({ $filter: text, $top: '999', ...(isAdvanced ? { $count: 'true' } : {}) })
  const response = await fetch(`${sandbox.url}/graph.microsoft.com/v1.0/${set}?${query}`, {
    headers: { authorization: `Bearer ${token}`, ...(isAdvanced ? advanced : {}) },
  })
  const body = (await response.json()) as Reply
  return { status: response.status, body, ids: body.value?.map((one) => one.id), error: body.error }
}

test.each([
  `servicePrincipalNames/any(c:c eq '${CLIENT}')`,
  `servicePrincipalNames/any(name: name eq '${CLIENT.toUpperCase()}')`,
  `servicePrincipalNames/any(x : x eq '${CLIENT}')`,
  `servicePrincipalNames/Any( n:startsWith(n,'${CLIENT.slice(0, 30)}') )`,
  `displayName eq 'Robot' and (servicePrincipalNames/any(c:c eq '${CLIENT}' or c eq 'nobody'))`,
])('a service principal is found by %s, as the Azure CLI asks', async (text) => {
  expect((await filter('servicePrincipals', text)).ids).toEqual([ROBOT])
})

test('a person is found by one of their proxy addresses and by an identity with two conditions', async () => {
  expect((await filter('users', "proxyAddresses/any(x:x eq 'smtp:lambda@contoso.example')")).ids).toEqual([PERSON])
  expect((await filter('users', "proxyAddresses/any(p:startsWith(p,'SMTP:lambda@'))")).ids).toEqual([PERSON])
  const identityAt = (issuer: string) =>
    `identities/any(i:i/issuerAssignedId eq 'lambda@contoso.example' and i/issuer eq '${issuer}')`
  expect((await filter('users', identityAt('contoso.example'))).ids).toEqual([PERSON])
  expect((await filter('users', identityAt('fabrikam.example'))).ids).toEqual([])
})

test('a list that holds nothing finds nobody, and its negation finds everybody, but only as an advanced query', async () => {
  expect((await filter('groups', "groupTypes/any(c:c eq 'Unified')")).ids).toEqual([])
  expect((await filter('users', "otherMails/any(m:m eq 'x@y.example')")).ids).toEqual([])
  const negation = "not groupTypes/any(c:c eq 'Unified')"
  expect((await filter('groups', negation)).error).toMatchObject({
    code: 'Request_UnsupportedQuery',
    message: expect.stringContaining(
      "Operator 'not' is not supported because the required parameters might be missing.",
    ),
  })
  const groups = sandbox.world.findTenant(CONTOSO)?.groups.size
  expect((await filter('groups', negation, true)).body['@odata.count']).toBe(groups)
})

test('endsWith within any, and a count of a list, are advanced queries', async () => {
  for (const text of [
    "proxyAddresses/any(p:endsWith(p,'lambda@contoso.example'))",
    "displayName eq 'Lambda' and assignedLicenses/$count eq 0",
  ]) {
    expect((await filter('users', text)).error?.code).toBe('Request_UnsupportedQuery')
    expect((await filter('users', text, true)).ids).toEqual([PERSON])
  }
  expect((await filter('users', "displayName eq 'Lambda' and assignedLicenses/$count ne 0", true)).ids).toEqual([])
  expect((await filter('users', 'assignedLicenses/$count eq 1', true)).status).toBe(400)
})

test.each([
  ["displayName/any(c:c eq 'x')", 'BadRequest', /Any\/All may only be used following a collection/],
  [
    "nicknames/any(c:c eq 'x')",
    'BadRequest',
    /Could not find a property named 'nicknames' on type 'microsoft.graph.group'/,
  ],
  ["groupTypes/any(c:d eq 'x')", 'BadRequest', /Could not find a property named 'd'/],
  ["groupTypes eq 'Unified'", 'BadRequest', /operand types 'Collection\(Edm.String\)'/],
  ["groupTypes/any(c:c ne 'Unified')", 'Request_UnsupportedQuery', /property 'groupTypes' of resource 'Group'/],
  ["groupTypes/all(c:c eq 'Unified')", 'Request_UnsupportedQuery', /property 'groupTypes' of resource 'Group'/],
  ["groupTypes/any(c:startsWith(c,'Uni'))", 'Request_UnsupportedQuery', /property 'groupTypes' of resource 'Group'/],
  ["groupTypes/any(c:contains(c,'Uni'))", 'BadRequest', /Could not find a property named 'contains'/],
  ['createdDateTime ge 2021-11-01', 'Request_UnsupportedQuery', /property 'createdDateTime' of resource 'Group'/],
  ["groupTypes/any(c c eq 'Unified')", 'Request_UnsupportedQuery', /Invalid filter clause/],
  ["groupTypes/any(c:c eq 'Unified'", 'Request_UnsupportedQuery', /Invalid filter clause/],
])('%s is refused, even as an advanced query', async (text, code, message) => {
  for (const isAdvanced of [false, true])
    expect((await filter('groups', text, isAdvanced)).error).toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
})

test('a property that is only indexed for advanced queries is refused without them', async () => {
  expect((await filter('users', "officeLocation eq 'Oslo'")).error?.code).toBe('Request_UnsupportedQuery')
  expect((await filter('users', "officeLocation eq 'Oslo'", true)).status).toBe(200)
  const path = "onPremisesExtensionAttributes/extensionAttribute1 eq 'x'"
  expect((await filter('users', path)).status).toBe(400)
  expect((await filter('users', path, true)).ids).toEqual([])
  expect((await filter('users', "aboutMe eq 'x'", true)).error?.message).toMatch(
    /property 'aboutMe' of resource 'User'/,
  )
})

test.each(['constructor', 'toString', '__proto__'])('an operator or function called %s is none', async (name) => {
  for (const text of [`displayName ${name} 'x'`, `${name}(displayName,'x')`])
    expect(await filter('users', text)).toMatchObject({ status: 400 })
})
