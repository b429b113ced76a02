import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getFirstResult, getResultAt } from '@/db/queries/as-of'
import { getConnection } from '@/db/queries/connections'
import { getResultCounts } from '@/db/queries/count-result'
import { listMatchingGrants } from '@/db/queries/grants'
import { type HolderRow, listHolders } from '@/db/queries/holders'
import { listRolesHeld } from '@/db/queries/roles'
import { publishedOf } from '@/db/queries/snapshot'
import { organisations } from '@/db/schema/organisations'
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

const seeds = Array.from({ length: WORLDS }, (_, index) => `company with a past ${index + 1}`)

test.each(seeds)('%s is shown as of each of its publishes as it was then', async (seed) => {
  const { random, tenant, connected, change, truth } = await createRandomCompany(rolecall, seed)
  const { owner } = tenant
  type Publish = {
    one: Connected
    at: Date
    lines: string[]
    lists: Awaited<ReturnType<typeof listsOf>>
  }
  const publishes: Publish[] = []
  const record = async (one: Connected) => {
    const run = await carryRun(rolecall, owner, one.id)
    if (!run.finishedAt) throw new Error('The run did not end.')
    publishes.push({ one, at: run.finishedAt, lines: accessLines(truth(one)), lists: await listsOf(tenant, one) })
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

test('a result of which past holders were forgotten is not shown as if nobody had been there', async () => {
  const { tenant, connected, change } = await createRandomCompany(rolecall, 'forgotten')
  const [one] = connected
  if (!one) throw new Error('Nothing is connected.')
  const { owner } = tenant
  const { finishedAt } = await carryRun(rolecall, owner, one.id)
  change('forgotten 1')
  await requestSync(owner, one.id)
  await carryRun(rolecall, owner, one.id)
  const { rows } = await listHolders(owner, await resultShown(owner, one.id, finishedAt ?? undefined), {
    ...{ who: 'people', search: '', status: null, signal: null, roleIds: [], scope: null, level: null },
    ...{ how: null, held: null, sort: 'name', direction: 'asc', cursor: null },
  })
  const [lost] = rows
  if (!lost) throw new Error('Nobody is listed.')
  await rolecall.db.execute(sql`delete from holders where organisation_id = ${owner.organisationId}
    and principal_id = ${lost.principalId}`)

  const connection = await getConnection(owner, one.id)
  if (!connection || !finishedAt) throw new Error('There is no such result.')
  expect(await getResultAt(owner, connection, finishedAt)).toMatchObject({ kind: 'forgotten' })
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
