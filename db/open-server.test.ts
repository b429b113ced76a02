import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { Client, Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openServer } from './open-server'
import { organisations } from './schema/organisations'

const server = process.env.TEST_DATABASE_URL

describe.runIf(server)('on a PostgreSQL server', () => {
  const name = `rolecall_test_${randomUUID().replaceAll('-', '')}`
  const address = new URL(server ?? 'postgres://none')
  address.pathname = `/${name}`
  const admin = new Client({ connectionString: server })

  beforeAll(async () => {
    await admin.connect()
    await admin.query(`create database ${name}`)
  })

  afterAll(async () => {
    await admin.query(`drop database ${name} with (force)`)
    await admin.end()
  })

  test('several processes may open and migrate an empty database at once', async () => {
    const opened = await Promise.all(Array.from({ length: 5 }, () => openServer(address.href)))
    for (const { db } of opened) expect(await db.$count(organisations)).toBe(0)
    await Promise.all(opened.map(({ close }) => close()))
  })

  const killConnections = () =>
    admin.query(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1 and application_name = 'rolecall'`,
      [name],
    )

  test('connections that the server ends, idle or inside a transaction, cost that transaction and nothing else', async () => {
    const { db, close } = await openServer(address.href)
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

  test('statements have a time limit and connections a name', async () => {
    const { db, close } = await openServer(address.href)
    const { rows } = await db.execute(sql`
      select current_setting('statement_timeout') as statement, current_setting('application_name') as name`)
    expect(rows).toEqual([{ statement: '30s', name: 'rolecall' }])
    expect(db.$client).toBeInstanceOf(Pool)
    await close()
  })
})
