import { randomUUID } from 'node:crypto'
import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { listInvitations } from '@/db/queries/organisation'
import { connectAttempts, connections } from '@/db/schema/connections'
import { invitations } from '@/db/schema/invitations'
import { memberSessions } from '@/db/schema/organisations'
import { syncRuns } from '@/db/schema/runs'
import { findSession } from '@/lib/auth/sessions'
import { getAttempt } from '@/lib/connections/attempts'
import { confirmAttempt } from '@/lib/connections/confirm'
import { beginSignInForAttempt, finishSignIn } from '@/lib/connections/sign-in'
import { createToken } from '@/lib/random-token'
import { getQueue, SWEEP_QUEUE } from '@/lib/runs/queue'
import { answerMicrosoft } from '@/testing/answer-microsoft'
import { carryRun, connect, type Rolecall, signInForAttempt, startRolecall, type TestTenant } from '@/testing/rolecall'
import { sweep } from './sweep'
import { startWorker } from './worker'

const NEVER = new AbortController().signal

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

const signedIn = (tenant: TestTenant) =>
  signInForAttempt(tenant.owner, tenant.subscription.id, tenant.account('owner').username)

const attemptRow = async (id: string) =>
  (await rolecall.db.select().from(connectAttempts).where(eq(connectAttempts.id, id)))[0]

const expire = (id: string, ago: string) =>
  rolecall.db
    .update(connectAttempts)
    .set({ expiresAt: sql`now() - ${ago}::interval` })
    .where(eq(connectAttempts.id, id))

describe('an attempt to connect', () => {
  test('that has expired loses its tokens at once, and only they', async () => {
    const tenant = await rolecall.tenant()
    const [expired, open] = [await signedIn(tenant), await signedIn(tenant)]
    await beginSignInForAttempt(tenant.owner, expired)
    await expire(expired, '1 second')
    expect(await sweep(NEVER)).toEqual({ attemptTokens: 1 })
    expect(await attemptRow(expired)).toMatchObject({ sealedCache: null, sealedLogin: null })
    expect(await getAttempt(tenant.owner, expired)).toMatchObject({ expired: true })
    expect((await attemptRow(open))?.sealedCache).toBeTruthy()
    expect(await confirmAttempt(tenant.owner, open, { alsoSubscriptionIds: [] })).toMatchObject({ kind: 'connected' })
  })

  test('that expired while the person was at Microsoft says that it came too late', async () => {
    const tenant = await rolecall.tenant()
    const id = await signedIn(tenant)
    const address = await beginSignInForAttempt(tenant.owner, id)
    const back = await answerMicrosoft(address, tenant.account('owner').username)
    await expire(id, '1 second')
    await sweep(NEVER)
    expect(await finishSignIn(tenant.owner, back)).toEqual({ attemptId: id })
    expect(await getAttempt(tenant.owner, id)).toMatchObject({ problem: { code: 'attempt_expired' } })
  })

  test('is gone a day after it expired', async () => {
    const tenant = await rolecall.tenant()
    const [old, younger] = [await signedIn(tenant), await signedIn(tenant)]
    await expire(old, '24 hours 1 minute')
    await expire(younger, '23 hours 59 minutes')
    await sweep(NEVER)
    expect(await attemptRow(old)).toBeUndefined()
    expect(await attemptRow(younger)).toBeDefined()
  })
})

describe('sessions', () => {
  test('that have ended, by age or by idleness, are deleted, however many, and the others go on', async () => {
    const { owner } = await rolecall.tenant()
    const own = { organisationId: owner.organisationId, memberId: owner.memberId }
    const make = (count: number, times: { lastSeenAt?: Date; expiresAt: Date }) =>
      rolecall.db
        .insert(memberSessions)
        .values(
          Array.from({ length: count }, () => ({ ...own, ...times, tokenHash: randomUUID(), browser: 'Firefox' })),
        )
    const hours = (count: number) => new Date(Date.now() + count * 3_600_000)
    await make(1200, { expiresAt: hours(-1) })
    await make(30, { expiresAt: hours(8), lastSeenAt: hours(-2.1) })
    const { token, tokenHash } = createToken(owner.organisationId)
    await rolecall.db
      .insert(memberSessions)
      .values({ ...own, tokenHash, browser: 'Firefox', expiresAt: hours(8), lastSeenAt: hours(-1.9) })

    const before = await rolecall.db.$count(memberSessions)
    expect(await sweep(NEVER)).toMatchObject({ sessions: 1230 })
    expect(await rolecall.db.$count(memberSessions)).toBe(before - 1230)
    expect(await findSession(token)).toMatchObject({ memberId: owner.memberId })
  })

  test('are left for the next sweep when the process ends', async () => {
    const { owner } = await rolecall.tenant()
    const { organisationId, memberId } = owner
    await rolecall.db
      .insert(memberSessions)
      .values({ organisationId, memberId, tokenHash: randomUUID(), browser: 'Firefox', expiresAt: new Date(0) })
    expect(await sweep(AbortSignal.abort())).toEqual({})
    expect(await sweep(NEVER)).toEqual({ sessions: 1 })
  })
})

test('an invitation that nobody has taken up in time is deleted', async () => {
  const { owner } = await rolecall.tenant()
  const invited = { organisationId: owner.organisationId, invitedByName: owner.name }
  const made = [
    { ...invited, username: 'late@contoso.example', expiresAt: new Date(0) },
    { ...invited, username: 'early@contoso.example', expiresAt: new Date(Date.now() + 3_600_000) },
  ]
  await rolecall.db.insert(invitations).values(made)
  expect(await sweep(NEVER)).toMatchObject({ invitations: 1 })
  expect((await listInvitations(owner)).map(({ name }) => name)).toEqual(['early@contoso.example'])
})

describe('runs', () => {
  test('keep their sums for a day, but the published one stays whole', async () => {
    const tenant = await rolecall.tenant()
    const connectionId = await connect(tenant)
    await carryRun(rolecall, tenant.owner, connectionId)
    const { organisationId } = tenant.owner
    const make = async (finished: string, state: 'succeeded' | 'queued' = 'succeeded') => {
      const [run] = await rolecall.db
        .insert(syncRuns)
        .values({
          organisationId,
          connectionId,
          trigger: 'schedule',
          state,
          roleCounts: { owner: { people: 1, others: 0, eligible: 0, eligibleOthers: 0 } },
          finishedAt: sql`now() - ${finished}::interval`,
        })
        .returning({ id: syncRuns.id })
      return run?.id ?? ''
    }
    const [young, older] = [await make('23 hours'), await make('25 hours')]
    const [published] = await rolecall.db.select().from(connections).where(eq(connections.id, connectionId))
    await rolecall.db
      .update(syncRuns)
      .set({ finishedAt: sql`now() - interval '400 days'` })
      .where(eq(syncRuns.id, published?.publishedRunId ?? ''))

    await sweep(NEVER)
    const left = await rolecall.db
      .select({ id: syncRuns.id })
      .from(syncRuns)
      .where(inArray(syncRuns.id, [young, older, published?.publishedRunId ?? '']))
    expect(left.map(({ id }) => id).sort()).toEqual([young, older, published?.publishedRunId].sort())
    const withSums = await rolecall.db
      .select({ id: syncRuns.id })
      .from(syncRuns)
      .where(and(eq(syncRuns.connectionId, connectionId), sql`role_counts <> '{}'`))
    expect(withSums.map(({ id }) => id).sort()).toEqual([young, published?.publishedRunId].sort())
  })
})

test('a worker sweeps when the sweep is due', async () => {
  const tenant = await rolecall.tenant()
  const id = await signedIn(tenant)
  await expire(id, '1 second')
  const ending = new AbortController()
  await startWorker(ending.signal)
  const queue = await getQueue()
  await queue.send(SWEEP_QUEUE)
  const kept = and(eq(connectAttempts.id, id), isNotNull(connectAttempts.sealedCache))
  await vi.waitFor(async () => expect(await rolecall.db.$count(connectAttempts, kept)).toBe(0), { timeout: 30_000 })
  ending.abort(new Error('The test ends.'))
})
