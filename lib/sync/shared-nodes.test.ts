import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assignments } from '@/db/schema/access'
import { createMeter } from '@/lib/azure/client/transport'
import { azureForAccount } from '@/lib/connections/vault'
import { claimRun } from '@/lib/runs/runs'
import type { Random } from '@/sandbox/world/random'
import { accessLines } from '@/testing/access-lines'
import { type Connected, createRandomCompany } from '@/testing/random-company'
import { carryRun, type Rolecall, startRolecall, type TestTenant } from '@/testing/rolecall'
import { shownAccess } from '@/testing/shown-access'
import { lastResultOf } from './last-result'
import { publishAccess } from './publish-access'
import { readAccess } from './read-access'
import { requestSync } from './request-sync'

// Several subscriptions of one tenant share the nodes above them and the groups that hold roles there.

/** More than a test run needs can be asked for: `RANDOM_WORLDS=100`. */
const WORLDS = Number(process.env.RANDOM_WORLDS ?? 4)

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

const shownOf = async (tenant: TestTenant, { id }: Connected) => accessLines(await shownAccess(tenant.owner, id))

const shuffle = <One>(random: Random, all: readonly One[]): One[] => {
  const left = [...all]
  return all.map(() => left.splice(random.below(left.length), 1)[0] as One)
}

const seeds = Array.from({ length: WORLDS }, (_, index) => `company ${index + 1}`)

test.each(seeds)('in %s, each subscription shows what is so, in whatever order they are synced', async (seed) => {
  const { random, tenant, connected, change, truth } = await createRandomCompany(rolecall, seed)
  for (const one of shuffle(random, connected)) await carryRun(rolecall, tenant.owner, one.id)
  for (const one of connected) expect(await shownOf(tenant, one)).toEqual(accessLines(truth(one)))

  for (const round of [1, 2]) {
    change(`${seed} ${round}`)
    for (const one of shuffle(random, connected)) {
      await requestSync(tenant.owner, one.id)
      expect(await carryRun(rolecall, tenant.owner, one.id)).toMatchObject({ state: 'succeeded', gaps: false })
      expect(await shownOf(tenant, one), `${one.subscription.name} after its own sync`).toEqual(accessLines(truth(one)))
    }
    for (const one of connected) expect(await shownOf(tenant, one)).toEqual(accessLines(truth(one)))
  }

  const before = await versions(tenant)
  for (const one of shuffle(random, connected)) {
    await requestSync(tenant.owner, one.id)
    expect(await carryRun(rolecall, tenant.owner, one.id)).toMatchObject({ gained: 0, lost: 0 })
  }
  expect(await versions(tenant), 'a world that does not change writes nothing').toEqual(before)
})

test.each(seeds)('in %s, readings that are published late overwrite nothing newer', async (seed) => {
  const { random, tenant, connected, change, truth } = await createRandomCompany(rolecall, `late ${seed}`)
  for (const one of connected) await carryRun(rolecall, tenant.owner, one.id)

  for (const round of [1, 2]) {
    const readings = []
    for (const one of shuffle(random, connected)) {
      readings.push(await read(tenant, one))
      change(`${seed} ${round} ${one.subscription.id}`)
    }
    for (const reading of shuffle(random, readings)) {
      await publish(reading)
      // What is listed and what each person's own page explains agree, whichever readings are mixed in the shared nodes.
      for (const one of connected) await shownOf(tenant, one)
    }
    const held = await directlyHeldAbove(tenant)
    const newest = readings.at(-1)
    expect(held.filter(({ node }) => newest?.above.includes(node)).map(({ key }) => key)).toEqual(newest?.keysAbove)
  }
  for (const one of connected) {
    await requestSync(tenant.owner, one.id)
    await carryRun(rolecall, tenant.owner, one.id)
  }
  for (const one of connected) expect(await shownOf(tenant, one)).toEqual(accessLines(truth(one)))
})

/** Reads a subscription for a run, without publishing it yet. `keysAbove` are the assignments at its management groups and the root. */
async function read(tenant: TestTenant, { id }: Connected) {
  const { organisationId } = tenant.owner
  const { runId } = await requestSync(tenant.owner, id)
  const run = await claimRun({ organisationId, runId })
  if (!run) throw new Error('The run was not claimed.')
  const meter = createMeter()
  const azure = azureForAccount(run.account, meter, new AbortController().signal)
  const access = await readAccess(azure, run, lastResultOf(run), () => undefined)
  const wide = access.assignments.filter(({ scopeLevel }) => ['root', 'management_group'].includes(scopeLevel))
  const chain = (access.chain ?? []).map(
    (one) => `/providers/microsoft.management/managementgroups/${one.toLowerCase()}`,
  )
  return { run, meter, access, above: ['/', ...chain], keysAbove: wide.map(({ key }) => key).sort() }
}

async function publish({ run, access, meter }: Awaited<ReturnType<typeof read>>): Promise<void> {
  const { noteStored } = await rolecall.db.transaction((tx) => publishAccess(tx, run, access, meter, () => {}))
  noteStored()
}

async function directlyHeldAbove(tenant: TestTenant) {
  const { rows } = await rolecall.db.execute<{ node: string; key: string }>(sql`
    select n.scope as node, a.key from assignments a join nodes n on n.organisation_id = a.organisation_id and n.id = a.node_id
    where ${eq(sql`n.organisation_id`, tenant.owner.organisationId)} and a.valid_to is null and n.scope not like '/subscriptions/%'
    order by a.key collate "C"`)
  return rows
}

/** What PostgreSQL says changed of what is stored of Azure: the newest transaction that wrote each row. */
async function versions({ owner: { organisationId } }: TestTenant) {
  const tables = [
    'assignments',
    'deny_assignments',
    'directory_groups',
    'group_members',
    'group_owners',
    'group_nesting',
  ]
  const all = [...tables, 'holders', 'principals', 'role_definitions', 'nodes', 'connection_nodes']
  const counted = all.map(
    (table) => sql`select ${table} as name, count(*)::int as rows, max(xmin::text::bigint)::text as newest
      from ${sql.identifier(table)} where organisation_id = ${organisationId}`,
  )
  const { rows } = await rolecall.db.execute(sql.join(counted, sql` union all `))
  expect(await rolecall.db.$count(assignments, eq(assignments.organisationId, organisationId))).toBeGreaterThan(0)
  return rows
}
