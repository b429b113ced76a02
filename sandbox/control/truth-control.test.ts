import { once } from 'node:events'
import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { applyChange } from '../world/changes'
import { makeTenant } from '../world/make-tenant'
import { addGroup } from '../world/tenant'
import { type AccessRow, effectiveAccess, effectiveAccessOf } from '../world/truth'
import { startControlSandbox } from './start-control-sandbox'

let controlled: Awaited<ReturnType<typeof startControlSandbox>>
let path: string
beforeAll(async () => {
  controlled = await startControlSandbox()
  path = `/truth/${controlled.subscriptionId}`
})
afterAll(() => controlled.sandbox.close())

const idOf = (made: typeof controlled.made) => made.accounts.find((one) => one.kind === 'owner')?.objectId ?? ''

test('the truth of one principal is the same as its rows among everyone’s', async () => {
  const id = idOf(controlled.made)
  const { json } = await controlled.control('GET', `${path}?principalId=${id.toUpperCase()}`)
  expect(json).toEqual(effectiveAccessOf(controlled.sandbox.world, controlled.subscriptionId, id))
  expect(json).not.toEqual([])
  const nobody = await controlled.control('GET', `${path}?principalId=11111111-2222-3333-4444-555555555555`)
  expect([nobody.status, nobody.json]).toEqual([200, []])
})

test('no more paths are listed than asked for', async () => {
  const tenant = controlled.sandbox.world.tenants.get(controlled.made.tenantId)
  if (!tenant) throw new Error('The tenant is gone.')
  for (const id of ['top', 'left', 'right']) addGroup(tenant, { id, displayName: id })
  const [person] = tenant.users.list()
  for (const side of ['left', 'right']) {
    tenant.memberships.add('top', side)
    tenant.memberships.add(side, person?.id ?? '')
  }
  const scope = `/subscriptions/${controlled.subscriptionId}`
  await controlled.control('POST', '/changes', {
    type: 'assign',
    tenantId: tenant.id,
    principalId: 'top',
    role: 'Key Vault Reader',
    scope,
  })
  const listTruncated = async (query: string) => {
    const { json } = await controlled.control('GET', `${path}?principalId=${person?.id}${query}`)
    return (json as AccessRow[]).filter((row) => row.via[0]?.id === 'top').map((row) => row.truncated)
  }
  expect(await listTruncated('')).toEqual([false, false])
  expect(await listTruncated('&paths=1')).toEqual([true])
})

test('the owners of the groups that roles run through are told, those to be as well', async () => {
  const { tenantId } = controlled.made
  const tenant = controlled.sandbox.world.tenants.get(tenantId)
  const [person, other] = tenant?.users.list() ?? []
  const group = { tenantId, groupId: 'left' }
  for (const change of [
    { type: 'set_licence', tenantId, licence: 'p2' },
    { type: 'add_owner', ...group, user: person?.id },
    { type: 'make_eligible_member', ...group, user: other?.id, accessId: 'owner', endDateTime: '2199-01-01T00:00:00Z' },
  ])
    expect((await controlled.control('POST', '/changes', change)).status).toBe(200)
  const { json } = await controlled.control('GET', `${path}?of=owners`)
  const common = { groupId: 'left', groupName: 'left', principalType: 'User' }
  expect(json).toEqual([
    { ...common, principalId: person?.id, name: person?.displayName, kind: 'active', endDateTime: null },
    {
      ...common,
      principalId: other?.id,
      name: other?.displayName,
      kind: 'eligible',
      endDateTime: '2199-01-01T00:00:00Z',
    },
  ])
  const { json: later } = await controlled.control('GET', `${path}?of=owners&at=2200-01-01`)
  expect(later).toHaveLength(1)
})

test.each([
  '?of=owners&paths=3',
  '?paths=0',
  '?paths=two',
  '?paths=-1',
  '?principalId=somebody',
  '?principalId=',
  '?principle=x',
  '?of=assignments&paths=2',
  '?of=assignments&at=2026-01-31T12:00:00Z',
  '?of=assignments&principalId=11111111-2222-3333-4444-555555555555',
])('%s is refused with a sentence', async (query) => {
  const { status, json } = await controlled.control('GET', `${path}${query}`)
  expect([status, json]).toEqual([400, { error: expect.stringMatching(/^\S.+\.$/) }])
})

test('rows are sent while they are computed, and a client that disconnects does not block the sandbox', async () => {
  const { world, url } = controlled.sandbox
  const made = makeTenant(world, { seed: 'many', people: 5_000, groups: { count: 4, largest: 5_000 }, assignments: 60 })
  const tenant = world.tenants.get(made.tenantId)
  const [subscription] = made.subscriptions
  const [large] = tenant?.groups.list().filter(({ id }) => tenant.memberships.membersOf(id).size >= 5_000) ?? []
  if (!tenant || !subscription || !large) throw new Error('The tenant is not as asked for.')
  for (const role of [
    'Reader',
    'Contributor',
    'Owner',
    'Key Vault Reader',
    'Monitoring Reader',
    'Storage Blob Data Reader',
  ])
    for (const scope of [
      '/',
      `/subscriptions/${subscription.id}`,
      `/subscriptions/${subscription.id}/resourceGroups/a`,
    ])
      applyChange(world, { type: 'assign', tenantId: tenant.id, principalId: large.id, role, scope })
  const order: string[] = []
  const reading = controlled.control('GET', `/truth/${subscription.id}`).finally(() => order.push('all rows'))
  await controlled.control('GET', '/latency')
  // Requests during the computation: a client that reads quickly does not keep others waiting.
  for (let call = 0; call < 3; call++) await controlled.control('GET', '/latency').then(() => order.push('latency'))
  const whole = await reading
  expect(order).toEqual(['latency', 'latency', 'latency', 'all rows'])
  const { length } = effectiveAccess(world, subscription.id)
  expect(length).toBeGreaterThan(80_000)
  expect([whole.headers.get('transfer-encoding'), whole.json]).toEqual(['chunked', expect.any(Array)])
  expect(whole.json).toHaveLength(length)

  // A client that does not read does not block others, and the sandbox goes on when it disconnects.
  const asked = request(`${url}/_sandbox/truth/${subscription.id}`).end()
  const [slow] = await once(asked, 'response')
  await once(slow, 'readable')
  expect((await controlled.control('GET', '/latency')).status).toBe(200)
  slow.destroy()
  expect((await controlled.control('GET', `/truth/${subscription.id}?principalId=${idOf(made)}`)).status).toBe(200)
  const head = await fetch(`${url}/_sandbox/truth/${subscription.id}`, { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
})
