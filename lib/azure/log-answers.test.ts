import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { spoiled } from '@/testing/spoiled-row'
import { pointAt, standInAccount, startStandIn } from '@/testing/stand-in'
import { readAuthorizationEvents } from './activity-log'
import { readDirectoryEvents } from './directory-audits'

let microsoft: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  microsoft = await startStandIn()
  pointAt(microsoft.url)
})
afterAll(() => microsoft.close())

/** Lets every log answer with these rows. */
const answer = (value: unknown[]) => microsoft.answer(() => ({ json: { value } }))
const yesterday = () => new Date(Date.now() - 86_400_000)
/** When the n-th row of a log happened: the newest first. */
const timeOf = (n: number) => new Date(Date.now() - n * 1_000).toISOString()

const guid = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`
const entry = (id: number, activityDisplayName: string, targetResources: unknown[], initiatedBy: unknown = null) => ({
  ...{ id: `Directory_${id}`, correlationId: guid(900 + id), activityDisplayName, targetResources, initiatedBy },
  ...{ activityDateTime: timeOf(id), result: 'success' },
})
const grouped = (n: number, name: 'oldValue' | 'newValue') => ({
  displayName: 'Group.ObjectID',
  [name]: JSON.stringify(guid(n)),
})

test('a group in a group is told apart by the properties of the member, and is odd without them', async () => {
  const [inner, outer] = [
    { id: guid(1), type: 'Group', modifiedProperties: [grouped(2, 'newValue')] },
    { id: guid(2), type: 'Group', modifiedProperties: [] },
  ]
  answer([
    entry(1, 'Add member to group', [inner, outer]),
    entry(2, 'Add member to group', [outer, inner]),
    entry(3, 'Add member to group', [outer, { ...inner, modifiedProperties: [] }]),
    entry(4, 'Remove member from group', [{ ...inner, modifiedProperties: [grouped(2, 'oldValue')] }]),
  ])
  const { events, odd } = await readDirectoryEvents(standInAccount().azure, yesterday())
  const told = { groupId: guid(2), memberId: guid(1) }
  expect(events.map(({ kind }) => kind)).toEqual(['member_removed', 'member_added', 'member_added'])
  expect(events).toMatchObject([told, told, told])
  expect(odd).toEqual([{ id: 'Directory_3' }])
})

test('whoever did it is told as far as the log names them, and what failed is not told', async () => {
  const targets = [{ id: guid(1), type: 'User', modifiedProperties: [] }]
  const user = { id: guid(5).toUpperCase(), userPrincipalName: 'ada@contoso.example' }
  const nobody = { kind: null, id: null, clientId: null, name: null }
  answer([
    entry(1, 'Delete user', targets, { user, app: null }),
    entry(2, 'Delete user', targets, { user: { ...user, userPrincipalName: null, displayName: 'Ada' } }),
    entry(3, 'Delete user', targets, { app: { displayName: 'Microsoft Approval Management' } }),
    entry(4, 'Delete user', targets, { user: null, app: { appId: guid(6), servicePrincipalId: guid(7) } }),
    entry(5, 'Delete user', targets, { user: null, app: null }),
    entry(6, 'Delete user', targets, 'odd'),
    { ...entry(7, 'Delete user', targets), result: 'failure' },
  ])
  const { events } = await readDirectoryEvents(standInAccount().azure, yesterday())
  expect(events.map(({ by }) => by).reverse()).toEqual([
    { kind: 'user', id: guid(5), clientId: null, name: 'ada@contoso.example' },
    { kind: 'user', id: guid(5), clientId: null, name: 'Ada' },
    { kind: 'service_principal', id: null, clientId: null, name: 'Microsoft Approval Management' },
    { kind: 'service_principal', id: guid(7), clientId: guid(6), name: null },
    nobody,
    nobody,
  ])
})

test('whatever is wrong in one entry, all others are told', async () => {
  const rows = [1, 2, 3, 4, 5].map((n) =>
    entry(n, n % 2 === 0 ? 'Disable account' : 'Add owner to group', [
      { id: guid(n), type: 'User', modifiedProperties: n % 2 === 0 ? [] : [grouped(50, 'newValue')] },
    ]),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.nat(4).chain((index) => spoiled(rows[index]).map((wrong) => ({ index, wrong }))),
      async ({ index, wrong }) => {
        answer(rows.with(index, wrong as (typeof rows)[number]))
        const { events, problem } = await readDirectoryEvents(standInAccount().azure, yesterday())
        const ids = events.map(({ id }) => id)
        expect(problem).toBeNull()
        expect(ids).toEqual(expect.arrayContaining(rows.toSpliced(index, 1).map(({ id }) => id)))
      },
    ),
    { numRuns: 150 },
  )
})

const SCOPE = `/subscriptions/${guid(700)}`
const OBJECT_ID = 'http://schemas.microsoft.com/identity/claims/objectidentifier'
const UPN = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn'

/** An event of an operation on an assignment, both by number. */
const event = (id: number, more: object = {}) => ({
  ...{
    eventDataId: `event-${id}`,
    operationId: guid(id),
    resourceId: assignmentId(id),
    status: { value: 'Succeeded' },
  },
  ...{ operationName: { value: 'Microsoft.Authorization/roleAssignments/write' } },
  ...{ eventTimestamp: timeOf(id), caller: 'ada@contoso.example', claims: {}, properties: {} },
  ...more,
})
const assignmentId = (id: number) => `${SCOPE}/providers/Microsoft.Authorization/roleAssignments/${guid(id)}`
const read = () => readAuthorizationEvents(standInAccount().azure, SCOPE, yesterday())

test('who called is read from the name and the claims, in each of the forms that are known or recalled', async () => {
  const user = { kind: 'user', clientId: null }
  const service = { kind: 'service_principal', name: null }
  const cases: [caller: string | null, claims: unknown, by: object][] = [
    [
      'ada@contoso.example',
      { [OBJECT_ID]: guid(5).toUpperCase(), appid: guid(9) },
      { ...user, id: guid(5), name: 'ada@contoso.example' },
    ],
    [
      guid(5),
      { [OBJECT_ID]: guid(5), [UPN]: 'ada@contoso.example' },
      { ...user, id: guid(5), name: 'ada@contoso.example' },
    ],
    ['ada@contoso.example', null, { ...user, id: null, name: 'ada@contoso.example' }],
    [guid(6), { [OBJECT_ID]: guid(7), appid: guid(6) }, { ...service, id: guid(7), clientId: guid(6) }],
    [guid(7), { [OBJECT_ID]: guid(7) }, { ...service, id: guid(7), clientId: null }],
    [guid(7), { appid: guid(6) }, { ...service, id: guid(7), clientId: guid(6) }],
    [guid(6), { appid: guid(6) }, { ...service, id: null, clientId: guid(6) }],
    [guid(6), 'odd', { ...service, id: null, clientId: null, name: guid(6) }],
    ['Policy Insights', {}, { kind: null, id: null, clientId: null, name: 'Policy Insights' }],
    [null, {}, { kind: null, id: null, clientId: null, name: null }],
  ]
  answer(cases.map(([caller, claims], index) => event(index, { caller, claims })))
  const { events, odd } = await read()
  expect(odd).toEqual([])
  const byOperation = new Map(events.map(({ operationId, by }) => [operationId, by]))
  for (const [index, [, , by]] of cases.entries()) expect(byOperation.get(guid(index))).toEqual(by)
})

test('what a request or an answer tells is read in any case, and what it does not tell is no reason to lose the event', async () => {
  const role = `/providers/Microsoft.Authorization/roleDefinitions/${guid(8)}`
  const told: unknown[] = [
    { requestbody: JSON.stringify({ Properties: { PrincipalId: guid(7).toUpperCase(), RoleDefinitionId: role } }) },
    { responseBody: JSON.stringify({ properties: { principalId: guid(7), roleDefinitionId: `${SCOPE}${role}` } }) },
    { requestBody: JSON.stringify({ principalId: guid(7), roleDefinitionId: guid(8) }) },
  ]
  const untold: unknown[] = [
    {},
    { requestbody: 'not JSON' },
    { requestbody: '[1]' },
    { requestbody: 'null' },
    { requestbody: 5 },
    { requestbody: JSON.stringify({ principalId: guid(7), more: 'x'.repeat(50_000) }) },
    null,
  ]
  answer([...told, ...untold].map((properties, index) => event(index, { properties })))
  const { events, odd } = await read()
  expect(odd).toEqual([])
  const pairs = new Map(
    events.map((one) => [
      'principalId' in one && one.operationId,
      'principalId' in one && [one.principalId, one.roleId],
    ]),
  )
  expect([...told, ...untold].map((_, index) => pairs.get(guid(index)))).toEqual([
    ...told.map(() => [guid(7), guid(8)]),
    ...untold.map(() => [null, null]),
  ])
})

test('only an operation whose end is told to have succeeded counts, and its start adds what it tells', async () => {
  const start = { status: { value: 'Started' }, properties: { requestbody: `{"principalId":"${guid(7)}"}` } }
  answer([
    event(1, { eventDataId: 'end' }),
    event(1, { eventDataId: 'start', ...start }),
    event(2, start),
    event(3, { status: { value: 'Failed' } }),
    event(4, { operationName: { value: 'Microsoft.Authorization/policies/audit/action' }, resourceId: SCOPE }),
    event(5, {
      operationName: { value: 'MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/DELETE' },
      status: { value: 'succeeded' },
    }),
  ])
  const { events, odd } = await read()
  expect(odd).toEqual([])
  expect(events).toHaveLength(2)
  expect(events).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ kind: 'assignment_written', principalId: guid(7) }),
      expect.objectContaining({ kind: 'assignment_deleted', principalId: null }),
    ]),
  )
})

test('whatever is wrong in one event, the other operations are told', async () => {
  const rows = [1, 2, 3, 4, 5].map((n) => event(n))
  await fc.assert(
    fc.asyncProperty(
      fc.nat(4).chain((index) => spoiled(rows[index]).map((wrong) => ({ index, wrong }))),
      async ({ index, wrong }) => {
        answer(rows.with(index, wrong as (typeof rows)[number]))
        const { events, problem } = await read()
        expect(problem).toBeNull()
        const others = rows.toSpliced(index, 1).map(({ operationId }) => operationId)
        expect(events.map(({ operationId }) => operationId)).toEqual(expect.arrayContaining(others))
      },
    ),
    { numRuns: 150 },
  )
})
