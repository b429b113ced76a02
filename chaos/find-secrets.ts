import { sql } from 'drizzle-orm'
import { getDbOfEveryOrganisation } from '@/db/client'

/** Every row of every table as text, those of the queue among them. */
async function listRows(): Promise<{ table: string; row: string }[]> {
  const db = await getDbOfEveryOrganisation()
  const { rows: tables } = await db.execute<{ name: string }>(sql`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')`)
  const selects = tables.map(({ name }) => sql`select ${name} as "table", t::text as row from ${sql.raw(name)} t`)
  const { rows } = await db.execute<{ table: string; row: string }>(sql.join(selects, sql` union all `))
  return rows
}

/** Sentences about each secret that stands outside its seal: in a row of any table, or in the given log. */
export async function findSecrets(secrets: ReadonlySet<string>, log: string): Promise<string[]> {
  const found: string[] = []
  for (const secret of secrets)
    if (log.includes(secret)) found.push(`The log holds a secret that ends in ${secret.slice(-6)}.`)
  if (secrets.size === 0) return found
  const any = new RegExp([...secrets].map((secret) => RegExp.escape(secret)).join('|'))
  for (const { table, row } of await listRows()) {
    const hit = any.exec(row)
    if (hit) found.push(`A row of ${table} holds a secret that ends in ${hit[0].slice(-6)}.`)
  }
  return found
}

/** The tables that still have rows of a connection, and how many. */
export async function listLeftovers(connectionId: string): Promise<string[]> {
  const db = await getDbOfEveryOrganisation()
  const { rows: tables } = await db.execute<{ name: string }>(sql`
    select format('%I.%I', table_schema, table_name) as name from information_schema.columns
    where column_name = 'connection_id' and table_schema = 'public'`)
  const left: string[] = []
  for (const { name } of tables) {
    const { rows } = await db.execute<{ found: number }>(
      sql`select count(*)::int as found from ${sql.raw(name)} where connection_id = ${connectionId}`,
    )
    if (rows[0]?.found) left.push(`${name}: ${rows[0].found}`)
  }
  return left
}
