import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '@/sandbox/server'
import { applyChange, type NamedChange } from '@/sandbox/world/changes'
import { makeTenant } from '@/sandbox/world/make-tenant'
import type { TenantSpec } from '@/sandbox/world/tenant-spec'
import { azureAs } from '@/testing/azure-as'
import { pointAt } from '@/testing/stand-in'
import { createAzure } from './client/clients'
import { readDirectoryEvents } from './directory-audits'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  pointAt(sandbox.url)
})
afterAll(() => sandbox.close())

const DAY_MS = 86_400_000
const ago = (days: number) => new Date(Date.now() - days * DAY_MS)
const BOTH = ['User.Read', 'AuditLog.Read.All', 'Directory.Read.All']

/** A directory of the test's own, whose owner may read its log. */
function directory(seed: string, spec: TenantSpec = {}) {
  const { world } = sandbox
  const made = makeTenant(world, { seed, people: 20, assignments: 4, groups: 5, licence: 'p1', ...spec })
  const tenant = world.findTenant(made.tenantId)
  const owner = made.accounts.find(({ kind }) => kind === 'owner')?.objectId ?? ''
  if (!tenant) throw new Error('The tenant was not made.')
  const change = (one: { type: NamedChange['type'] } & Record<string, unknown>) =>
    applyChange(world, { tenantId: tenant.id, ...one } as NamedChange)
  change({ type: 'set_directory_roles', user: owner, roles: ['Reports Reader'] })
  const [person] = tenant.users.list().filter(({ account }) => account === null)
  const [group] = tenant.groups.list()
  if (!person || !group) throw new Error('The tenant is too small.')
  return {
    ...{ world, tenant, owner, change, person, group },
    azureWith: (permissions = BOTH) => azureAs(world, tenant.id, owner, permissions).azure,
    /** Changes the name of a group so often, which makes entries that are about nothing of ours. */
    rename(times: number) {
      for (let time = 0; time < times; time += 1)
        change({ type: 'rename_group', groupId: group.id, displayName: `Name ${time}` })
    },
  }
}

const KIND_OF: Partial<Record<string, string>> = {
  add_member: 'member_added',
  remove_member: 'member_removed',
  add_owner: 'owner_added',
  remove_owner: 'owner_removed',
  disable: 'user_disabled',
  enable: 'user_enabled',
  delete: 'user_deleted',
  restore: 'user_restored',
}

type Made = { type: string; groupId?: string; principalId?: string; user?: string; by?: string }

test.each(['one', 'two', 'three'])(
  'every membership and every person that changed at random is told with who did it (world %s)',
  async (seed) => {
    const { world, tenant, azureWith } = directory(`audits ${seed}`, { licence: 'p2', servicePrincipals: 5 })
    const made = applyChange(world, { random: 250, seed, tenantId: tenant.id }) as Made[]
    const expected = made.flatMap(({ type, groupId, principalId, user, by }) => {
      const kind = KIND_OF[type]
      return kind ? [groupId ? `${kind} ${groupId} ${principalId} ${by}` : `${kind} ${user} ${by}`] : []
    })
    const { events, odd, problem } = await readDirectoryEvents(azureWith(), ago(1))
    const told = events.map((event) => {
      const about =
        'memberId' in event ? `${event.groupId} ${event.memberId}` : 'personId' in event ? event.personId : ''
      return `${event.kind} ${about} ${event.by.id}`
    })
    expect([odd, problem]).toEqual([[], null])
    expect(new Set(made.map(({ type }) => type)).size).toBeGreaterThan(12)
    expect(told).toEqual(expected)
    for (const { by } of events) {
      const user = by.id === null ? undefined : tenant.users.get(by.id)
      if (user) expect(by).toMatchObject({ kind: 'user', name: user.userPrincipalName, clientId: null })
      else
        expect(by).toMatchObject({
          kind: 'service_principal',
          name: tenant.servicePrincipals.get(by.id ?? '')?.displayName,
        })
    }
  },
)

test('a group that is deleted and a person who is deleted for good are told, and other changes are not', async () => {
  const { owner, change, person, group, azureWith, rename } = directory('deleted')
  rename(1)
  change({ type: 'rename', user: person.id, displayName: 'Somebody Else' })
  change({ type: 'delete_group', groupId: group.id })
  change({ type: 'delete', user: person.id, permanently: true })
  const { events } = await readDirectoryEvents(azureWith(), ago(1))
  const by = { kind: 'user', id: owner }
  expect(events).toMatchObject([
    { kind: 'group_deleted', groupId: group.id, by },
    { kind: 'user_deleted', personId: person.id, by },
    { kind: 'user_purged', personId: person.id, by },
  ])
})

test('only what happened since the time that is asked for is told, and what is delayed by a later reading', async () => {
  const { world, change, group, person, azureWith } = directory('since')
  change({ type: 'add_member', groupId: group.id, principalId: person.id })
  world.clockOffset += 60_000
  const between = new Date(world.now() - 30_000)
  change({ type: 'set_log_delays', audits: 5_000 })
  change({ type: 'remove_member', groupId: group.id, principalId: person.id })
  expect(await readDirectoryEvents(azureWith(), between)).toMatchObject({ events: [], since: between, problem: null })
  world.clockOffset += 6_000
  expect((await readDirectoryEvents(azureWith(), between)).events).toMatchObject([{ kind: 'member_removed' }])
  expect((await readDirectoryEvents(azureWith(), ago(1))).events).toMatchObject([
    { kind: 'member_added' },
    { kind: 'member_removed' },
  ])
})

test('nothing is claimed of a time that a tenant without a licence does not keep', async () => {
  const { world, tenant, change, group, person, azureWith } = directory('kept', { licence: 'p1' })
  const daysRead = async () => {
    const { since } = await readDirectoryEvents(azureWith(), ago(60))
    return Math.round((Date.now() - (since?.getTime() ?? 0)) / DAY_MS)
  }
  expect(await daysRead()).toBe(7)
  const offset = world.clockOffset
  world.clockOffset = offset - 20 * DAY_MS
  change({ type: 'add_member', groupId: group.id, principalId: person.id })
  world.clockOffset = offset
  // An entry of twenty days ago shows that all since then are kept.
  expect(await daysRead()).toBe(20)
  tenant.licence = 'free'
  expect(await daysRead()).toBe(7)
})

test('the account needs both permissions and a directory role, and what it lacks is said', async () => {
  const { change, owner, azureWith } = directory('refused')
  const refused = (lacks: string, microsoftCode: string) => ({
    events: [],
    since: null,
    odd: [],
    problem: {
      code: 'directory_not_readable',
      refusal: { request: 'auditLogs/directoryAudits', status: 403, microsoftCode },
      lacks,
    },
  })
  const PERMISSION = refused('permission', 'Authentication_MSGraphPermissionMissing')
  expect(await readDirectoryEvents(azureWith(['User.Read', 'AuditLog.Read.All']), ago(1))).toEqual(PERMISSION)
  expect((await readDirectoryEvents(azureWith(['User.Read']), ago(1))).problem?.lacks).toBe('permission')
  change({ type: 'set_directory_roles', user: owner, roles: ['Application Administrator'] })
  expect(await readDirectoryEvents(azureWith(), ago(1))).toEqual(
    refused('role', 'Authentication_RequestFromUnsupportedUserRole'),
  )
})

test('of a long log the newest is read, and no more is claimed; so it is when Graph gives up half-way', async () => {
  const { world, tenant, azureWith, rename } = directory('long')
  rename(50)
  tenant.pageSizes.users = 2
  for (const [index, audit] of tenant.audits.entries()) audit.at = world.now() - (50 - index) * 1_000
  const cut = await readDirectoryEvents(azureWith(), ago(1))
  expect(cut).toMatchObject({ events: [], problem: null, since: new Date(tenant.audits.at(-40)?.at ?? 0) })
  world.faults = [{ match: { path: '/directoryAudits' }, skip: 3, retryAfter: 1, seen: 0, fired: 0 }]
  const broken = await readDirectoryEvents(azureWith(), ago(1)).finally(() => {
    world.faults = []
  })
  expect(broken).toMatchObject({ since: new Date(tenant.audits.at(-6)?.at ?? 0), problem: { code: 'throttled' } })
})

test('work that is stopped is stopped here too', async () => {
  const { azureWith } = directory('stopped')
  const azure = createAzure({ ...azureWith().caller, signal: AbortSignal.abort() })
  await expect(readDirectoryEvents(azure, ago(1))).rejects.toMatchObject({ code: 'interrupted' })
})
