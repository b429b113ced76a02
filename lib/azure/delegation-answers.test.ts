import { afterAll, beforeAll, expect, test } from 'vitest'
import { standInAccount as account, pointAt, startStandIn } from '@/testing/stand-in'
import { listDelegationDefinitions, listDelegations } from './delegations'

const SUBSCRIPTION = '291bba3f-e0a5-47bc-a099-3bdcb2a50a05'
const SCOPE = `/subscriptions/${SUBSCRIPTION}`
const TYPE = 'Microsoft.ManagedServices'
const guid = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`

let microsoft: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  microsoft = await startStandIn()
  pointAt(microsoft.url)
})
afterAll(() => microsoft.close())

const definition = (n: number) => ({
  id: `${SCOPE}/providers/${TYPE}/registrationDefinitions/${guid(n)}`,
  name: guid(n),
})

const assignment = (n: number, of: number, { scope = SCOPE, more = {} }: { scope?: string; more?: object } = {}) => ({
  id: `${scope}/providers/${TYPE}/registrationAssignments/${guid(n)}`,
  name: guid(n),
  properties: {
    registrationDefinitionId: `${scope}/providers/${TYPE}/registrationDefinitions/${guid(of)}`,
    registrationDefinition: {
      properties: {
        managedByTenantId: guid(8).toUpperCase(),
        authorizations: [{ principalId: guid(7), roleDefinitionId: guid(50) }],
        ...more,
      },
    },
  },
})

type Lists = { definitions: unknown[]; own?: unknown[]; groups?: unknown[]; inGroups?: Record<string, unknown[]> }

/** Lets Resource Manager answer with these lists, the assignments of resource groups by the name of the group. */
function answering({ definitions, own = [], groups = [], inGroups = {} }: Lists): void {
  microsoft.answer(({ url }) => {
    const group = /\/resourceGroups\/([^/]+)\/providers/i.exec(url.pathname)?.[1]
    if (/\/resourcegroups$/i.test(url.pathname)) return { json: { value: groups } }
    if (url.pathname.endsWith('/registrationDefinitions')) return { json: { value: definitions } }
    return { json: { value: group ? (inGroups[decodeURIComponent(group)] ?? []) : own } }
  })
}

const read = async ({ azure } = account()) =>
  listDelegations(azure, SUBSCRIPTION, await listDelegationDefinitions(azure, SUBSCRIPTION))
const groupsAsked = () =>
  microsoft.asked.flatMap(({ url }) => /\/resourceGroups\/([^/]+)\/providers/.exec(url.pathname)?.[1] ?? [])

test('the definitions are asked to be expanded, with the version that has them', async () => {
  answering({ definitions: [definition(1)], own: [assignment(1, 1)] })
  await read()
  expect(microsoft.asked.map(({ url }) => `${url.pathname}${url.search}`)).toEqual([
    `${SCOPE}/providers/${TYPE}/registrationDefinitions?api-version=2022-10-01`,
    `${SCOPE}/providers/${TYPE}/registrationAssignments?api-version=2022-10-01&$expandRegistrationDefinition=true`,
  ])
})

test('what Azure leaves out is null, and a tenant without a name is called by its id', async () => {
  answering({ definitions: [definition(1)], own: [assignment(1, 1)] })
  expect((await read()).rows).toEqual([
    {
      id: guid(1),
      key: `delegated ${SCOPE} ${guid(1)} ${guid(7)} ${guid(50)} active`,
      principalId: guid(7),
      principalKind: 'delegate',
      agent: false,
      roleId: guid(50),
      scope: SCOPE,
      scopeLevel: 'subscription',
      condition: null,
      createdOn: null,
      createdBy: null,
      kind: 'active',
      startsAt: null,
      endsAt: null,
      principalName: null,
      organisation: guid(8),
      tenantId: guid(8),
    },
  ])
})

test.each([
  ['a time', '2026-01-15T21:08:45Z', new Date('2026-01-15T21:08:45Z')],
  ['no time', 'yesterday', null],
  ['nothing', null, null],
])('when it was made is %s', async (_, createdAt, createdOn) => {
  answering({ definitions: [definition(1)], own: [{ ...assignment(1, 1), systemData: { createdAt } }] })
  expect((await read()).rows[0]?.createdOn).toEqual(createdOn)
})

test.each([
  ['the definition is not expanded', { properties: { registrationDefinitionId: definition(1).id } }],
  ['the id is not one of a registration', { id: '/else' }],
  ['the id is not a path', { id: 'x' }],
])('a row is odd when %s, and the others stay', async (_, wrong) => {
  answering({ definitions: [definition(1)], own: [assignment(1, 1), { ...assignment(2, 1), ...wrong }] })
  const { rows, odd } = await read()
  expect(rows.map(({ id }) => id)).toEqual([guid(1)])
  expect(odd).toEqual([{ id: 'id' in wrong ? wrong.id : assignment(2, 1).id }])
})

test('resource groups are asked where a definition is used by no assignment, or could not be understood', async () => {
  const groups = [{ name: 'rg a' }, { name: 'rg-b' }]
  answering({ definitions: [definition(1)], own: [assignment(1, 1)], groups })
  await read()
  expect(groupsAsked()).toEqual([])

  const scope = `${SCOPE}/resourceGroups/rg-b`
  const inGroups = { 'rg-b': [assignment(2, 2, { scope })] }
  for (const second of [definition(2), { id: 'x', name: 'broken' }]) {
    answering({ definitions: [definition(1), second], own: [assignment(1, 1)], groups, inGroups })
    const { rows } = await read()
    expect(rows.map((one) => one.scope)).toEqual([SCOPE, scope])
    expect(groupsAsked()).toEqual(['rg%20a', 'rg-b'])
  }
})

test('odd definitions, assignments of groups and resource groups are all named', async () => {
  answering({
    definitions: [definition(1), { id: 'x', name: 'broken definition' }],
    own: [assignment(1, 1)],
    groups: [{ name: 'a' }, { id: 'odd group', name: 7 }],
    inGroups: { a: [assignment(3, 2, { scope: `${SCOPE}/resourceGroups/a` }), { id: 'odd assignment' }] },
  })
  const { rows, odd } = await read()
  expect(rows).toHaveLength(2)
  expect(odd.map(({ id }) => id).sort()).toEqual(['odd assignment', 'odd group', 'x'])
})

test('of more than a hundred resource groups the rest is not asked, and what was found nowhere is counted', async () => {
  const groups = Array.from({ length: 101 }, (_, n) => ({ name: `rg-${n}` }))
  answering({ definitions: [definition(1), definition(2)], own: [assignment(1, 1)], groups })
  expect(await read()).toMatchObject({ odd: [], unplaced: 1 })
  expect(groupsAsked()).toHaveLength(100)
  answering({ definitions: [definition(1), definition(2)], own: [assignment(1, 1)], groups: groups.slice(1) })
  expect(await read()).toMatchObject({ odd: [], unplaced: 0 })
  expect(groupsAsked()).toHaveLength(100)
})

test('a resource group that is refused fails the reading, so that no delegation is missed silently', async () => {
  const groups = [{ name: 'a' }]
  answering({ definitions: [definition(1)], groups })
  const script = { status: 403, json: { error: { code: 'AuthorizationFailed', message: 'x' } } }
  microsoft.answer(({ url }) => {
    if (/\/resourceGroups\/a\//.test(url.pathname)) return script
    if (/\/resourcegroups$/.test(url.pathname)) return { json: { value: groups } }
    return { json: { value: url.pathname.endsWith('Definitions') ? [definition(1)] : [] } }
  })
  await expect(read()).rejects.toMatchObject({ status: 403, microsoftCode: 'AuthorizationFailed' })
})

test.each([
  [404, 'ResourceGroupNotFound', true],
  [404, 'NotFound', false],
  [409, 'MissingSubscriptionRegistration', false],
])('a resource group that answers %i %s has no delegations: %s', async (status, code, isGone) => {
  const groups = [{ name: 'a' }, { name: 'b' }]
  const scope = `${SCOPE}/resourceGroups/b`
  microsoft.answer(({ url }) => {
    if (/\/resourceGroups\/a\//.test(url.pathname)) return { status, json: { error: { code, message: 'x' } } }
    if (/\/resourceGroups\/b\//.test(url.pathname)) return { json: { value: [assignment(1, 1, { scope })] } }
    if (/\/resourcegroups$/.test(url.pathname)) return { json: { value: groups } }
    return { json: { value: url.pathname.endsWith('Definitions') ? [definition(1)] : [] } }
  })
  if (isGone) expect(await read()).toMatchObject({ rows: [{ scope }], odd: [], unplaced: 0 })
  else await expect(read()).rejects.toMatchObject({ status, microsoftCode: code })
})

test('the name of a resource group is a part of the address and nothing more', async () => {
  const names = ['a/b', 'a?b', 'a#b', 'a%2fb', '..%2f..', 'größe (1)']
  const inGroups = Object.fromEntries(
    names.map((name, n) => [name, [assignment(n, 1, { scope: `${SCOPE}/resourceGroups/${n}` })]]),
  )
  answering({ definitions: [definition(1)], groups: names.map((name) => ({ name })), inGroups })
  expect((await read()).rows).toHaveLength(names.length)
})

test.each([
  ['a name that is no GUID', { name: 'web' }],
  ['a control character in its scope', { id: assignment(1, 1, { scope: `${SCOPE}/resourceGroups/a\u0007b` }).id }],
  ['a line break in its id', { id: `${assignment(1, 1).id}\n` }],
])('an assignment with %s is odd', async (_, wrong) => {
  answering({ definitions: [definition(1)], own: [assignment(2, 1), { ...assignment(1, 1), ...wrong }] })
  const { rows, odd } = await read()
  expect(rows.map(({ id }) => id)).toEqual([guid(2)])
  expect(odd).toHaveLength(1)
})
