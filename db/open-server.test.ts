import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, Socket } from 'node:net'
import { sql } from 'drizzle-orm'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startProcess } from '@/testing/start-process'
import { useDatabase } from './client'
import { openServer } from './open-server'
import { probeDatabase } from './queries/organisation'
import { organisations } from './schema/organisations'
import { explainServerFault } from './server-faults'

const server = process.env.TEST_DATABASE_URL

describe.runIf(server)('on a PostgreSQL server', () => {
  const name = `rolecall_test_${randomUUID().replaceAll('-', '')}`
  const address = new URL(server ?? 'postgres://none')
  address.pathname = `/${name}`
  const admin = new Client({ connectionString: server })
  const databases = [name]
  const roles: string[] = []

  const open = async (url: string) => {
    const opened = await openServer(url)
    return { ...opened, db: opened.limitTo('every organisation') }
  }

  beforeAll(async () => {
    await admin.connect()
    await admin.query(`create database ${name}`)
  })

  afterAll(async () => {
    for (const database of databases) await admin.query(`drop database ${database} with (force)`)
    for (const role of roles) await admin.query(`drop role ${role}`)
    await admin.end()
  }, 60_000)

  test('several processes may open and migrate an empty database at once', async () => {
    const opened = await Promise.all(Array.from({ length: 5 }, () => open(address.href)))
    for (const { db } of opened) expect(await db.$count(organisations)).toBe(0)
    await Promise.all(opened.map(({ close }) => close()))
  })

  const UNDER_WAY = `select count(*)::int from pg_stat_activity where datname = $1 and query like '%pg_sleep(60)%' and state = 'active'`
  const killConnections = () =>
    admin.query(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1 and application_name = 'rolecall'`,
      [name],
    )

  test('connections that the server ends, idle or inside a transaction, cost that transaction and nothing else', async () => {
    const { db, close } = await open(address.href)
    await db.$count(organisations)
    await killConnections()

    const transaction = db.transaction(async (tx) => {
      await tx.insert(organisations).values({ tenantId: 'lost', name: 'Lost' })
      await killConnections()
      await tx.insert(organisations).values({ tenantId: 'lost too', name: 'Lost' })
    })
    await expect(transaction).rejects.toThrow()
    expect(await db.$count(organisations)).toBe(0)
    await close()
  })

  test('when all connections are busy the next statement fails with a sentence within seconds, and all is well once they are free', {
    timeout: 60_000,
  }, async () => {
    const { db, close } = await open(address.href)
    const free = Promise.withResolvers<void>()
    const waiting = Array.from({ length: 10 }, () => {
      const holding = Promise.withResolvers<void>()
      const done = db.transaction(async (tx) => {
        await tx.execute(sql`select 1`)
        holding.resolve()
        await free.promise
        return tx.$count(organisations)
      })
      return { holding: holding.promise, done }
    })
    await Promise.all(waiting.map(({ holding }) => holding))

    const began = performance.now()
    const next = [db.$count(organisations), db.transaction((tx) => tx.$count(organisations))]
    const faults = await Promise.all(next.map((one) => one.then(() => null, explainServerFault)))
    const sentence = expect.stringContaining('All connections of this process to PostgreSQL stayed busy')
    expect(faults).toEqual([sentence, sentence])
    expect(performance.now() - began).toBeLessThan(15_000)

    free.resolve()
    expect(await Promise.all(waiting.map(({ done }) => done))).toEqual(Array(10).fill(0))
    expect(await Promise.all(Array.from({ length: 30 }, () => db.$count(organisations)))).toEqual(Array(30).fill(0))
    await close()
  })

  test('statements under way when the server ends their connections fail, and the pool heals', async () => {
    const { db, close } = await open(address.href)
    const under = Array.from({ length: 10 }, () => db.execute(sql`select pg_sleep(60)`))
    const failed = Promise.allSettled(under)
    await expect.poll(async () => (await admin.query(UNDER_WAY, [name])).rows[0]?.count, { timeout: 30_000 }).toBe(10)
    await killConnections()
    expect((await failed).map(({ status }) => status)).toEqual(Array(10).fill('rejected'))
    expect(await Promise.all(Array.from({ length: 30 }, () => db.$count(organisations)))).toEqual(Array(30).fill(0))
    await close()
  })

  test('statements have a time limit and connections a name', async () => {
    const { db, close } = await open(address.href)
    const { rows } = await db.execute(sql`
      select current_setting('statement_timeout') as statement, current_setting('application_name') as name`)
    expect(rows).toEqual([{ statement: '30s', name: 'rolecall' }])
    await close()
  })

  test('a statement that takes longer than its limit is cancelled by the server, and its connection is used again', async () => {
    const { db, engine, close } = await open(address.href)
    if (engine.kind !== 'server') throw new Error('This is about PostgreSQL.')
    const tooLong = db.transaction(async (tx) => {
      await tx.execute(sql`set local statement_timeout = '100ms'`)
      await tx.execute(sql`select count(*) from generate_series(1, 1000000000) one`)
    })
    await expect(tooLong).rejects.toMatchObject({ cause: { code: '57014' } })
    expect(await db.$count(organisations)).toBe(0)
    expect(engine.pool.totalCount).toBe(1)
    await close()
  })

  const SECRET = 'correct-horse-battery-staple'
  /** A database of its own whose owner is the administrator, and a user who has only what everybody has in it. */
  async function createStranger() {
    const id = randomUUID().replaceAll('-', '')
    const [user, database] = [`rolecall_user_${id}`, `rolecall_test_${id}`]
    await admin.query(`create role ${user} login password '${SECRET}'`)
    await admin.query(`create database ${database}`)
    roles.push(user)
    databases.push(database)
    const url = new URL(address)
    Object.assign(url, { username: user, password: SECRET, pathname: `/${database}` })
    const asAdmin = async (statements: string) => {
      const client = new Client({ connectionString: addressOf(address, { pathname: `/${database}` }) })
      await client.connect()
      await client.query(statements).finally(() => client.end())
    }
    return { user, database, url, asAdmin }
  }

  const addressOf = (url: URL, changes: Partial<Pick<URL, 'hostname' | 'port' | 'pathname' | 'password' | 'search'>>) =>
    Object.assign(new URL(url), changes).href

  /** What whoever starts Rolecall with this address is told. */
  async function explainOpening(url: string): Promise<string | null> {
    const error: unknown = await openServer(url).then(
      () => null,
      (fault: unknown) => fault,
    )
    expect(error).not.toBeNull()
    return explainServerFault(error)
  }

  const startWorker = (url: string) =>
    startProcess('lib/worker/main.ts', [], {
      DATABASE_URL: url,
      AUTH_SECRET: 'a secret of thirty-two characters',
      ENCRYPTION_KEYS: `test:${Buffer.alloc(32).toString('base64')}`,
      SANDBOX_URL: 'http://127.0.0.1:9',
      LOG_LEVEL: 'info',
    })

  test('a user who may create nothing is told what to grant, and can start once exactly that is granted', {
    timeout: 60_000,
  }, async () => {
    const { user, database, url, asAdmin } = await createStranger()
    const sentence = await explainOpening(url.href)
    const grants = `grant create on database ${database} to ${user}; grant usage, create on schema public to ${user};`
    expect(sentence).toBe(
      `The user ${user} may not create what Rolecall needs in the database ${database}: have an administrator run "${grants}" there.`,
    )
    await asAdmin(grants)
    const { db, close } = await open(url.href)
    expect(await db.$count(organisations)).toBe(0)
    await close()
  })

  test('a user who may not create schemas can start, queue included, when both schemas exist and belong to it', {
    timeout: 90_000,
  }, async () => {
    const { user, url, asAdmin } = await createStranger()
    await asAdmin(`create schema drizzle authorization ${user}; create schema pgboss authorization ${user};
      grant usage, create on schema public to ${user}`)
    const worker = startWorker(url.href)
    await worker.hear((line) => line.includes('"event":"worker_started"'))
    expect(await worker.end('SIGTERM')).toEqual([0, null])
    expect(worker.complaints).toEqual([])

    // Nothing is left to migrate, so the right to create tables in public is not needed any more.
    await asAdmin(`revoke all on schema public from ${user}; grant usage on schema public to ${user}`)
    await (await openServer(url.href)).close()
    await asAdmin('alter schema pgboss owner to current_user')
    expect(await explainOpening(url.href)).toContain(`run "alter schema pgboss owner to ${user};" there`)
    await asAdmin(`alter schema pgboss owner to ${user}; delete from drizzle.__drizzle_migrations`)
    expect(await explainOpening(url.href)).toContain(`"grant usage, create on schema public to ${user};"`)
  })

  test('a start that cannot go on ends at once with one sentence and code 1, and tells no secret', {
    timeout: 60_000,
  }, async () => {
    const { user, url } = await createStranger()
    const worker = startWorker(url.href)
    expect(await worker.exit).toEqual([1, null])
    expect(worker.complaints).toEqual([expect.stringContaining(`The user ${user} may not create what Rolecall needs`)])
    expect([...worker.complaints, ...worker.lines].join()).not.toMatch(/correct-horse|postgres(ql)?:/)
  })

  test('each fault of the address, the server or the user has a sentence that says what to do, without secrets', {
    timeout: 60_000,
  }, async () => {
    const { user, database, url, asAdmin } = await createStranger()
    await admin.query(`do $$ begin create role asked_for_password; exception when duplicate_object then end $$`)
    await admin.query(`grant asked_for_password to ${user}`)
    await asAdmin(`create schema old;
      create function old.current_setting(name text) returns text language sql
        return case name when 'server_version_num' then '130021' else '13.21' end;
      grant usage on schema old to public`)
    const silent = createServer(() => {})
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const free = createServer().listen(0, '127.0.0.1')
    await once(free, 'listening')
    const { port: closedPort } = free.address() as AddressInfo
    free.close()

    const sentences = await Promise.all([
      explainOpening(addressOf(url, { password: 'battery-staple' })),
      explainOpening(addressOf(url, { password: '' })),
      explainOpening(addressOf(url, { pathname: '/missing' })),
      explainOpening(
        addressOf(address, { pathname: `/${database}`, search: '?options=-csearch_path%3Dold,pg_catalog' }),
      ),
      explainOpening(addressOf(url, { port: String(closedPort) })),
      explainOpening(addressOf(url, { hostname: 'no-such-host.invalid', search: '?sslmode=verify-full' })),
      explainOpening(addressOf(url, { port: String((silent.address() as AddressInfo).port) })),
      explainOpening(addressOf(url, { search: '?sslmode=verify-full' })),
    ])
    silent.close()
    expect(sentences).toEqual([
      `PostgreSQL refuses the sign-in (password authentication failed for user "${user}"): correct the user and the password in DATABASE_URL.`,
      'PostgreSQL asks for a password, and DATABASE_URL has none: add it.',
      'PostgreSQL says: database "missing" does not exist. Have an administrator create it, or correct the name in DATABASE_URL.',
      'PostgreSQL 14 or newer is needed, and the server in DATABASE_URL is 13.21: upgrade it.',
      'Nothing listens at the host and port in DATABASE_URL: start PostgreSQL there, or correct them.',
      expect.stringMatching(/^The host in DATABASE_URL (is not known|could not be looked up)/),
      'The server in DATABASE_URL does not answer: start it, let the firewall through, or correct host and port.',
      expect.stringContaining('The PostgreSQL server speaks no TLS'),
    ])
    expect(sentences.join()).not.toMatch(/battery-staple/)
  })

  test('the probe fails within seconds while the server is silent or gone, and answers once it is back', {
    timeout: 60_000,
  }, async () => {
    const line = await startLine(Number(address.port))
    const opened = await openServer(addressOf(address, { hostname: '127.0.0.1', port: String(line.port) }))
    const uninstall = useDatabase(opened)
    await probeDatabase()

    line.freeze()
    const began = performance.now()
    await expect(probeDatabase()).rejects.toThrow()
    expect(performance.now() - began).toBeLessThan(15_000)
    line.cut()
    await expect(probeDatabase()).rejects.toThrow()
    line.mend()
    await probeDatabase()

    uninstall()
    await opened.close()
    line.end()
  })
})

/** A TCP line to a local port that can be frozen (nothing passes, nothing ends), cut, and mended. */
async function startLine(target: number) {
  let state: 'open' | 'cut' = 'open'
  const sockets = new Set<Socket>()
  const proxy = createServer((near) => {
    if (state === 'cut') return near.destroy()
    const far = new Socket().connect(target, '127.0.0.1')
    near.pipe(far).pipe(near)
    for (const socket of [near, far]) sockets.add(socket.on('error', () => near.destroy()))
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const destroyAll = () => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  return {
    port: (proxy.address() as AddressInfo).port,
    freeze() {
      for (const socket of sockets) socket.unpipe().pause()
    },
    cut() {
      state = 'cut'
      destroyAll()
    },
    mend() {
      state = 'open'
    },
    end() {
      destroyAll()
      proxy.close()
    },
  }
}
