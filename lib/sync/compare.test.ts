import { afterAll, beforeAll, expect, test } from 'vitest'
import { getResultAt } from '@/db/queries/as-of'
import { type Compared, countDifferences, type DifferenceRow, listDifferences } from '@/db/queries/compare'
import { getConnection } from '@/db/queries/connections'
import type { CompareFilter, Cursor } from '@/lib/domain/views'
import type { FaultRule } from '@/sandbox/control/fault-rules'
import type { Random } from '@/sandbox/world/random'
import { type Connected, createRandomCompany } from '@/testing/random-company'
import { carryRun, type Rolecall, startRolecall } from '@/testing/rolecall'
import { accessKey } from '@/testing/true-access'
import { requestSync } from './request-sync'

/** More than a test run needs can be asked for: `RANDOM_WORLDS=60`. */
const WORLDS = Number(process.env.RANDOM_WORLDS ?? 2)
const ROUNDS = 4

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

type Company = Awaited<ReturnType<typeof createRandomCompany>>
type Publish = { one: Connected; at: Date; truth: Set<string> }

async function comparedAt({ tenant: { owner } }: Company, { one, at }: Publish): Promise<Compared> {
  const connection = await getConnection(owner, one.id)
  const result = connection && (await getResultAt(owner, connection, at))
  if (result?.kind !== 'found') throw new Error('There is no result.')
  return { snapshot: result.snapshot, coverage: result.run.coverage }
}

const EVERYTHING: CompareFilter = { who: null, privileged: false, change: null }

/** All differences between two publishes, in small pages. */
async function compare(company: Company, from: Publish, to: Publish, filter = EVERYTHING): Promise<DifferenceRow[]> {
  const { owner } = company.tenant
  const [before, after] = [await comparedAt(company, from), await comparedAt(company, to)]
  const rows: DifferenceRow[] = []
  let cursor: Cursor | null = null
  do {
    const page = await listDifferences(owner, before, after, { ...filter, cursor }, 25)
    rows.push(...page.rows)
    cursor = page.next
  } while (cursor)
  const counted = await countDifferences(owner, before, after, filter)
  const count = (change: DifferenceRow['change']) => rows.filter((row) => row.change === change).length
  if (filter.change === null)
    expect(counted).toEqual({
      gained: count('gained'),
      lost: count('lost'),
      not_comparable: count('not_comparable'),
    })
  return rows
}

const keyOf = ({ principalId, role, scope, assignmentKind }: DifferenceRow) =>
  accessKey(principalId, role.id, scope, assignmentKind)

/** Differences of one kind. Of groups the truth only tells those that no directory knows, which are no access of anybody. */
const keysOf = (rows: DifferenceRow[], change: DifferenceRow['change']) =>
  rows
    .filter((row) => row.change === change && row.kind !== 'group')
    .map(keyOf)
    .sort()

/** The publishes of random connections of a company with changes between them, each with the truth of its moment. */
async function publishAll(company: Company, seed: string, between: (random: Random) => FaultRule[]) {
  const { random, tenant, connected, change, truth } = company
  const publishes: Publish[] = []
  const publish = async (one: Connected, faults: FaultRule[]) => {
    tenant.world.faults = faults
    const run = await carryRun(rolecall, tenant.owner, one.id)
    tenant.world.faults = []
    if (run.state !== 'succeeded' || !run.finishedAt) return
    publishes.push({ one, at: run.finishedAt, truth: new Set(truth(one).keys()) })
  }
  for (const one of connected) await publish(one, [])
  for (let round = 1; round <= ROUNDS; round++) {
    change(`${seed} ${round}`)
    const one = connected[random.below(2)]
    if (!one) throw new Error('Nothing is connected.')
    await requestSync(tenant.owner, one.id)
    await publish(one, between(random))
  }
  return publishes
}

/** Each publish with itself, with every later one of the same connection, and with the one before it. */
const pairsOf = (publishes: Publish[]) =>
  publishes.flatMap((from) => {
    const own = publishes.filter(({ one }) => one === from.one)
    const before = own.findLast(({ at }) => at < from.at)
    return own.filter((to) => to.at >= from.at || to === before).map((to) => ({ from, to }))
  })

const groupsOf = ({ tenant: { world, tenantId } }: Company) => {
  const tenant = world.findTenant(tenantId)
  return new Set(tenant?.groups.keys().map((id) => id.toLowerCase()))
}

const seeds = Array.from({ length: WORLDS }, (_, index) => `compared company ${index + 1}`)

test.each(seeds)('in %s, what is gained and lost between any two publishes is what the world says', async (seed) => {
  const company = await createRandomCompany(rolecall, seed)
  const groups = groupsOf(company)
  const publishes = await publishAll(company, seed, () => [])
  for (const id of groupsOf(company)) groups.add(id)
  const isNoGroup = (key: string) => !groups.has(key.split(' ')[0] ?? '')
  for (const { from, to } of pairsOf(publishes)) {
    const rows = await compare(company, from, to)
    expect(keysOf(rows, 'gained').filter(isNoGroup)).toEqual(
      [...to.truth.difference(from.truth)].filter(isNoGroup).sort(),
    )
    expect(keysOf(rows, 'lost').filter(isNoGroup)).toEqual(
      [...from.truth.difference(to.truth)].filter(isNoGroup).sort(),
    )
    expect(keysOf(rows, 'not_comparable')).toEqual([])
  }
  const [first] = pairsOf(publishes).filter(({ from, to }) => from.at < to.at)
  if (!first) throw new Error('Nothing was published twice.')
  const all = await compare(company, first.from, first.to)
  for (const who of ['people', 'others', 'groups'] as const) {
    const isOne = ({ kind }: DifferenceRow) =>
      who === 'people' ? kind === 'user' : who === 'groups' ? kind === 'group' : kind !== 'user' && kind !== 'group'
    expect(await compare(company, first.from, first.to, { ...EVERYTHING, who })).toEqual(all.filter(isOne))
  }
  expect(await compare(company, first.from, first.to, { ...EVERYTHING, privileged: true })).toEqual(
    all.filter(({ role }) => role.privileged),
  )
  expect(await compare(company, first.from, first.to, { ...EVERYTHING, change: 'lost' })).toEqual(
    all.filter(({ change }) => change === 'lost'),
  )
})

/** Lists that a sync can do without. Microsoft asks for no wait, so that repeats take no time. */
const LISTS = [
  { path: 'roleEligibilityScheduleInstances' },
  { path: 'roleAssignmentScheduleInstances' },
  { path: 'registrationAssignments' },
  { path: 'registrationDefinitions' },
  { path: '/members', inBatch: true },
  { path: 'microsoft\\.graph\\.servicePrincipal', inBatch: true },
  { path: 'eligibilityScheduleInstances', inBatch: true },
  { path: 'assignmentScheduleInstances', inBatch: true },
]

const drawFaults = (random: Random, tenantId: string): FaultRule[] =>
  Array.from({ length: random.below(3) }, (): FaultRule => {
    const match = { ...random.pick(LISTS), tenantId }
    const body = { error: { code: 'MadeUp', message: 'refused' } }
    const every = random.below(2) === 0 ? {} : { every: 2 }
    return {
      match,
      status: random.pick([403, 404, 500]),
      body,
      headers: { 'retry-after': '0' },
      ...every,
      seen: 0,
      fired: 0,
    }
  })

/** Which of a standing and an activated role it is cannot always be told; that somebody has it now can. */
const isHeldIn = (truth: Set<string>, key: string) =>
  ['active', 'activated'].some((kind) => truth.has(key.replace(/ (active|activated)$/, ` ${kind}`)))

test.each(seeds)('in %s, what was not readable at one of two publishes is neither gained nor lost', async (seed) => {
  const company = await createRandomCompany(rolecall, `refused ${seed}`)
  const groups = groupsOf(company)
  const { tenantId } = company.tenant
  const publishes = await publishAll(company, seed, (random) => drawFaults(random, tenantId))
  for (const id of groupsOf(company)) groups.add(id)
  const isNoGroup = (key: string) => !groups.has(key.split(' ')[0] ?? '')
  for (const { from, to } of pairsOf(publishes)) {
    const rows = await compare(company, from, to)
    const isTrue = (key: string, having: Set<string>, lacking: Set<string>) =>
      (having.has(key) && !lacking.has(key)) || (isHeldIn(having, key) && !isHeldIn(lacking, key))
    const wrong = [
      ...keysOf(rows, 'gained').filter((key) => !isTrue(key, to.truth, from.truth)),
      ...keysOf(rows, 'lost').filter((key) => !isTrue(key, from.truth, to.truth)),
    ].filter(isNoGroup)
    expect(wrong).toEqual([])
  }
})
