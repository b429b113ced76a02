import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { getFirstResult, getResultAt } from '@/db/queries/as-of'
import { type Cell, listCells } from '@/db/queries/cells'
import { getConnection } from '@/db/queries/connections'
import { getResultCounts } from '@/db/queries/count-result'
import { listMatchingGrants } from '@/db/queries/grants'
import type { HolderRow } from '@/db/queries/holders'
import { countPeople, listPeople, type PersonRow } from '@/db/queries/people'
import { getPerson } from '@/db/queries/person'
import { listRolesHeld } from '@/db/queries/roles'
import { publishedOf } from '@/db/queries/snapshot'
import { connections } from '@/db/schema/connections'
import { organisations } from '@/db/schema/organisations'
import { formatMoment } from '@/lib/domain/as-of'
import type { Cursor } from '@/lib/domain/views'
import { findAllResults } from '@/lib/past-results'
import { applyChange } from '@/sandbox/world/changes'
import { accessLines } from '@/testing/access-lines'
import { type Connected, createRandomCompany } from '@/testing/random-company'
import { carryRun, connect, type Rolecall, startRolecall, type TestTenant } from '@/testing/rolecall'
import { holdersOf, resultShown, shownAccess } from '@/testing/shown-access'
import { requestSync } from './request-sync'

/** More than a test run needs can be asked for: `RANDOM_WORLDS=60`. */
const WORLDS = Number(process.env.RANDOM_WORLDS ?? 3)
const ROUNDS = 5

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

/** What lists say of somebody that is kept with the past: not their name, their address and their last sign-in. */
const versioned = ({ name: _, email: _e, emailSource: _s, lastSignInAt: _l, variety: _v, ...row }: HolderRow) => ({
  ...row,
  role: row.role.id,
  group: row.group?.id,
  eligible: row.eligible?.roleId,
})

/** Everything that the lists of a connection show, now or at a moment. */
async function listsOf({ owner }: TestTenant, { id }: Connected, at?: Date) {
  const result = await resultShown(owner, id, at)
  const published = publishedOf(result)
  const byId = (one: { principalId: string }, other: { principalId: string }) =>
    one.principalId < other.principalId ? -1 : 1
  const holders = []
  for (const who of ['people', 'others', 'groups'] as const) holders.push(...(await holdersOf(owner, result, who)))
  return {
    holders: holders.map(versioned).sort(byId),
    roles: (await listRolesHeld(owner, result)).map(({ id: roleId, people, others, eligible }) => ({
      ...{ roleId, people, others, eligible },
    })),
    counts: published && (await getResultCounts(owner, published)),
  }
}

/** Whose pages are looked at: those of the people with the most roles. */
const PAGES = 4

const EVERYONE = { search: '', status: null } as const
const FILTERS = [EVERYONE, { ...EVERYONE, signal: 'can_grant' }, { ...EVERYONE, minimum: 'writes' }] as const

/** Everything that the lists over all subscriptions show, now or at a moment, but what is not kept with the past. */
async function allListsOf({ owner }: TestTenant, at?: Date) {
  const { results, connections } = await findAllResults(owner, at ? formatMoment(at) : '')
  const people: PersonRow[] = []
  let cursor: Cursor | null = null
  do {
    const page = await listPeople(owner, results, { ...EVERYONE, direction: 'asc', cursor }, 200)
    people.push(...page.rows)
    cursor = page.next
  } while (cursor)
  const cells = await listCells(owner, results, people)
  const filtered = FILTERS.map((filter) => countPeople(owner, results, filter))
  const roles = []
  const mostHeld = people.toSorted((one, other) => other.grants - one.grants || (one.id < other.id ? -1 : 1))
  for (const { id } of mostHeld.slice(0, PAGES))
    for (const role of (await getPerson(owner, results, id))?.roles ?? []) {
      const { connectionId, key, kind, groupId, scope, publishedAt } = role
      roles.push(JSON.stringify([id, connectionId, key, kind, groupId, scope, publishedAt]))
    }
  return {
    people: people.map(({ name: _, email: _e, lastSignInAt: _l, ...row }) => JSON.stringify(row)).sort(),
    cells: cells.map(describeCell).sort(),
    counted: await Promise.all(filtered),
    roles: roles.sort(),
    shown: connections.flatMap(({ id, publishedAt }) => (publishedAt ? [[id, publishedAt]] : [])),
  }
}

const describeCell = ({ role, eligible, ...cell }: Cell): string =>
  JSON.stringify({
    ...cell,
    role: [role.id, role.privilege],
    eligible: eligible && [eligible.roleId, eligible.privilege],
  })

const seeds = Array.from({ length: WORLDS }, (_, index) => `company with a past ${index + 1}`)

test.each(seeds)('%s is shown as of each of its publishes as it was then', async (seed) => {
  const { random, tenant, connected, change, truth } = await createRandomCompany(rolecall, seed)
  const { owner } = tenant
  type Publish = {
    one: Connected
    at: Date
    lines: string[]
    lists: Awaited<ReturnType<typeof listsOf>>
    all: Awaited<ReturnType<typeof allListsOf>>
  }
  const publishes: Publish[] = []
  const record = async (one: Connected) => {
    const run = await carryRun(rolecall, owner, one.id)
    if (!run.finishedAt) throw new Error('The run did not end.')
    const [lists, all] = [await listsOf(tenant, one), await allListsOf(tenant)]
    publishes.push({ one, at: run.finishedAt, lines: accessLines(truth(one)), lists, all })
  }
  for (const one of connected) await record(one)
  for (let round = 1; round <= ROUNDS; round++) {
    change(`${seed} ${round}`)
    const one = connected[random.below(connected.length)]
    if (!one) throw new Error('Nothing is connected.')
    await requestSync(owner, one.id)
    await record(one)
  }
  // What is counted at a publish is kept for some hours only, and then counted from the past.
  await rolecall.asOwner(`update sync_runs set role_counts = '{}', signals = '{}'
    where organisation_id = '${owner.organisationId}'
      and not exists (select from connections c where c.published_run_id = sync_runs.id)`)

  for (const { one, at, lines, lists } of publishes) {
    const next = publishes.find((other) => other.one === one && other.at > at)
    for (const moment of next ? [at, new Date(next.at.getTime() - 1)] : [at]) {
      expect(accessLines(await shownAccess(owner, one.id, moment))).toEqual(lines)
      expect(await listsOf(tenant, one, moment)).toEqual(lists)
    }
  }
  // Over all subscriptions another result is the next one, whichever connection published it.
  for (const [index, { at, all }] of publishes.entries()) {
    const next = publishes[index + 1]
    for (const moment of next ? [at, new Date(next.at.getTime() - 1)] : [at])
      expect(await allListsOf(tenant, moment)).toEqual(all)
  }
})

const idOf = (made: unknown): string => z.object({ id: z.string() }).parse(made).id

test('a person who lost everything is listed as of when they had it, and one whose account was disabled since as active', async () => {
  const tenant = await rolecall.tenant({ people: 4, assignments: 0, groups: 0, delegations: 0, subscriptions: 2 })
  const { owner, world, tenantId } = tenant
  const [one, other] = tenant.subscriptions
  if (!one || !other) throw new Error('The tenant has one subscription only.')
  const ids = { one: await connect(tenant, one.id), other: await connect(tenant, other.id) }
  const [ada, bo] = ['Ada Novak', 'Bo Lind'].map((displayName) =>
    idOf(applyChange(world, { type: 'add_person', tenantId, displayName })),
  )
  if (!ada || !bo) throw new Error('Nobody was added.')
  for (const principalId of [ada, bo])
    applyChange(world, { type: 'assign', tenantId, principalId, role: 'Reader', subscriptionId: one.id })
  const publish = async (id: string) => (await carryRun(rolecall, owner, id)).finishedAt ?? new Date(0)
  const first = await publish(ids.one)
  applyChange(world, { type: 'unassign', tenantId, principalId: ada })
  applyChange(world, { type: 'disable', user: bo })
  await publish(ids.other)
  await requestSync(owner, ids.one)
  const last = await publish(ids.one)

  const listed = async (at: Date) => {
    const { results } = await findAllResults(owner, formatMoment(at))
    const { rows } = await listPeople(owner, results, { ...EVERYONE, search: 'o', direction: 'asc', cursor: null })
    return Object.fromEntries(rows.filter(({ id }) => [ada, bo].includes(id)).map(({ name, status }) => [name, status]))
  }
  expect(await listed(first)).toEqual({ 'Ada Novak': 'active', 'Bo Lind': 'active' })
  expect(await listed(last)).toEqual({ 'Bo Lind': 'disabled' })
  const { past } = await findAllResults(owner, formatMoment(first))
  expect(past).toMatchObject({
    kind: 'shown',
    hidden: [{ id: ids.other, why: expect.stringContaining('its first sync') }],
  })
})

test('the results next to a moment are told, and before the first one there is none', async () => {
  const { tenant, connected, change } = await createRandomCompany(rolecall, 'neighbours')
  const [one, other] = connected
  if (!one || !other) throw new Error('Nothing is connected.')
  const publish = async () => {
    const { finishedAt } = await carryRun(rolecall, tenant.owner, one.id)
    if (!finishedAt) throw new Error('The run did not end.')
    return finishedAt
  }
  const first = await publish()
  await carryRun(rolecall, tenant.owner, other.id)
  change('neighbours 1')
  await requestSync(tenant.owner, one.id)
  const second = await publish()
  const connection = await getConnection(tenant.owner, one.id)
  if (!connection) throw new Error('There is no such connection.')

  expect(await getFirstResult(tenant.owner, one.id)).toEqual(first)
  expect(await getResultAt(tenant.owner, connection, new Date(first.getTime() - 1))).toBeNull()
  const between = await getResultAt(tenant.owner, connection, new Date(second.getTime() - 1))
  expect(between).toMatchObject({ kind: 'found', snapshot: { publishedAt: first }, earlier: null, later: second })
  const now = await getResultAt(tenant.owner, connection, new Date(second.getTime() + 60_000))
  expect(now).toMatchObject({ kind: 'found', snapshot: { publishedAt: second }, earlier: first, later: null })
})

test('a result of before everything was kept is not shown as if nobody had been there', async () => {
  const { tenant, connected, change } = await createRandomCompany(rolecall, 'forgotten')
  const [one] = connected
  if (!one) throw new Error('Nothing is connected.')
  const { owner } = tenant
  const publish = async () => (await carryRun(rolecall, owner, one.id)).finishedAt ?? new Date(0)
  const first = await publish()
  change('forgotten 1')
  await requestSync(owner, one.id)
  const second = await publish()
  const connection = await getConnection(owner, one.id)
  if (!connection) throw new Error('There is no such connection.')
  expect(await getResultAt(owner, connection, first)).toMatchObject({ kind: 'found' })

  // As after an upgrade from a version that deleted past holders within hours.
  await rolecall.db
    .update(connections)
    .set({ historyBeginsAt: second })
    .where(and(eq(connections.organisationId, owner.organisationId), eq(connections.id, one.id)))
  expect(await getResultAt(owner, connection, first)).toMatchObject({ kind: 'forgotten', later: second })
  expect(await getResultAt(owner, connection, second)).toMatchObject({ kind: 'found' })
})

test('a result does not stand in for later ones that were pruned', async () => {
  const { tenant, connected, change } = await createRandomCompany(rolecall, 'pruned')
  const [one] = connected
  if (!one) throw new Error('Nothing is connected.')
  const { owner } = tenant
  const publish = async () => (await carryRun(rolecall, owner, one.id)).finishedAt ?? new Date(0)
  const first = await publish()
  change('pruned 1')
  await requestSync(owner, one.id)
  const second = await publish()
  const connection = await getConnection(owner, one.id)
  if (!connection) throw new Error('There is no such connection.')
  const pruneTo = (at: Date) =>
    rolecall.db
      .update(organisations)
      .set({ historyPrunedTo: at, historyPrunedAfter: '90_days' })
      .where(eq(organisations.id, owner.organisationId))

  // What was shown at the horizon is kept, and everything that was published before that is not.
  await pruneTo(new Date(second.getTime() - 1))
  expect(await getResultAt(owner, connection, first)).toMatchObject({ kind: 'found' })
  await pruneTo(second)
  expect(await getResultAt(owner, connection, first)).toMatchObject({ kind: 'forgotten' })
  expect(await getResultAt(owner, connection, second)).toMatchObject({ kind: 'found' })
})

test('what stands in from an earlier reading by now was read when it was shown then', async () => {
  const tenant = await rolecall.tenant({ licence: 'p2', eligibility: 6, people: 6 })
  const { owner } = tenant
  const id = await connect(tenant)
  const { finishedAt } = await carryRun(rolecall, owner, id)
  await requestSync(owner, id)
  const refused = { error: { code: 'MadeUp', message: 'refused' } }
  await tenant.during([{ match: { path: 'roleEligibilityScheduleInstances' }, status: 403, body: refused }], async () =>
    carryRun(rolecall, owner, id),
  )

  const agesAt = async (at?: Date) => {
    const result = await resultShown(owner, id, at)
    const people = await holdersOf(owner, result, 'people')
    const grants = await listMatchingGrants(
      owner,
      result,
      people.map(({ principalId }) => principalId),
    )
    return grants.filter(({ kind }) => kind === 'eligible').map(({ readAt }) => readAt !== null)
  }
  const [now, then] = [await agesAt(), await agesAt(finishedAt ?? undefined)]
  expect(now.length).toBeGreaterThan(0)
  expect(now.every((isOld) => isOld)).toBe(true)
  expect(then).toEqual(now.map(() => false))
})
