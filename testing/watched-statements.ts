import type { PGlite, Transaction } from '@electric-sql/pglite'

/** Statements that PostgreSQL explains. All others, such as those that make an empty temporary table, read no row of ours. */
const EXPLAINED = /^\s*(with|select|insert|update|delete|merge|create temporary table \S+ on commit drop as)\b/i

/** What a condition of a plan says of the organisation of a table: that it is one that the statement names, or that of another table. */
const ORGANISATION = String.raw`"?(\w+)"?\.organisation_id`
const NAMED = new RegExp(`${ORGANISATION} = '[0-9a-f-]{36}'::uuid`, 'g')
const TIED = new RegExp(`${ORGANISATION} = ${ORGANISATION}`, 'g')

/**
 * What Citus refuses in a statement that writes (`multi_router_planner.c`): a function whose answer is not the same for ever, or a
 * subquery, for rows that an insert finds there already; and such a function in what a statement returns or chooses by `case` or
 * `coalesce`. That is about `now()` here. The moment is a value instead, or in an upsert `excluded` has it.
 */
const REFUSED = [
  /\bon conflict\b.*\bdo update\b.*(\bnow\(\)|\(\s*select\b)/is,
  /\breturning\b.*\bnow\(\)/is,
  /\b(update|delete)\b.*\b(case\b((?!\bend\b).)*|coalesce\([^()]*(\([^()]*\)[^()]*)*)\bnow\(\)/is,
]

/**
 * The statements that read rows of every organisation, with the reason. Each only reads, without locks, and tells no more than whose
 * turn it is: what is done then is done in statements that name the organisation.
 */
const OF_EVERY_ORGANISATION: [statement: RegExp, reason: string][] = [
  [/^select "organisation_id" from "member_sessions" where \S+"token_hash" = /, 'a token that an earlier version made'],
  [/^select "organisation_id" from "feeds" where \S+"id" = /, 'a feed whose token an earlier version made'],
  [
    /^select "connections"."organisation_id", "connections"."id" from "connections" .*"next_sync_at" <=/,
    'syncs that are due',
  ],
  [/^select "organisation_id", "id" from "accounts" where .*"next_look_at" <=/, 'accounts whose look is due'],
  [
    /^select "organisation_id", "id"(, "fence", "connection_id", "calls", "retries")? from "sync_runs" where /,
    'lost runs',
  ],
  [/^select "organisation_id", "id", "fence" from "prepared_exports" where /, 'lost exports'],
  [/^select "organisation_id", "connection_id" from "connection_deletions" where /, 'lost deletions'],
  [
    /^select substring\("sealed" from .{1,40}\), count\(\*\)::int, min\(/,
    'the keys that sealed anything, with one place for each',
  ],
  [/^select substring\("sealed" from .{1,40}\) as header from /, 'the keys that sealed anything'],
  [
    /^\s*select organisation_id as "organisationId", "\w+" as id from "\w+"\s+where "\w+" is not null and \(/,
    'secrets to seal anew',
  ],
  [/^select distinct organisation_id as id from "\w+" where /, 'organisations that have something to sweep'],
]

type Plan = { Schema?: string; 'Relation Name'?: string; Alias?: string; Plans?: Plan[]; [property: string]: unknown }

/**
 * Watches the statements that the product sends to a test's database: on a database whose rows are spread over several machines by
 * organisation, each has to name one organisation for every table, so that one machine answers it. PostgreSQL's planner is asked, which
 * knows what follows from a join, and without row-level security, whose conditions would name an organisation everywhere.
 *
 * This is for PGlite alone: there a test may ask as another user in the middle of a transaction, where its temporary tables are.
 */
export function watchStatements(pglite: PGlite): { watched: Pick<PGlite, 'transaction'>; throwWide(): void } {
  const seen = new Set<string>()
  const wide: string[] = []
  let spread: Set<string> | null = null

  async function watch(tx: Transaction, ...[text, values, options]: Parameters<Transaction['query']>): Promise<void> {
    const shape = text.replace(/\$\d+(?:, \$\d+)+/g, '$…')
    if (seen.has(shape) || !EXPLAINED.test(text)) return
    seen.add(shape)
    await tx.exec('set local role postgres')
    spread ??= await readSpreadTables(tx)
    const { rows } = await tx.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `explain (verbose, format json) ${text}`,
      values,
      { ...options, rowMode: 'object' },
    )
    await tx.exec('set local role rolecall_app')
    const nodes = rows.flatMap((row) => listNodes(row['QUERY PLAN'][0].Plan))
    const isSpread = (node: Plan) => node.Schema === 'public' && spread?.has(nameOf(node)) === true
    const tables = listWide(nodes, isSpread)
    if (tables.length > 0 && !isOfEveryOrganisation(text))
      wide.push(`names no organisation for ${tables.join(', ')}: ${text}`)
    if (REFUSED.some((refused) => refused.test(text)) && nodes.some((node) => isWrite(node) && isSpread(node)))
      wide.push(`has a function or a subquery where Citus takes none: ${text}`)
  }

  const watchIn = (tx: Transaction): Transaction =>
    new Proxy(tx, {
      get(target, property) {
        if (property !== 'query') return Reflect.get(target, property, target)
        return async (...statement: Parameters<Transaction['query']>) => {
          await watch(target, ...statement)
          return target.query(...statement)
        }
      },
    })
  const transaction: PGlite['transaction'] = (work) => pglite.transaction((tx) => work(watchIn(tx)))
  return {
    watched: { transaction },
    throwWide() {
      if (wide.length > 0) throw new Error(`Statements that are not of one organisation:\n\n${wide.join('\n\n')}`)
    },
  }
}

async function readSpreadTables(tx: Transaction): Promise<Set<string>> {
  const { rows } = await tx.query<{ name: string }>(
    `select relname as name from pg_class join pg_attribute on attrelid = pg_class.oid
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and attname = 'organisation_id'`,
  )
  return new Set(rows.map(({ name }) => name))
}

const isOfEveryOrganisation = (text: string): boolean =>
  OF_EVERY_ORGANISATION.some(([statement]) => statement.test(text)) &&
  !/\bfor (update|no key update|share|key share)\b/.test(text)

const listNodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(listNodes)]

const nameOf = (node: Plan): string => String(node['Relation Name'])

const isWrite = (node: Plan): boolean => node['Node Type'] === 'ModifyTable'

/** The tables of which a plan reads more than one organisation: none is named for them, nor for a table that has the same one. */
function listWide(nodes: Plan[], isSpread: (node: Plan) => boolean): string[] {
  const read = nodes.filter((node) => isSpread(node) && !isWrite(node))
  const conditions = nodes
    .flatMap((node) => Object.entries(node))
    .flatMap(([property, value]) => (/Cond|Filter/.test(property) ? [String(value)] : []))
    .join(' ')
  const named = new Set(conditions.matchAll(NAMED).map(([, alias]) => alias))
  if (named.size === 0) return [...new Set(read.map(nameOf))]
  // What is read from a subquery has its organisation from the tables in there, of which the same is asked.
  const tables = new Set(read.map(({ Alias }) => Alias))
  const ties = [...conditions.matchAll(TIED)].flatMap(([, one, other]) => [
    [one, other] as const,
    [other, one] as const,
  ])
  for (let before = -1; before < named.size; ) {
    before = named.size
    for (const [one, other] of ties) if (named.has(one) || !tables.has(one)) named.add(other)
  }
  return [...new Set(read.filter(({ Alias }) => !named.has(Alias)).map(nameOf))]
}
