import { afterAll, beforeAll, expect, test } from 'vitest'
import { assignmentKey } from '@/lib/domain/assignment-keys'
import type { FaultRule } from '@/sandbox/control/fault-rules'
import { type Sandbox, startSandbox } from '@/sandbox/server'
import { applyChange, type NamedChange } from '@/sandbox/world/changes'
import { makeTenant } from '@/sandbox/world/make-tenant'
import { managementGroupScope } from '@/sandbox/world/scopes'
import type { TenantSpec } from '@/sandbox/world/tenant-spec'
import type { Tenant } from '@/sandbox/world/types'
import { azureAs } from '@/testing/azure-as'
import { pointAt } from '@/testing/stand-in'
import { type AuthorizationEvent, readAuthorizationEvents } from './activity-log'
import { createAzure } from './client/clients'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  pointAt(sandbox.url)
})
afterAll(() => sandbox.close())

const DAY_MS = 86_400_000
const longAgo = () => new Date(Date.now() - 30 * DAY_MS)

/** A tenant of the test's own, whose events can be read a few seconds after they happened. */
function company(seed: string, spec: TenantSpec = {}) {
  const { world } = sandbox
  const made = makeTenant(world, {
    seed,
    people: 20,
    assignments: 10,
    subscriptions: 2,
    managementGroupDepth: 2,
    ...spec,
  })
  const tenant = world.findTenant(made.tenantId)
  const [subscription] = made.subscriptions
  if (!tenant || !subscription) throw new Error('The tenant was not made.')
  const accountOf = (kind: string) => made.accounts.find((one) => one.kind === kind)?.objectId ?? ''
  const change = (one: { type: NamedChange['type'] } & Record<string, unknown>) =>
    applyChange(world, { tenantId: tenant.id, ...one } as NamedChange)
  const person = tenant.users.list().find(({ account }) => account === null)?.id ?? ''
  const scope = `/subscriptions/${subscription.id}`
  return {
    tenant,
    subscription,
    scope,
    change,
    accountOf,
    changeAtRandom(draw: string) {
      const [one] = applyChange(world, { random: 1, seed: draw, tenantId: tenant.id }) as { by?: string }[]
      return { by: one?.by }
    },
    /** Gives somebody a role at a management group. */
    assignAbove(by: string) {
      const group = tenant.managementGroups.list().at(-1)?.id ?? ''
      change({ type: 'assign', principalId: person, role: 'Reader', scope: managementGroupScope(group), by })
      return { by }
    },
    /** Gives somebody a role and takes it away again. */
    assignAndRemove(by: string, role = 'AcrPull') {
      change({ type: 'assign', principalId: person, role, scope, by })
      change({ type: 'advance_clock', ms: 1_000 })
      change({ type: 'unassign', principalId: person, role, scope, by })
      change({ type: 'advance_clock', ms: 1_000 })
    },
    letTimePass: () => change({ type: 'advance_clock', ms: 10_000 }),
    azureOf: (kind: string) => azureAs(world, tenant.id, accountOf(kind)).azure,
    async during<T>(rule: Omit<FaultRule, 'seen' | 'fired'>, work: () => Promise<T>): Promise<T> {
      world.faults = [{ ...rule, seen: 0, fired: 0 }]
      try {
        return await work()
      } finally {
        world.faults = []
      }
    },
  }
}

/** The scopes whose logs tell everything that can happen to role assignments of a tenant. */
const scopesOf = (tenant: Tenant) => [
  ...tenant.subscriptions.list().map(({ id }) => `/subscriptions/${id}`),
  ...tenant.managementGroups.list().map(({ id }) => managementGroupScope(id)),
  '/',
]

const lineOf = (event: AuthorizationEvent) =>
  'key' in event ? `${event.kind} ${event.key} ${event.by.id}` : `${event.kind} ${event.by.id}`

test.each(['one', 'two', 'three'])(
  'every role assignment that came or went at random is told with who did it (world %s)',
  async (seed) => {
    const { tenant, azureOf, change, changeAtRandom, assignAbove, accountOf, letTimePass } = company(`actors ${seed}`, {
      licence: 'p2',
    })
    change({ type: 'elevate_access', user: accountOf('owner') })
    const keys = () => new Set([...tenant.assignments.values()].map(({ scope, id }) => assignmentKey(scope, id)))
    const expected: string[] = []
    for (let step = 0; step < 160; step += 1) {
      const before = keys()
      const made = step % 20 === 0 ? assignAbove(accountOf('reader')) : changeAtRandom(`${seed} ${step}`)
      const after = keys()
      for (const key of after.difference(before)) expected.push(`assignment_written ${key} ${made.by}`)
      for (const key of before.difference(after)) expected.push(`assignment_deleted ${key} ${made.by}`)
    }
    letTimePass()
    const readings = await Promise.all(
      scopesOf(tenant).map((scope) => readAuthorizationEvents(azureOf('owner'), scope, longAgo())),
    )
    expect(readings.map(({ problem, odd }) => [problem, odd])).toEqual(readings.map(() => [null, []]))
    const events = readings.flatMap((reading) => reading.events)
    const told = events.filter(({ kind }) => kind !== 'access_elevated').map(lineOf)
    expect(expected.length).toBeGreaterThan(10)
    expect(told.sort()).toEqual(expected.sort())
    for (const { by } of events) {
      const person = by.id === null ? undefined : tenant.users.get(by.id)
      expect(by).toEqual(
        person
          ? { kind: 'user', id: by.id, clientId: null, name: person.userPrincipalName }
          : {
              kind: 'service_principal',
              id: by.id,
              clientId: tenant.servicePrincipals.get(by.id ?? '')?.appId,
              name: null,
            },
      )
    }
  },
)

test('an event tells the assignment, its holder, its role and when, the oldest first; some deletions do not tell the holder', async () => {
  const { tenant, scope, assignAndRemove, accountOf, azureOf, letTimePass } = company('told')
  const before = new Date()
  for (const role of ['AcrPull', 'Reader']) assignAndRemove(accountOf('owner'), role)
  letTimePass()
  const { events, since } = await readAuthorizationEvents(azureOf('owner'), scope, before)
  expect(since).toEqual(before)
  expect(events.map(({ kind }) => kind)).toEqual(Array(2).fill(['assignment_written', 'assignment_deleted']).flat())
  const logged = tenant.activity.flatMap((one) => (one.of === 'assignment' ? [one] : []))
  expect(logged).toHaveLength(4)
  for (const [index, { assignment, operationId, at }] of logged.entries())
    expect(events[index]).toMatchObject({
      operationId,
      at: new Date(at + 800),
      assignmentId: assignment.id,
      scope,
      key: assignmentKey(scope, assignment.id),
      principalId: index === 3 ? null : assignment.principalId,
      roleId: index === 3 ? null : assignment.roleId,
    })
})

test('custom roles that are changed and deleted are told, and who elevated their access', async () => {
  const { scope, change, accountOf, azureOf, letTimePass } = company('roles')
  const before = new Date()
  const role = { role: 'Night Watch', by: accountOf('reader') }
  const { id } = change({ type: 'write_role', ...role, actions: ['*/read'], assignableScopes: [scope] }) as {
    id: string
  }
  change({ type: 'delete_role', ...role })
  change({ type: 'elevate_access', user: accountOf('owner') })
  letTimePass()
  const { events } = await readAuthorizationEvents(azureOf('owner'), scope, before)
  expect(events).toMatchObject([
    { kind: 'role_written', roleId: id, by: { id: accountOf('reader') } },
    { kind: 'role_deleted', roleId: id, by: { id: accountOf('reader') } },
  ])
  const root = await readAuthorizationEvents(azureOf('owner'), '/', before)
  expect(root.events).toMatchObject([{ kind: 'access_elevated', by: { kind: 'user', id: accountOf('owner') } }])
})

test('what Privileged Identity Management activates is told of it, and not of a person', async () => {
  const { subscription, scope, tenant, change, azureOf, letTimePass } = company('activation', { licence: 'p2' })
  const user = tenant.users.list().find(({ account }) => account === null)?.id
  change({ type: 'make_eligible', user, role: 'Owner', subscriptionId: subscription.id })
  change({ type: 'activate', user, role: 'Owner', subscriptionId: subscription.id })
  letTimePass()
  const { events } = await readAuthorizationEvents(azureOf('owner'), scope, longAgo())
  expect(events).toMatchObject([
    { kind: 'assignment_written', principalId: user, by: { kind: 'service_principal', id: null, name: null } },
  ])
})

test('an event that cannot be read yet is told by a later reading', async () => {
  const { scope, assignAndRemove, accountOf, azureOf, letTimePass, change } = company('late')
  change({ type: 'set_log_delays', activity: 60_000 })
  assignAndRemove(accountOf('owner'))
  letTimePass()
  expect(await readAuthorizationEvents(azureOf('owner'), scope, longAgo())).toMatchObject({ events: [], problem: null })
  change({ type: 'advance_clock', ms: 60_000 })
  expect((await readAuthorizationEvents(azureOf('owner'), scope, longAgo())).events).toHaveLength(2)
})

test('a time before the ninety days that Azure keeps is not asked for, and is not claimed to be read', async () => {
  const { scope, azureOf } = company('ninety days')
  const { since, problem } = await readAuthorizationEvents(azureOf('owner'), scope, new Date(0))
  expect(problem).toBeNull()
  expect(Math.round((Date.now() - (since?.getTime() ?? 0)) / DAY_MS)).toBe(90)
})

test('an account that may not read a log learns nothing, and that it lacks a role', async () => {
  const { tenant, scope, azureOf } = company('refused')
  for (const [kind, at] of [
    ['outsider', scope],
    ['outsider', managementGroupScope(tenant.id)],
    ['owner', '/'],
  ] as const)
    expect(await readAuthorizationEvents(azureOf(kind), at, longAgo())).toEqual({
      events: [],
      since: null,
      odd: [],
      problem: {
        code: 'subscription_not_readable',
        refusal: { request: 'eventtypes/management/values', status: 403, microsoftCode: 'AuthorizationFailed' },
        lacks: 'role',
      },
    })
})

test('an odd row costs its own event only', async () => {
  const { scope, assignAndRemove, accountOf, azureOf, letTimePass, during } = company('odd')
  for (const role of ['AcrPull', 'Reader', 'Contributor']) assignAndRemove(accountOf('owner'), role)
  letTimePass()
  const whole = await readAuthorizationEvents(azureOf('owner'), scope, longAgo())
  const setField = { path: 'operationId', value: null, everyNth: 5 }
  const read = await during({ match: { path: '/eventtypes/' }, setField }, () =>
    readAuthorizationEvents(azureOf('owner'), scope, longAgo()),
  )
  // The twelve rows are ends and starts by turns, newest first: the fifth is an end, the tenth a start.
  expect(read.odd).toHaveLength(2)
  expect(read.events.map(({ operationId }) => operationId)).toEqual(
    whole.events.map(({ operationId }) => operationId).toSpliced(3, 1),
  )
  expect(read.problem).toBeNull()
  const useless = await during({ match: { path: '/eventtypes/' }, setField: { ...setField, everyNth: 1 } }, () =>
    readAuthorizationEvents(azureOf('owner'), scope, longAgo()),
  )
  expect(useless).toMatchObject({ events: [], since: null, problem: { code: 'bad_answer' } })
})

test('of an operation that failed nothing is told', async () => {
  const { scope, assignAndRemove, accountOf, azureOf, letTimePass, during } = company('failed')
  assignAndRemove(accountOf('owner'))
  letTimePass()
  const setField = { path: 'status.value', value: 'Failed' }
  const { events, odd } = await during({ match: { path: '/eventtypes/' }, setField }, () =>
    readAuthorizationEvents(azureOf('owner'), scope, longAgo()),
  )
  expect([events, odd]).toEqual([[], []])
})

test('of a long log the newest is read, and no more is claimed; so it is when Azure gives up half-way', async () => {
  const { tenant, scope, assignAndRemove, accountOf, azureOf, letTimePass, during } = company('long')
  for (let round = 0; round < 15; round += 1) assignAndRemove(accountOf('owner'))
  letTimePass()
  tenant.pageSizes.instances = 2
  const cut = await readAuthorizationEvents(azureOf('owner'), scope, longAgo())
  const all = tenant.activity.map(({ operationId }) => operationId)
  expect(cut.events.map(({ operationId }) => operationId)).toEqual(all.slice(-20))
  expect(cut.since?.getTime()).toBe(tenant.activity.at(-20)?.at)
  expect(cut.problem).toBeNull()
  const broken = await during({ match: { path: '/eventtypes/' }, skip: 3, status: 503 }, () =>
    readAuthorizationEvents(azureOf('owner'), scope, longAgo()),
  )
  expect(broken.events.map(({ operationId }) => operationId)).toEqual(all.slice(-3))
  expect(broken).toMatchObject({
    since: new Date(tenant.activity.at(-3)?.at ?? 0),
    problem: { code: 'azure_unreachable', lacks: null },
  })
  const unordered = await during({ match: { path: '/eventtypes/' }, reorder: true }, () =>
    readAuthorizationEvents(azureOf('owner'), scope, longAgo()),
  )
  expect(unordered.since).toBeNull()
})

test('work that is stopped is stopped here too', async () => {
  const { scope, azureOf } = company('stopped')
  const { caller } = azureOf('owner')
  const azure = createAzure({ ...caller, signal: AbortSignal.abort() })
  await expect(readAuthorizationEvents(azure, scope, longAgo())).rejects.toMatchObject({ code: 'interrupted' })
})
