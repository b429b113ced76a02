import type { FaultRule } from '@/sandbox/control/fault-rules'
import type { Random } from '@/sandbox/world/random'

/**
 * What a database does at one of our statements.
 *
 * - `ended`: the server ends the connection before the statement reaches it (`pg_terminate_backend`).
 * - `crashed`: the server ends at once and starts again before the statement reaches it. Whoever else asks it meanwhile is
 *   refused too, and every connection to it is gone.
 * - `cut`: the connection breaks while the statement is under way, so nobody knows whether it was carried out.
 * - `answer_lost`: the statement is carried out, and the connection breaks before its answer arrives.
 * - `disk_full`, `serialization`, `too_many_connections`, `timed_out`, `read_only`: the database refuses the statement
 *   with the SQLSTATE that PostgreSQL has for it.
 * - `pool_exhausted`: no connection of the pool becomes free in time.
 */
export const DATABASE_FAULTS = [
  'ended',
  'crashed',
  'cut',
  'answer_lost',
  'disk_full',
  'serialization',
  'too_many_connections',
  'timed_out',
  'read_only',
  'pool_exhausted',
] as const
export type DatabaseFaultKind = (typeof DATABASE_FAULTS)[number]

/** Those that need a network between us and the database, which the embedded one does not have. */
const ONLY_ON_A_SERVER: readonly DatabaseFaultKind[] = [
  'ended',
  'crashed',
  'cut',
  'answer_lost',
  'too_many_connections',
  'read_only',
  'pool_exhausted',
]

/**
 * What happens to one of our requests to Microsoft, or to the process that sends it.
 *
 * - `reset`: it never arrives. `answer_lost`: it is carried out, and the answer does not arrive.
 * - `stopped`: our process is told to end (SIGTERM). `killed`: from here on nothing of this work reaches the database or
 *   Microsoft any more, and nobody is told.
 */
export const REQUEST_FAULTS = ['reset', 'answer_lost', 'stopped', 'killed'] as const
export type RequestFaultKind = (typeof REQUEST_FAULTS)[number]

export type DatabaseFault = { on: 'statement'; kind: DatabaseFaultKind | 'killed'; at: number; lasts: number }
export type RequestFault = { on: 'request'; kind: RequestFaultKind; at: number }
export type MicrosoftFault = { on: 'microsoft'; kind: string; rule: Omit<FaultRule, 'seen' | 'fired'> }
export type ClockFault = { on: 'clock'; kind: 'ten_minutes_ahead' | 'ten_minutes_behind' }
export type Fault = DatabaseFault | RequestFault | MicrosoftFault | ClockFault

export type Engine = 'embedded' | 'postgres'

/** A fault as the summary calls it. */
export const nameOf = ({ on, kind }: Pick<Fault, 'on' | 'kind'>): string => `${on} ${kind}`

/** Every fault that schedules on an engine can have, by name, so that a summary can tell which never fired. */
export function listFaultNames(engine: Engine): string[] {
  return [
    ...[...databaseFaultsOn(engine), 'killed' as const].map((kind) => nameOf({ on: 'statement', kind })),
    ...REQUEST_FAULTS.map((kind) => nameOf({ on: 'request', kind })),
    ...Object.keys(MISBEHAVIOUR).map((kind) => nameOf({ on: 'microsoft', kind })),
    nameOf({ on: 'clock', kind: 'ten_minutes_ahead' }),
    nameOf({ on: 'clock', kind: 'ten_minutes_behind' }),
  ]
}

const databaseFaultsOn = (engine: Engine) =>
  DATABASE_FAULTS.filter((kind) => engine === 'postgres' || !ONLY_ON_A_SERVER.includes(kind))

/** The lists and addresses that a rule can be for. */
const ADDRESSES = [
  {},
  {},
  { path: '/roleAssignments$' },
  { path: '/roleDefinitions$' },
  { path: 'roleEligibilityScheduleInstances' },
  { path: 'roleAssignmentScheduleInstances' },
  { path: 'denyAssignments' },
  { path: 'getEntities' },
  { path: 'registrationAssignments' },
  { path: '/members', inBatch: true },
  { path: 'microsoft\\.graph\\.servicePrincipal', inBatch: true },
  { path: 'eligibilityScheduleInstances', inBatch: true },
  { path: '/v1\\.0/groups$', inBatch: true },
  { path: '/v1\\.0/users$', inBatch: true },
  { path: 'getByIds' },
  { path: '\\$batch$' },
  { path: '/subscriptions/[^/]+$' },
  { path: '/oauth2/v2\\.0/token$' },
]

/** Rows of these lists cannot be understood without this field. */
const NEEDED_FIELDS = [
  { match: { path: '/roleAssignments$' }, path: 'properties.principalId' },
  { match: { path: '/roleDefinitions$' }, path: 'name' },
  { match: { path: 'roleEligibilityScheduleInstances' }, path: 'properties.roleDefinitionId' },
  { match: { path: '/members', inBatch: true }, path: 'id' },
  { match: { path: '/owners', inBatch: true }, path: 'id' },
]

type Rule = Omit<FaultRule, 'seen' | 'fired' | 'match'> & { match?: FaultRule['match'] }

/** How Microsoft misbehaves. Waits that it asks for are shortened by the harness, so none of these takes long. */
const MISBEHAVIOUR: Record<string, (random: Random) => Rule> = {
  throttled: (random) => ({ retryAfter: random.pick([0, 1, 'none', 'absurd', { date: 2 }]) }),
  server_error: (random) => ({ status: random.pick([500, 502, 503, 504]), errorIn200: true }),
  refused: (random) => ({
    status: random.pick([400, 401, 403, 404]),
    body: { error: { code: 'MadeUp', message: 'refused' } },
  }),
  error_in_200: () => ({ errorIn200: true }),
  web_page: () => ({ html: true }),
  reset: () => ({ drop: true }),
  truncated: () => ({ truncate: 20 }),
  cut_body: () => ({ cutBody: 20 }),
  corrupt_json: () => ({ corruptJson: true }),
  slow: () => ({ delayMs: 150 }),
  trickle: () => ({ trickle: { bytes: 4_000, everyMs: 5 } }),
  rows_repeated: () => ({ duplicateRows: 3 }),
  empty_page: () => ({ emptyPage: true }),
  rows_reordered: () => ({ reorder: true }),
  link_elsewhere: (random) => ({ nextLink: { to: random.pick(['otherHost', 'self', 'earlier', 'userinfo']) } }),
  redirect: () => ({ redirectTo: 'https://attacker.example/' }),
  page_token_expired: () => ({ expirePageToken: true }),
  token_expired: () => ({ expireToken: true }),
  claims_challenge: () => ({ claimsChallenge: true }),
  batch_item_missing: () => ({ dropItem: true }),
  // Only the whole list, by its first page: that a later page lies cannot be told from a list that is shorter.
  nobody_assigned: () => ({
    match: { path: '/roleAssignments$', query: '^(?!.*skiptoken)' },
    status: 200,
    body: { value: [] },
  }),
  odd_rows: (random) => {
    const { match, path } = random.pick(NEEDED_FIELDS)
    return { match, setField: { path, value: null, everyNth: 2 + random.below(6) } }
  },
}

/** Draws what Microsoft does wrong to one tenant: which kind, for which requests, and how often. */
export function drawMicrosoftFault(random: Random, tenantId: string): MicrosoftFault {
  const kind = random.pick(Object.keys(MISBEHAVIOUR))
  const rule = MISBEHAVIOUR[kind]?.(random)
  if (!rule) throw new Error(`There is no misbehaviour ${kind}.`)
  const often: Partial<FaultRule>[] = [
    { times: 1 },
    { times: 3 },
    { every: 2 },
    { skip: random.below(4), times: 2 },
    {},
  ]
  const match = { ...(rule.match ?? random.pick(ADDRESSES)), tenantId }
  return { on: 'microsoft', kind, rule: { ...rule, ...random.pick(often), match, name: kind } }
}

/** Statements of the longest work of a small world, roughly: a fault is drawn to be at one of them. */
const STATEMENTS = { long: 50, short: 14 }
const REQUESTS = 16

/** `isLong`: the work is a sync or a sign-in, not a few statements. */
export function drawDatabaseFault(random: Random, engine: Engine, isLong: boolean): DatabaseFault {
  const kind = random.below(5) === 0 ? 'killed' : random.pick(databaseFaultsOn(engine))
  return {
    on: 'statement',
    kind,
    lasts: drawLength(random, kind),
    at: 1 + random.below(isLong ? STATEMENTS.long : STATEMENTS.short),
  }
}

/** For how many statements a fault lasts. A killed process stays dead, and a server crashes once. */
function drawLength(random: Random, kind: DatabaseFault['kind']): number {
  if (kind === 'killed') return Number.POSITIVE_INFINITY
  if (kind === 'crashed') return 1
  // A database is often gone for longer than one statement: then writing down that the run failed fails too.
  return random.pick([1, 1, 2, 5, 20])
}

export function drawRequestFault(random: Random): RequestFault {
  return { on: 'request', kind: random.pick(REQUEST_FAULTS), at: 1 + random.below(REQUESTS) }
}
