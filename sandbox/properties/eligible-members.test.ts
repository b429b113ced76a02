import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { applyChange } from '../world/changes'
import { ownersOf } from '../world/group-owners'
import { addGroupSchedule, settleGroupAccess } from '../world/group-schedules'
import { createRandom } from '../world/random'
import { effectiveAccess } from '../world/truth'
import type { GroupSchedule, Tenant } from '../world/types'
import { World } from '../world/world'
import { buildSmallWorld, GROUPS, MEMBERS, OWNER, readPages, SUBSCRIPTION, smallWorld, tokenOf } from './small-world'

const HOUR_MS = 3_600_000

let sandbox: Sandbox
beforeAll(async () => {
  const world = new World('http://localhost:3000')
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000', world })
})
afterAll(() => sandbox.close())

const schedule = fc.record({
  groupId: fc.constantFrom(...GROUPS),
  principalId: fc.constantFrom(...MEMBERS),
  kind: fc.constantFrom('eligible', 'activated', 'assigned'),
  accessId: fc.constantFrom('member', 'member', 'member', 'owner'),
  from: fc.constantFrom(-5, -1, 2),
  until: fc.constantFrom(-3, 1, 4, null),
})
type Drawn = typeof schedule extends fc.Arbitrary<infer T> ? T : never

const schedules = fc.array(schedule, { maxLength: 8 })
const owners = fc.array(fc.tuple(fc.constantFrom(...GROUPS), fc.constantFrom(...MEMBERS.slice(GROUPS.length))), {
  maxLength: 4,
})

/** Builds the drawn world with its schedules, of which those of a group in itself are left out. */
function build(drawn: Parameters<typeof buildSmallWorld>[1], drawnSchedules: Drawn[], drawnOwners: [string, string][]) {
  const { world } = sandbox
  const tenant = buildSmallWorld(world, drawn)
  const random = createRandom('schedules')
  const timeAt = (hours: number) => new Date(world.now() + hours * HOUR_MS).toISOString()
  for (const { from, until, ...facts } of drawnSchedules) {
    if (facts.groupId === facts.principalId) continue
    const endDateTime = until === null ? null : timeAt(until)
    addGroupSchedule(tenant, random, { ...facts, startDateTime: timeAt(from), endDateTime })
  }
  for (const [group, owner] of drawnOwners) tenant.owners.add(group, owner)
  settleGroupAccess(tenant, world.now())
  return tenant
}

type Edge = { to: string; kind: string; end: string | null }

/** The edges from a group at a moment, from what was drawn alone. */
function edgesOf(lasting: [string, string][], all: readonly GroupSchedule[], groupId: string, at: number): Edge[] {
  const found: Edge[] = [
    ...new Set(lasting.filter(([group, one]) => group === groupId && one !== group).map(([, one]) => one)),
  ].map((to) => ({ to, kind: 'active', end: null }))
  for (const one of all) {
    if (one.groupId !== groupId || Date.parse(one.startDateTime) > at) continue
    if (one.endDateTime !== null && Date.parse(one.endDateTime) <= at) continue
    found.push({ to: one.principalId, kind: one.kind === 'assigned' ? 'active' : one.kind, end: one.endDateTime })
  }
  const best = new Map<string, Edge>()
  for (const edge of found) {
    const key = `${edge.kind} ${edge.to}`
    const known = best.get(key)
    if (!known || (known.end !== null && (edge.end === null || edge.end > known.end))) best.set(key, edge)
  }
  return [...best.values()]
}

/** Whether a scope of the small worlds counts for its subscription. */
const counts = (scope: string) => {
  const low = scope.toLowerCase()
  return (
    !low.includes('beside') && (!low.startsWith('/subscriptions/') || low.startsWith(`/subscriptions/${SUBSCRIPTION}`))
  )
}

/** Every way to every role, found by walking all edges one after another. */
function walkAll(tenant: Tenant, membersOf: (group: string) => Edge[], at: number): string[] {
  const held = [...tenant.assignments.values(), ...tenant.eligibilities.values()]
  const ways: string[] = []
  for (const one of held) {
    const window = 'schedule' in one ? one.schedule : one
    if (!counts(one.scope) || (window && (Date.parse(window.startDateTime) > at || isOver(window.endDateTime, at))))
      continue
    const kind =
      'schedule' in one ? (one.schedule?.assignmentType === 'Activated' ? 'activated' : 'active') : 'eligible'
    const walk = (id: string, chain: string[], kinds: string[], ends: string[]) => {
      if (!tenant.groups.has(id)) {
        const weakest = kinds.includes('eligible') ? 'eligible' : kinds.includes('activated') ? 'activated' : 'active'
        ways.push([id, one.id, weakest, ends.map(Date.parse).sort((a, b) => a - b)[0] ?? 'none', ...chain].join(' '))
        return
      }
      for (const edge of membersOf(id)) {
        const step = `${id}:${edge.kind}:${edge.end}`
        if (!chain.some((before) => before.startsWith(edge.to)) && edge.to !== id)
          walk(edge.to, [...chain, step], [...kinds, edge.kind], edge.end === null ? ends : [...ends, edge.end])
      }
    }
    walk(one.principalId, [], [kind], window?.endDateTime ? [window.endDateTime] : [])
  }
  return ways.sort()
}

const isOver = (end: string | null, at: number) => end !== null && Date.parse(end) <= at

test('every way to a role, through memberships of any kind and at any moment, is in the truth once with its weakest kind and first end', () =>
  fc.assert(
    fc.property(smallWorld, schedules, fc.constantFrom(-4, -2, 0, 3), (drawn, more, hours) => {
      const tenant = build(drawn, more, [])
      const at = sandbox.world.now() + hours * HOUR_MS
      const members = tenant.groupSchedules.list().filter((one) => one.accessId === 'member')
      const expected = walkAll(tenant, (group) => edgesOf(drawn.memberships, members, group, at), at)
      const rows = effectiveAccess(sandbox.world, SUBSCRIPTION, { at, paths: 100_000 })
      const found = rows.map((row) => {
        const end = row.endDateTime === null ? 'none' : Date.parse(row.endDateTime)
        expect(row.permanent).toBe(row.endDateTime === null)
        const via = row.via.map((step) => `${step.id}:${step.kind}:${step.endDateTime}`)
        return [row.principalId, row.assignmentId, row.kind, end, ...via].join(' ')
      })
      expect(found.sort()).toEqual(expected)
      expect(rows.some((row) => row.truncated)).toBe(false)
    }),
    { numRuns: 400 },
  ))

test('with few paths, rows are cut for each kind by itself, and whatever lacks some says so', () =>
  fc.assert(
    fc.property(smallWorld, schedules, (drawn, more) => {
      build(drawn, more, [])
      const at = sandbox.world.now()
      const keyOf = ({ principalId, roleId, scope, kind }: ReturnType<typeof effectiveAccess>[number]) =>
        [principalId, roleId, scope.toLowerCase(), kind].join(' ')
      const whole = Map.groupBy(effectiveAccess(sandbox.world, SUBSCRIPTION, { at, paths: 100_000 }), keyOf)
      const cut = Map.groupBy(effectiveAccess(sandbox.world, SUBSCRIPTION, { at, paths: 1 }), keyOf)
      expect([...cut.keys()].sort()).toEqual([...whole.keys()].sort())
      for (const [key, rows] of cut) {
        expect(rows).toHaveLength(1)
        if ((whole.get(key)?.length ?? 0) > 1) expect(rows[0]?.truncated).toBe(true)
      }
    }),
    { numRuns: 200 },
  ))

test('owners are those of every group that a role runs through', () =>
  fc.assert(
    fc.property(smallWorld, schedules, owners, (drawn, more, drawnOwners) => {
      const tenant = build(drawn, more, drawnOwners)
      const at = sandbox.world.now()
      const all = tenant.groupSchedules.list()
      const members = all.filter((one) => one.accessId === 'member')
      const reached = new Set(
        [...tenant.assignments.values(), ...tenant.eligibilities.values()]
          .filter((one) => {
            const window = 'schedule' in one ? one.schedule : one
            const isNow = !window || (Date.parse(window.startDateTime) <= at && !isOver(window.endDateTime, at))
            return isNow && counts(one.scope) && tenant.groups.has(one.principalId)
          })
          .map((one) => one.principalId),
      )
      for (let before = -1; before !== reached.size; ) {
        before = reached.size
        for (const group of [...reached])
          for (const { to } of edgesOf(drawn.memberships, members, group, at))
            if (tenant.groups.has(to)) reached.add(to)
      }
      const owning = all.filter((one) => one.accessId === 'owner')
      const expected = [...reached].flatMap((group) =>
        edgesOf(drawnOwners, owning, group, at).map(({ to, kind, end }) => [group, to, kind, end].join(' ')),
      )
      const found = ownersOf(sandbox.world, SUBSCRIPTION).map((row) =>
        [row.groupId, row.principalId, row.kind, row.endDateTime].join(' '),
      )
      expect(found.sort()).toEqual(expected.sort())
    }),
    { numRuns: 200 },
  ))

test('Graph lists as members and owners exactly who is one now, and as eligible who can become one', () =>
  fc.assert(
    fc.asyncProperty(smallWorld, schedules, owners, fc.constantFrom(...GROUPS), async (drawn, more, own, group) => {
      const tenant = build(drawn, more, own)
      const { world } = sandbox
      applyChange(world, { type: 'advance_clock', ms: 3 * HOUR_MS })
      const at = world.now()
      const user = tenant.users.get(OWNER)
      if (user) user.directoryRoles = ['f2ef992c-3afb-46b9-b7cf-a126ee74c451']
      const names = ['Directory.Read.All', 'PrivilegedEligibilitySchedule.Read.AzureADGroup']
      const token = tokenOf(world, tenant, OWNER, 'graph', names)
      const list = async (path: string) =>
        (await readPages<Record<string, string>>(sandbox.url, token, `https://graph.microsoft.com/beta${path}`)).flat()
      const all = tenant.groupSchedules.list()
      const expectedOf = (lasting: [string, string][], accessId: string, isEligible: boolean) => {
        const scheduled = all.filter((one) => one.accessId === accessId)
        const edges = edgesOf(lasting, scheduled, group, at).filter((one) => (one.kind === 'eligible') === isEligible)
        return [...new Set(edges.map(({ to }) => to))].sort()
      }
      const ids = (rows: Record<string, string>[], name: string) => [...new Set(rows.map((one) => one[name]))].sort()
      expect(ids(await list(`/groups/${group}/members`), 'id')).toEqual(expectedOf(drawn.memberships, 'member', false))
      expect(ids(await list(`/groups/${group}/owners`), 'id')).toEqual(expectedOf(own, 'owner', false))
      const eligible = await list(
        `/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances?$filter=groupId eq '${group}'`,
      )
      for (const accessId of ['member', 'owner'])
        expect(
          ids(
            eligible.filter((one) => one.accessId === accessId),
            'principalId',
          ),
        ).toEqual(expectedOf(accessId === 'owner' ? own : drawn.memberships, accessId, true))
      applyChange(world, { type: 'advance_clock', ms: -3 * HOUR_MS })
    }),
    { numRuns: 80 },
  ))
