import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { getDbOfEveryOrganisation } from '@/db/client'
import { getConnection, listConnections } from '@/db/queries/connections'
import { holders, nodes } from '@/db/schema/access'
import { accountSecrets, accounts } from '@/db/schema/accounts'
import { connectionDeletions, connections } from '@/db/schema/connections'
import { groupMembers } from '@/db/schema/directory'
import { auditEvents } from '@/db/schema/organisations'
import { DELETION_STEPS } from '@/lib/domain/vocabulary'
import { addMemberships } from '@/testing/bulk-rows'
import { carryRun, connect } from '@/testing/rolecall'
import { type SharedRolecall, startSharedRolecall } from '@/testing/shared-rolecall'
import { type SpokenProcess, startProcess } from '@/testing/start-process'
import { disconnect } from './disconnect'

/** How many processes are killed in the middle of one deletion; `CHAOS_KILLS` raises it. */
const KILLS = Number(process.env.CHAOS_KILLS ?? 3)
/** Enough for several batches between two kills. */
const MEMBERSHIPS = 10_000 * KILLS
/** The steps before that of the memberships, each of which is one batch here. */
const STEPS_BEFORE = DELETION_STEPS.indexOf('group_members')

let rolecall: SharedRolecall
const started: SpokenProcess[] = []
beforeAll(async () => {
  rolecall = await startSharedRolecall()
})
afterAll(async () => {
  await Promise.all(started.map((one) => one.end()))
  await rolecall.close()
})

test(`a deletion in which ${KILLS} processes are killed shows nothing in between and is finished by a worker`, {
  timeout: (2 + KILLS) * 60_000,
}, async () => {
  const tenant = await rolecall.tenant({ groups: 1 })
  const connectionId = await connect(tenant)
  await carryRun(rolecall, tenant.owner, connectionId)
  const { organisationId } = tenant.owner
  await addMemberships(rolecall.db, { organisationId, connectionId, count: MEMBERSHIPS })
  const members = await rolecall.db.$count(groupMembers, eq(groupMembers.organisationId, organisationId))
  await disconnect(tenant.owner, connectionId, { data: 'delete', typed: tenant.subscription.name })
  await rolecall.release()

  const left: number[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    const deleting = startProcess('testing/deletion-process.ts', [organisationId, connectionId], rolecall.settings)
    started.push(deleting)
    await deleting.hear((line) => line === 'opened')
    // Not always right after a batch: a random number of them, and the kill comes while the next is under way.
    const batches = (kill === 0 ? STEPS_BEFORE : 0) + 2 + Math.floor(Math.random() * 5)
    await vi.waitFor(() => expect(deleting.lines.length).toBeGreaterThan(batches), { timeout: 60_000, interval: 1 })
    expect(await deleting.end('SIGKILL')).toEqual([null, 'SIGKILL'])

    const db = await getDbOfEveryOrganisation()
    const now = await db.$count(groupMembers, eq(groupMembers.organisationId, organisationId))
    const [deletion] = await db
      .select()
      .from(connectionDeletions)
      .where(eq(connectionDeletions.connectionId, connectionId))
    expect(deletion?.deleted.group_members ?? 0).toBe(members - now)
    expect(await getConnection(tenant.owner, connectionId)).toBeNull()
    expect(await listConnections(tenant.owner)).toEqual([])
    expect(await db.$count(accountSecrets, eq(accountSecrets.organisationId, tenant.owner.organisationId))).toBe(0)
    left.push(now)
    await rolecall.release()
  }
  expect(left).toEqual([...new Set(left)].sort((one, other) => other - one))
  expect(left[0]).toBeLessThan(members)

  const working = startProcess('testing/worker-process.ts', [], rolecall.settings)
  started.push(working)
  await working.hear((line) => line.includes('"event":"connection_deleted"'))
  expect(await working.end('SIGTERM')).toEqual([0, null])

  const db = await getDbOfEveryOrganisation()
  for (const table of [connections, connectionDeletions, groupMembers, holders, nodes, accounts])
    expect(await db.$count(table, eq(table.organisationId, organisationId))).toBe(0)
  const events = await db.select().from(auditEvents).where(eq(auditEvents.organisationId, organisationId))
  expect(events.filter(({ action }) => action === 'connection.deleted')).toMatchObject([
    { memberName: tenant.owner.name, details: { group_members: members } },
  ])
  await rolecall.release()
})
