import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { getTokens } from '../visitor'
import { type MadeTenant, makeTenant } from '../world/make-tenant'
import { type TruthRow, truthOf } from '../world/truth'
import type { LogEntry } from '../world/world'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
})
afterAll(() => sandbox.close())

async function control<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${sandbox.url}/_sandbox/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return (await response.json()) as T
}

const make = (spec: object) => control<MadeTenant>('POST', 'worlds', spec)
const askTruth = (made: MadeTenant) => control<TruthRow[]>('GET', `truth/${made.subscriptions[0]?.id}?of=assignments`)
const ownerOf = (made: MadeTenant) => getTokens(sandbox, made.tenantId, `owner@${made.domain}`)

function listAssignments(made: MadeTenant, token: string) {
  const path = `subscriptions/${made.subscriptions[0]?.id}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`
  return fetch(`${sandbox.url}/management.azure.com/${path}`, { headers: { authorization: `Bearer ${token}` } })
}

test('a tenant made from a seed has what was asked for, and the same seed makes the same tenant', async () => {
  const spec = {
    seed: 'a',
    name: 'Wingtip',
    people: 40,
    guests: 4,
    disabled: 3,
    deleted: 2,
    assignments: 90,
    subscriptions: 2,
    groups: 3,
    servicePrincipals: 2,
    customRoles: 2,
    consented: true,
  }
  const made = await make(spec)
  expect(made.accounts.map((one) => one.kind)).toEqual([
    'owner',
    'reader',
    'outsider',
    'plain',
    'blocked',
    'mfa',
    'disabled',
    'unassigned',
    'viewer',
    'guest',
  ])
  const truth = await askTruth(made)
  expect(truth).toHaveLength(90)
  expect(new Set(truth.map((row) => row.status))).toEqual(new Set(['active', 'disabled', 'invited', 'deleted', null]))
  const second = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  expect(makeTenant(second.world, spec)).toEqual(made)
  expect(makeTenant(second.world, spec).tenantId).not.toBe(made.tenantId)
  await second.close()
})

test('what cannot be made or changed is refused with a sentence', async () => {
  const ask = async (path: string, body: unknown) => {
    const response = await fetch(`${sandbox.url}/_sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) })
    return [response.status, await response.json()]
  }
  expect(await ask('worlds', { seed: 'bad', peopel: 3 })).toEqual([
    400,
    { error: 'There is no parameter called peopel.' },
  ])
  expect(await ask('worlds', { seed: 'bad', people: 2, eligibility: 1, licence: 'free' })).toEqual([
    400,
    { error: 'eligibility needs the licence p2, not free.' },
  ])
  expect(await ask('changes', { type: 'activate', eligibilityId: 'none' })).toEqual([
    400,
    { error: 'There is no eligibility none.' },
  ])
})

test('the application of a made tenant signs in without a user and reads every assignment of a subscription', async () => {
  const made = await make({ seed: 'application', people: 9, groups: 2, assignments: 31 })
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: made.application.clientId,
    client_secret: made.application.clientSecret,
    scope: 'https://management.azure.com/.default',
  })
  const address = `${sandbox.url}/login.microsoftonline.com/${made.tenantId}/oauth2/v2.0/token`
  const token = (await (await fetch(address, { method: 'POST', body })).json()) as { access_token: string }
  const { value } = (await (await listAssignments(made, token.access_token)).json()) as { value: unknown[] }
  expect(value).toHaveLength(31)
})

test('random changes reply with what was done, and the list follows the truth', async () => {
  const made = await make({ seed: 'random', people: 9, groups: 2, assignments: 31, consented: true })
  const namesOf = () => truthOf(sandbox.world, made.subscriptions[0]?.id ?? '').map((row) => row.assignmentId)
  const before = namesOf().sort()
  const changed = await control<{ result: { type: string }[] }>('POST', 'changes', {
    random: 40,
    seed: 7,
    tenantId: made.tenantId,
  })
  expect(changed.result).toHaveLength(40)
  const { arm } = await ownerOf(made)
  const { value } = (await (await listAssignments(made, arm)).json()) as { value: { name: string }[] }
  expect(value.map((one) => one.name).sort()).toEqual(namesOf().sort())
  expect(namesOf().sort()).not.toEqual(before)
})

test('a removed role disappears from the list and from the truth', async () => {
  const made = await make({ seed: 'b', people: 5, assignments: 14, consented: true })
  const { arm } = await ownerOf(made)
  const [subscription] = made.subscriptions
  const changed = await control('POST', 'changes', {
    type: 'unassign',
    user: `reader@${made.domain}`,
    subscriptionId: subscription?.id,
  })
  expect(changed).toEqual({ ok: true, result: { removed: 1 } })
  const { value } = (await (await listAssignments(made, arm)).json()) as { value: unknown[] }
  expect(value).toHaveLength(13)
  expect(await askTruth(made)).toHaveLength(13)
  expect(await control('POST', 'changes', { type: 'disable', user: 'nobody@nowhere.example' })).toEqual({
    error: 'There is no person nobody@nowhere.example.',
  })
})

test('faults fire as often as asked for, and count it', async () => {
  const made = await make({ seed: 'c', people: 5, consented: true })
  const { arm } = await ownerOf(made)
  const match = { host: 'management.azure.com', path: 'roleAssignments$', tenantId: made.tenantId }
  await control('PUT', 'faults', [
    {
      match,
      skip: 1,
      times: 1,
      status: 429,
      headers: { 'retry-after': '7' },
      body: { error: { code: 'TooManyRequests', message: 'Wait.' } },
    },
    { match, skip: 1, times: 1, nextLink: 'https://evil.example/next' },
    { match, skip: 1, times: 1, truncate: 20 },
    { match, skip: 1, times: 1, drop: true },
  ])
  expect((await listAssignments(made, arm)).status).toBe(200)
  const throttled = await listAssignments(made, arm)
  expect([throttled.status, throttled.headers.get('retry-after')]).toEqual([429, '7'])
  const linked = await listAssignments(made, arm)
  expect(await linked.json()).toMatchObject({ nextLink: 'https://evil.example/next' })
  const cut = await listAssignments(made, arm)
  await expect(cut.text()).rejects.toThrow()
  await expect(listAssignments(made, arm)).rejects.toThrow()
  expect(await control<{ fired: number }[]>('GET', 'faults')).toMatchObject([
    { fired: 1 },
    { fired: 1 },
    { fired: 1 },
    { fired: 1 },
  ])
  expect(await control('DELETE', 'faults')).toEqual([])
})

test('the log lists every request of a tenant, with only the hash of the token', async () => {
  const made = await make({ seed: 'd', people: 5, consented: true })
  const { arm } = await ownerOf(made)
  await control('PUT', 'latency', { ms: 15 })
  await listAssignments(made, arm)
  await control('PUT', 'latency', { ms: 0 })
  const log = await control<LogEntry[]>('GET', `log?tenantId=${made.tenantId}`)
  expect(log.map((entry) => entry.host)).toContain('login.microsoftonline.com')
  expect(log.at(-1)).toMatchObject({
    method: 'GET',
    host: 'management.azure.com',
    status: 200,
    authorization: createHash('sha256').update(`Bearer ${arm}`).digest('hex'),
  })
  expect(log.at(-1)?.ms).toBeGreaterThanOrEqual(14)
  expect(JSON.stringify(log)).not.toContain(arm)
  await control('DELETE', 'log')
  expect(await control('GET', 'log')).toEqual([])
})
