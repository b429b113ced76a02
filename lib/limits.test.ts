import { randomUUID } from 'node:crypto'
import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { limitCounts, limitLeases } from '@/db/schema/limits'
import { connect } from '@/testing/rolecall'
import { type SharedRolecall, startSharedRolecall } from '@/testing/shared-rolecall'
import { startProcess } from '@/testing/start-process'
import { beginConnect, beginReconnect } from './connections/attempts'
import { checkAttempt } from './connections/checks'
import { beginSignInForAttempt } from './connections/sign-in'
import { streamWithLease, takeLease, withLease } from './leases'
import { LEASES, LIMITS, type LimitName, limit, limitVisitor, TooMany } from './limits'
import { requestSync } from './sync/request-sync'

let rolecall: SharedRolecall
beforeAll(async () => {
  rolecall = await startSharedRolecall()
})
afterAll(() => rolecall.close())

/** How many of so many calls at once are allowed. */
async function countAllowed(times: number, ask: () => Promise<unknown>): Promise<number> {
  const outcomes = await Promise.allSettled(Array.from({ length: times }, ask))
  for (const one of outcomes) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(TooMany)
  return outcomes.filter(({ status }) => status === 'fulfilled').length
}

/** Uses up a limit. */
const useUp = (name: LimitName, key: string) => countAllowed(LIMITS[name].most(), () => limit(name, key))

/** Lets so many seconds pass for what is counted. */
const letPass = (seconds: number) =>
  rolecall.db.update(limitCounts).set({ endsAt: sql`ends_at - make_interval(secs => ${seconds})` })

const windowOf = async (name: LimitName, key: string) => {
  const [row] = await rolecall.db
    .select({ count: limitCounts.count, endsAt: limitCounts.endsAt })
    .from(limitCounts)
    .where(and(eq(limitCounts.name, name), eq(limitCounts.key, key)))
  return row
}

test('as many as a limit allows go through, also at once, and not one more until its window has ended', async () => {
  const key = randomUUID()
  const { most, seconds } = LIMITS.export
  expect(await countAllowed(most() + 20, () => limit('export', key))).toBe(most())
  const before = await windowOf('export', key)

  const refusal: unknown = await limit('export', key).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(TooMany)
  const { retryAfterSeconds, message } = refusal as TooMany
  expect(retryAfterSeconds).toBeGreaterThan(seconds - 60)
  expect(retryAfterSeconds).toBeLessThanOrEqual(seconds)
  expect(message).toBe(`You asked for too many exports. Try again in ${retryAfterSeconds} seconds.`)
  expect(await windowOf('export', key), 'asking in vain lengthens nothing').toEqual(before)

  await letPass(retryAfterSeconds)
  await limit('export', key)
  expect(await windowOf('export', key)).toMatchObject({ count: 1 })
})

test('limits of different names, members and connections do not touch each other', async () => {
  const key = randomUUID()
  await useUp('export', key)
  await limit('sync', key)
  await limit('export', randomUUID())
  await expect(limit('export', key)).rejects.toThrow(TooMany)
})

test('a network that begins too many sign-ins is refused without using up what is left for others', async () => {
  const [one, other] = ['192.0.2.7', '192.0.2.8']
  const most = LIMITS.sign_in.most()
  expect(await countAllowed(most + 10, () => limitVisitor('sign_in', one))).toBe(most)
  expect(await windowOf('sign_in_all', 'all')).toMatchObject({ count: most })
  await limitVisitor('sign_in', other)
  await limitVisitor('callback', one)
})

test('ever new addresses get no more than everybody together may begin', async () => {
  await letPass(120)
  const most = LIMITS.sign_in_all.most()
  let next = 0
  const fromAnewAddress = () => limitVisitor('sign_in', `2001:db8:${(++next).toString(16)}::1`)
  expect(await countAllowed(most + 25, fromAnewAddress)).toBe(most)
  await letPass(120)
})

test('all addresses of one IPv6 network are one client', async () => {
  const most = LIMITS.sign_in.most()
  let next = 0
  const fromTheSameNetwork = () => limitVisitor('sign_in', `2001:db8:0:1::${(++next).toString(16)}`)
  expect(await countAllowed(most + 10, fromTheSameNetwork)).toBe(most)
  await limitVisitor('sign_in', '2001:db8:0:2::1')
})

test('without an address only what everybody may begin together is counted', async () => {
  await letPass(120)
  expect(await countAllowed(LIMITS.callback.most() + 10, () => limitVisitor('callback', null))).toBe(
    LIMITS.callback.most() + 10,
  )
})

test('no address of a client is stored', async () => {
  await limitVisitor('sign_in', '203.0.113.77')
  expect(JSON.stringify(await rolecall.db.select().from(limitCounts))).not.toContain('203.0.113')
})

test('what has expired is deleted, however many new clients come, and what counts stays', async () => {
  const kept = randomUUID()
  await letPass(600)
  await limit('export', kept)
  const old = Array.from({ length: 120 }, () => ({
    name: 'sign_in',
    key: randomUUID(),
    count: 1,
    endsAt: new Date(Date.now() - 60_000),
  }))
  await rolecall.db.insert(limitCounts).values(old)
  for (let index = 0; index < 4; index++) await limit('connect_check', randomUUID())
  const left = await rolecall.db.select({ key: limitCounts.key, endsAt: limitCounts.endsAt }).from(limitCounts)
  expect(left.filter(({ endsAt }) => endsAt.getTime() < Date.now() - 30_000)).toEqual([])
  expect(left.map(({ key }) => key)).toContain(kept)
})

describe('verbs', () => {
  test('a member who began too many attempts begins none, and Microsoft is not asked', async () => {
    const tenant = await rolecall.tenant()
    await useUp('connect_attempt', tenant.owner.memberId)
    const { log } = rolecall.sandbox.world
    log.length = 0
    await expect(beginConnect(tenant.owner, tenant.subscription.id)).rejects.toThrow(TooMany)
    await expect(beginReconnect(tenant.owner, randomUUID())).rejects.toThrow(TooMany)
    expect(log).toEqual([])
  })

  test('a member who asked for too many sign-ins or checks of an attempt gets none', async () => {
    const tenant = await rolecall.tenant()
    const begun = await beginConnect(tenant.owner, tenant.subscription.id)
    const attemptId = begun.kind === 'begun' ? begun.attemptId : ''
    await useUp('connect_sign_in', tenant.owner.memberId)
    await useUp('connect_check', tenant.owner.memberId)
    await expect(beginSignInForAttempt(tenant.owner, attemptId)).rejects.toThrow(TooMany)
    await expect(checkAttempt(tenant.owner, attemptId)).rejects.toThrow(TooMany)
  })

  test('a subscription has its own limit of syncs, which another organisation cannot use up', async () => {
    const tenant = await rolecall.tenant()
    const stranger = await rolecall.tenant()
    const id = await connect(tenant)
    for (let index = 0; index < LIMITS.sync.most() + 1; index++)
      await requestSync(stranger.owner, id).catch(() => undefined)
    for (let index = 0; index < LIMITS.sync.most(); index++) await requestSync(tenant.owner, id)
    await expect(requestSync(tenant.owner, id)).rejects.toThrow(
      /^Too many syncs were asked for in this subscription\. Try/,
    )
  })

  test('a member has a limit of syncs in all subscriptions together', async () => {
    const tenant = await rolecall.tenant()
    await useUp('sync_member', tenant.owner.memberId)
    await expect(requestSync(tenant.owner, randomUUID())).rejects.toThrow(TooMany)
  })
})

describe('leases', () => {
  const { each, all, seconds } = LEASES.question
  const freeAll = () => rolecall.db.delete(limitLeases)

  test('a member has so many questions under way at a time, and a place is free again when one is answered', async () => {
    await freeAll()
    const member = randomUUID()
    const places = await Promise.all(Array.from({ length: each }, () => takeLease('question', member)))
    const refusal: unknown = await takeLease('question', member).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ retryAfterSeconds: 5, limit: 'question' })
    await withLease('question', randomUUID(), async () => {})

    await places[0]?.()
    await places[0]?.()
    expect(await countAllowed(3, () => takeLease('question', member))).toBe(1)
  })

  test('everybody together has no more than there are places, however many ask at once', async () => {
    await freeAll()
    expect(await countAllowed(all + 15, () => takeLease('question', randomUUID()))).toBe(all)
  })

  test('a failed answer gives its place back', async () => {
    await freeAll()
    const member = randomUUID()
    for (let index = 0; index < each + 2; index++) {
      const failing = withLease('question', member, async () => {
        throw new Error('The database is away.')
      })
      await expect(failing).rejects.toThrow('The database is away.')
    }
  })

  test('what its process never gave back counts no more after a while', async () => {
    await freeAll()
    const member = randomUUID()
    for (let index = 0; index < each; index++) await takeLease('question', member)
    await rolecall.db.update(limitLeases).set({ expiresAt: sql`expires_at - make_interval(secs => ${seconds})` })
    expect(await countAllowed(each + 1, () => takeLease('question', member))).toBe(each)
  })

  test('a stream holds its place until it was read to its end, failed or was given up', async () => {
    await freeAll()
    const member = randomUUID()
    const places = () => rolecall.db.$count(limitLeases, eq(limitLeases.key, member))
    const streamOf = (...chunks: (string | Error)[]) =>
      streamWithLease('export_under_way', member, () => {
        const left = chunks.values()
        return new ReadableStream({
          pull(controller) {
            const { value, done } = left.next()
            if (done) return controller.close()
            if (value instanceof Error) throw value
            controller.enqueue(new TextEncoder().encode(value))
          },
        })
      })

    const whole = await streamOf('one ', 'two')
    expect(await places()).toBe(1)
    expect(await new Response(whole).text()).toBe('one two')
    const failing = await streamOf('one ', new Error('The database is away.'))
    await expect(new Response(failing).text()).rejects.toThrow('The database is away.')
    const givenUp = (await streamOf('one', 'two', 'three')).getReader()
    await givenUp.read()
    expect(await places()).toBe(1)
    await givenUp.cancel()
    await vi.waitFor(async () => expect(await places()).toBe(0))
  })
})

describe.runIf(process.env.TEST_DATABASE_URL)('two processes on one PostgreSQL', () => {
  const start = async () => {
    const one = startProcess('testing/limit-process.ts', [], rolecall.settings)
    await one.hear((line) => line === 'ready')
    return one
  }
  const allowed = async (asking: string, processes: Awaited<ReturnType<typeof start>>[]) => {
    const from = processes.map(({ lines }) => lines.length)
    for (const one of processes) one.say(asking)
    const said = await Promise.all(processes.map((one, at) => one.hear((line) => line.startsWith('allowed'), from[at])))
    return said.map((line) => Number(line.split(' ')[1])).reduce((sum, one) => sum + one, 0)
  }

  test('share what is counted and what is under way, to the last one', async () => {
    const processes = await Promise.all([start(), start()])
    const key = randomUUID()
    const most = LIMITS.export.most()
    expect(await allowed(`limit export ${key} ${most}`, processes)).toBe(most)
    expect(await allowed(`lease question ${key} ${LEASES.question.each}`, processes)).toBe(LEASES.question.each)
    await Promise.all(processes.map((one) => one.end()))
  })
})
