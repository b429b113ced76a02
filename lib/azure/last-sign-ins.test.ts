import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSandbox } from '@/sandbox/server'
import { getTokens } from '@/sandbox/visitor'
import { makeTenant } from '@/sandbox/world/make-tenant'
import type { TenantSpec } from '@/sandbox/world/tenant-spec'
import { pointAt, standInAccount } from '@/testing/stand-in'
import { createAzure } from './client/clients'
import { MOST_PEOPLE, readSignIns } from './last-sign-ins'

let sandbox: Awaited<ReturnType<typeof startSandbox>>
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  pointAt(sandbox.url)
})
afterAll(() => sandbox.close())

const SCOPE = 'AuditLog.Read.All'
const WHOLE = { unasked: 0, odd: [], refused: null, isLicensed: true }

/** A directory of the test's own, whose owner has signed in with the base scopes and these. */
async function directory(spec: TenantSpec, scope = SCOPE) {
  const { world } = sandbox
  const made = makeTenant(world, { assignments: 0, consented: scope ? [scope] : true, ...spec })
  const tenant = world.findTenant(made.tenantId)
  const owner = made.accounts.find(({ kind }) => kind === 'owner')
  if (!tenant || !owner) throw new Error('The tenant was not made.')
  const { graph } = await getTokens(sandbox, tenant.id, owner.username, { graph: scope })
  const { azure, meter } = standInAccount()
  const get = async () => ({ token: graph, expiresOnTimestamp: world.now() + 3_600_000 })
  return {
    world,
    tenant,
    meter,
    ids: tenant.users.list().map(({ id }) => id),
    azure: createAzure({ ...azure.caller, tokens: { ...azure.caller.tokens, get } }),
  }
}

test('everyone who has signed in comes with the time, and nobody else has one', async () => {
  const { tenant, azure, meter, ids } = await directory({ people: 320, signIns: 0.5, licence: 'p1' })
  const { at, ...read } = await readSignIns(azure, ids)
  const signedIn = tenant.users.list().filter(({ lastSignInDateTime }) => lastSignInDateTime !== null)
  expect(read).toEqual(WHOLE)
  expect(signedIn.length).toBeGreaterThan(100)
  expect(signedIn.length).toBeLessThan(ids.length)
  expect(new Map([...at].map(([id, time]) => [id, time.getTime()]))).toEqual(
    new Map(signedIn.map(({ id, lastSignInDateTime }) => [id, Date.parse(lastSignInDateTime ?? '')])),
  )
  expect(meter.calls).toBe(Math.ceil(ids.length / 300))
})

test('lists that Microsoft cuts short are read to their end', async () => {
  const { azure, ids, tenant } = await directory({ people: 40, signIns: 1, licence: 'p1', pageSize: { users: 4 } })
  const { at, ...read } = await readSignIns(azure, ids)
  const signedIn = ids.filter((id) => tenant.users.get(id)?.lastSignInDateTime)
  expect(read).toEqual(WHOLE)
  expect(signedIn.length).toBeGreaterThan(30)
  expect([...at.keys()].sort()).toEqual(signedIn.sort())
})

test('a directory without the licence and an account without the permission are told apart, and nothing is claimed about anyone', async () => {
  const free = await directory({ people: 5, signIns: 1, licence: 'free' })
  expect(await readSignIns(free.azure, free.ids)).toMatchObject({ isLicensed: false, at: new Map() })
  const barred = await directory({ people: 5, signIns: 1, licence: 'p1' }, '')
  expect(await readSignIns(barred.azure, barred.ids)).toMatchObject({
    isLicensed: true,
    refused: { refusal: { status: 403 } },
    at: new Map(),
  })
})

test('after a refusal nobody else is asked about', async () => {
  const { azure, meter, ids } = await directory({ people: 2_400, licence: 'free' })
  expect((await readSignIns(azure, ids)).isLicensed).toBe(false)
  expect(meter.calls).toBeLessThan(Math.ceil(ids.length / 300))
})

test('beyond the most people of a run the rest is left out and counted', async () => {
  const { tenant, azure, meter, ids } = await directory({ people: MOST_PEOPLE + 1, signIns: 1, licence: 'p1' })
  const { at, ...read } = await readSignIns(azure, ids)
  expect(read).toEqual({ ...WHOLE, unasked: ids.length - MOST_PEOPLE })
  const asked = ids.slice(0, MOST_PEOPLE)
  const signedIn = asked.filter((id) => tenant.users.get(id)?.lastSignInDateTime)
  expect(signedIn.length).toBeGreaterThan(MOST_PEOPLE / 2)
  expect([...at.keys()].sort()).toEqual(signedIn.sort())
  expect(meter.calls).toBe(10)
})

test.each([{ retryAfter: 1 }, { status: 503 }])(
  'when Graph gives up half-way (%o), what was read until then is kept',
  async (fault) => {
    const { world, azure, ids, tenant } = await directory({ people: 400, signIns: 1, licence: 'p1' })
    world.faults = [
      { match: { path: '/users', inBatch: true, tenantId: tenant.id }, skip: 25, ...fault, seen: 0, fired: 0 },
    ]
    const { at, ...read } = await readSignIns(azure, ids)
    world.faults = []
    expect(read).toMatchObject({ refused: { code: 'status' in fault ? 'azure_unreachable' : 'throttled' } })
    expect(at.size).toBeGreaterThan(0)
    expect(at.size).toBeLessThan(400)
  },
)

test.each([
  ['a refusal of the question', { status: 400 }, { refused: { refusal: { status: 400 } } }],
  ['an outage', { status: 503 }, { refused: { code: 'azure_unreachable' } }],
])('%s that comes first leaves nobody a time, and says why', async (_, fault, wanted) => {
  const { world, azure, ids, tenant } = await directory({ people: 20, signIns: 1, licence: 'p1' })
  world.faults = [{ match: { path: '/users', inBatch: true, tenantId: tenant.id }, ...fault, seen: 0, fired: 0 }]
  const read = await readSignIns(azure, ids).finally(() => {
    world.faults = []
  })
  expect(read).toMatchObject({ at: new Map(), ...wanted })
  expect(read.refused?.refusal.request).toBe('users?$select=signInActivity')
})
