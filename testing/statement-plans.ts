import { Client, type Pool, type QueryConfig } from 'pg'

/** A node of a plan as `explain (analyze, buffers, format json)` gives it. */
type PlanNode = {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Actual Rows'?: number
  'Actual Loops'?: number
  'Rows Removed by Filter'?: number
  'Rows Removed by Index Recheck'?: number
  'Shared Hit Blocks'?: number
  'Shared Read Blocks'?: number
  'Actual Total Time'?: number
  Plans?: PlanNode[]
}

/** A statement that was sent to a PostgreSQL, with its values. */
export type Statement = { text: string; values: unknown[] }

/** The statements that a read sends to a PostgreSQL, without those that begin and end a transaction. */
export async function recordStatements(read: () => Promise<unknown>): Promise<Statement[]> {
  const sent: Statement[] = []
  const query = Client.prototype.query
  const record = function (this: Client, ...args: unknown[]) {
    const [first, values] = args as [QueryConfig | string, unknown[] | undefined]
    const text = typeof first === 'string' ? first : first.text
    if (/^\s*(select|with)/.test(text)) sent.push({ text, values: values ?? [] })
    return Reflect.apply(query, this, args)
  }
  Client.prototype.query = record as typeof query
  try {
    await read()
  } finally {
    Client.prototype.query = query
  }
  return sent
}

/** Carries out a statement once more as a reader of an organisation, and gives its plan with what it has read. */
export async function analyseStatement(pool: Pool, organisationId: string, statement: Statement): Promise<PlanNode> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query(`select set_config('rolecall.organisation', $1, true)`, [organisationId])
    const { rows } = await client.query(`explain (analyze, buffers, format json) ${statement.text}`, statement.values)
    await client.query('rollback')
    return rows[0]['QUERY PLAN'][0].Plan
  } finally {
    client.release()
  }
}

/** All nodes of a plan. */
export const nodesOf = (plan: PlanNode): PlanNode[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]

/** How many rows of tables and indexes a plan has looked at, those included that it looked at for nothing. */
export function countRowsRead(plan: PlanNode): number {
  const scans = nodesOf(plan).filter(({ 'Node Type': type }) => /Scan$/.test(type) && !NO_TABLES.test(type))
  return scans.reduce((sum, node) => {
    const each =
      (node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)
    return sum + Math.round(each * (node['Actual Loops'] ?? 0))
  }, 0)
}

/** Scans of what a statement has made itself. A bitmap's rows are counted where they are taken from the table. */
const NO_TABLES = /^(CTE|WorkTable|Function|Subquery|Values|Named Tuplestore|Table Function|Bitmap Index) Scan$/

/** How many pages of the database a plan has looked at. */
export const countBuffers = (plan: PlanNode): number =>
  (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0)
