import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type SpokenProcess, startProcess } from '@/testing/start-process'
import { openServer } from './open-server'
import { organisations } from './schema/organisations'
import { explainServerFault } from './server-faults'

const server = process.env.TEST_DATABASE_URL

describe.runIf(server)('users of a PostgreSQL server', () => {
  const admin = new Client({ connectionString: server })
  const made = { roles: [] as string[], databases: [] as string[] }
  const started: SpokenProcess[] = []

  beforeAll(() => admin.connect())
  afterEach(() => Promise.all(started.splice(0).map((one) => one.end())))
  afterAll(async () => {
    for (const database of made.databases) await admin.query(`drop database if exists ${database} with (force)`)
    for (const role of made.roles) await admin.query(`drop role if exists ${role}`)
    await admin.end()
  }, 60_000)

  /** The SQL that stands under a heading of the manual, with names of our own in place of those that are shown there. */
  function manual() {
    const id = randomUUID().replaceAll('-', '')
    const [database, user, owner, application] = ['', 'u', '_owner', '_app'].map((end) => `rolecall_test_${id}${end}`)
    const names: Record<string, string> = { rolecall_owner: `${owner}`, rolecall_app: `${application}` }
    made.roles.push(`${user}`, `${owner}`, `${application}`)
    made.databases.push(`${database}`)
    const text = readFileSync('docs/operating.md', 'utf8')
    return {
      sql(heading: string): string[] {
        const block = text.slice(text.indexOf(heading)).match(/```sql\n([\s\S]*?)```/)?.[1] ?? ''
        return block
          .replaceAll('database rolecall', `database ${database}`)
          .replaceAll(/\brolecall(_owner|_app)?\b(?!_test)/g, (name) => names[name] ?? `${user}`)
          .replaceAll(`database ${user}`, `database ${database}`)
          .split(';')
          .map((statement) => statement.trim())
          .filter(Boolean)
      },
      address: (name: 'user' | 'owner' | 'application') =>
        Object.assign(new URL(server ?? ''), {
          username: { user, owner, application }[name],
          password: '…',
          pathname: `/${database}`,
        }).href,
      database: `${database}`,
    }
  }

  const run = async (statements: string[]) => {
    for (const statement of statements) await admin.query(statement)
  }
  const start = (program: string, DATABASE_URL: string, DATABASE_MIGRATION_URL: string) => {
    const settings = {
      AUTH_SECRET: 'a secret of thirty-two characters',
      ENCRYPTION_KEYS: `test:${Buffer.alloc(32).toString('base64')}`,
      SANDBOX_URL: 'http://127.0.0.1:9',
      LOG_LEVEL: 'info',
    }
    const process = startProcess(program, [], { DATABASE_URL, DATABASE_MIGRATION_URL, ...settings })
    started.push(process)
    return process
  }
  const startWorker = async (DATABASE_URL: string, DATABASE_MIGRATION_URL = '') => {
    const worker = start('lib/worker/main.ts', DATABASE_URL, DATABASE_MIGRATION_URL)
    await worker.hear((line) => line.includes('"event":"worker_started"'))
    expect(await worker.end('SIGTERM')).toEqual([0, null])
    expect(worker.complaints).toEqual([])
    return worker
  }
  const explain = (opening: Promise<unknown>) => opening.then(() => null, explainServerFault)

  test('with two users as the manual makes them, one migrates and the other one works, queue included', {
    timeout: 120_000,
  }, async () => {
    const { sql, address } = manual()
    await run(sql('**Two users.**'))
    const early = await explain(openServer(address('user')))
    expect(early).toContain('have an administrator run')

    const migration = start('lib/worker/migrate.ts', address('user'), address('owner'))
    expect(await migration.exit).toEqual([0, null])
    expect(migration.complaints).toEqual([])
    // Once the tables are there, a process needs only the address of the user who works with them.
    const worker = await startWorker(address('user'))
    expect(worker.lines.filter((line) => line.includes('database_set_up'))).toEqual([])
    const { limitTo, close } = await openServer(address('user'))
    await limitTo('every organisation').insert(organisations).values({ tenantId: 'contoso', name: 'Contoso' })
    expect(await limitTo('every organisation').$count(organisations)).toBe(1)
    await close()

    const client = new Client({ connectionString: address('owner') })
    await client.connect()
    // The owner is held to row-level security as well.
    expect((await client.query('select from organisations')).rowCount).toBe(0)
    await client.query('delete from drizzle.__drizzle_migrations')
    await client.end()
    expect(await explain(openServer(address('user')))).toContain('run "npm run migrate" with DATABASE_MIGRATION_URL')
  })

  test('an installation with one user goes over to two as the manual says, and loses nothing', {
    timeout: 120_000,
  }, async () => {
    const { sql, address } = manual()
    await run(sql('**One user.**'))
    await startWorker(address('user'))
    const before = await openServer(address('user'))
    await before.limitTo('every organisation').insert(organisations).values({ tenantId: 'contoso', name: 'Contoso' })
    await before.close()

    const inside = new Client({ connectionString: Object.assign(new URL(address('user')), ofAdministrator()).href })
    await inside.connect()
    for (const statement of sql('From one user to two:')) await inside.query(statement)
    await inside.end()
    await startWorker(address('application'), address('user'))
    const after = await openServer(address('application'))
    expect(await after.limitTo('every organisation').$count(organisations)).toBe(1)
    await after.close()
  })

  test('a superuser is warned of in the log, since row-level security does not hold them', {
    timeout: 60_000,
  }, async () => {
    const { database, sql } = manual()
    await run(sql('**One user.**'))
    const worker = await startWorker(Object.assign(new URL(server ?? ''), { pathname: `/${database}` }).href)
    const warnings = worker.lines.filter((line) => line.includes('database_set_up'))
    expect(warnings).toEqual([expect.stringContaining('is a superuser or has BYPASSRLS')])
  })

  test('what is wrong with the address of the owner is told by the name of its own setting', async () => {
    const { sql, address } = manual()
    await run(sql('**Two users.**'))
    const missing = Object.assign(new URL(address('owner')), { pathname: '/missing' }).href
    expect(await explain(openServer(address('user'), missing))).toMatch(
      /database "missing" does not exist.*DATABASE_MIGRATION_URL/,
    )
  })

  /** The administrator's own name and password, in place of another user's. */
  const ofAdministrator = () => {
    const { username, password } = new URL(server ?? '')
    return { username, password }
  }
})
