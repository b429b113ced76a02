import { type SQL, sql } from 'drizzle-orm'
import { getDb, getDbOfEveryOrganisation } from '@/db/client'
import { accounts } from '@/db/schema/accounts'
import { env } from '@/lib/env'
import { log } from '@/lib/log'
import { whereAccount } from './account'
import { headerOf, readKeyName } from './check-keys'
import { auditResealed, INSTALLATION, nameKeyOf, SealBroken, type SealContext, seal, unseal } from './vault'

/** `ofNobody`: its rows belong to no organisation. */
type Place = { table: string; id: string; sealed: string; ofNobody?: true }

/** The columns that sealed values are stored in, for each kind that there is. */
const PLACES: Record<SealContext['kind'], Place> = {
  'account-cache': { table: 'account_secrets', id: 'account_id', sealed: 'sealed' },
  'attempt-cache': { table: 'connect_attempts', id: 'id', sealed: 'sealed_cache' },
  'application-draft': { table: 'application_drafts', id: 'id', sealed: 'sealed' },
  'attempt-login': { table: 'connect_attempts', id: 'id', sealed: 'sealed_login' },
  'signing-key': { table: 'signing_keys', id: 'id', sealed: 'sealed', ofNobody: true },
}
const KINDS = Object.keys(PLACES) as SealContext['kind'][]

/** Secrets listed by one statement. They are opened one by one, so that a process never holds more than one in the clear. */
export const BATCH_ROWS = 100

/** Accounts with an unreadable sign-in that a line of the log names. */
const ACCOUNTS_NAMED = 10

type Resealing = {
  /** Secrets that were sealed anew with the newest key. */
  resealed: number
  /** Secrets that are not sealed with the newest key and could not be opened. They were left as they are. */
  unreadable: number
  /** Ids of some connections among these. */
  unreadableAccounts: string[]
  /** Names of the keys that stored secrets are sealed with, in alphabetical order. No other key is needed any more. */
  neededKeys: string[]
}

/**
 * Seals every stored secret that is not sealed with the newest key anew with that key, so that an older one can be taken
 * away although no sync uses the secret. Runs beside syncs, sign-ins and other workers: a secret is replaced only while it
 * is still the text that was opened. One that does not open is left exactly as it is.
 *
 * @param ending aborts when the process ends; what is left is sealed anew by the next
 */
export async function resealSecrets(ending: AbortSignal): Promise<Resealing> {
  const done: Resealing = { resealed: 0, unreadable: 0, unreadableAccounts: [], neededKeys: [] }
  const headers = await listHeaders()
  const newest = headers.filter((header) => readKeyName(header) === env().encryptionKeys[0]?.kid)
  if (newest.length < headers.length) for (const kind of KINDS) await resealKind(kind, newest, done, ending)

  const left = done.resealed > 0 ? await listHeaders() : headers
  done.neededKeys = [...new Set(left.flatMap((header) => readKeyName(header) ?? []))].sort()
  tell(done)
  return done
}

/** What was told last, so that an unreadable secret is not told of every five minutes. */
let lastTold = ''

/**
 * Writes a line when secrets were sealed anew. Where several keys are configured or a secret is unreadable, also when the
 * rest is not what this process told last: after a start an operator can thus read which keys are needed.
 */
function tell(done: Resealing): void {
  const { resealed, unreadable, unreadableAccounts, neededKeys } = done
  const facts = JSON.stringify([unreadable, unreadableAccounts, neededKeys])
  const isNews = facts !== lastTold && (unreadable > 0 || env().encryptionKeys.length > 1)
  lastTold = facts
  if (resealed === 0 && !isNews) return
  if (unreadable > 0) log().warn({ event: 'secrets_resealed', ...done })
  else log().info({ event: 'secrets_resealed', resealed, unreadable, neededKeys })
}

async function resealKind(
  kind: SealContext['kind'],
  newest: (string | null)[],
  done: Resealing,
  ending: AbortSignal,
): Promise<void> {
  let batch = await listOldSecrets(kind, newest)
  while (batch.length > 0) {
    for (const context of batch) {
      if (ending.aborted) return
      const sealed = await readSealed(context)
      const outcome = sealed === null ? 'changed' : await resealSecret(context, sealed)
      if (outcome === 'resealed') done.resealed += 1
      if (outcome === 'unreadable') {
        done.unreadable += 1
        if (kind === 'account-cache' && done.unreadableAccounts.length < ACCOUNTS_NAMED)
          done.unreadableAccounts.push(context.id)
      }
    }
    batch = await listOldSecrets(kind, newest, batch.at(-1))
  }
}

/** The headers of all stored secrets, each once; null where something is stored that is no sealed value. */
async function listHeaders(): Promise<(string | null)[]> {
  const db = await getDbOfEveryOrganisation()
  const selects = KINDS.map((kind) => {
    const { table, sealed } = namesOf(kind)
    return sql`select ${headerOf(sealed)} as header from ${table} where ${sealed} is not null`
  })
  const { rows } = await db.execute<{ header: string | null }>(sql.join(selects, sql` union `))
  return rows.map(({ header }) => header)
}

/**
 * Where the next secrets of a kind are that have none of the given headers, {@link BATCH_ROWS} at most.
 *
 * @param after the last one of the batch before
 */
export async function listOldSecrets(
  kind: SealContext['kind'],
  newest: (string | null)[],
  after?: SealContext,
): Promise<SealContext[]> {
  const { table, id, sealed, owner } = namesOf(kind)
  const isNewest = sql.join([sql`false`, ...newest.map((header) => sql`${headerOf(sealed)} = ${header}`)], sql` or `)
  const isNext = after ? sql`(${owner}, ${id}) > (${after.organisationId}::uuid, ${after.id}::uuid)` : sql`true`
  const db = await getDbOfEveryOrganisation()
  const { rows } = await db.execute<{ organisationId: string; id: string }>(sql`
    select ${owner} as "organisationId", ${id} as id from ${table}
    where ${sealed} is not null and (${isNewest}) is not true and ${isNext}
    order by 1, 2 limit ${BATCH_ROWS}`)
  return rows.map((row) => ({ organisationId: row.organisationId, kind, id: row.id }))
}

/** The sealed text that is stored in a place; null when there is none any more. */
export async function readSealed(context: SealContext): Promise<string | null> {
  const { table, sealed } = namesOf(context.kind)
  const db = await getDb(context)
  const { rows } = await db.execute<{ sealed: string | null }>(
    sql`select ${sealed} as sealed from ${table} where ${whereStored(context)}`,
  )
  return rows[0]?.sealed ?? null
}

/** `changed`: somebody else stored another secret there meanwhile, or deleted it, or it has the newest key already. */
type Outcome = 'resealed' | 'unreadable' | 'changed'

/**
 * Puts a secret that is sealed with the newest key in the place of the text that was read there, unless that text is no
 * longer stored. The version stays the same, since the secret does: a sync that has read it may still store a newer one.
 */
export async function resealSecret(context: SealContext, before: string): Promise<Outcome> {
  const { organisationId, kind, id } = context
  const secret = await openSecret(before, context)
  if (secret === null) return 'unreadable'
  const after = await seal(secret, context)
  const keys = { before: nameKeyOf(before), after: nameKeyOf(after) }
  if (keys.before === keys.after) return 'changed'

  const { table, sealed } = namesOf(kind)
  const db = await getDb({ organisationId })
  return db.transaction(async (tx) => {
    const { rows } = await tx.execute(sql`
      update ${table} set ${sealed} = ${after} where ${whereStored(context)} and ${sealed} = ${before} returning 1`)
    if (rows.length === 0) return 'changed'
    if (kind === 'account-cache') {
      const [named] = await tx.select({ name: accounts.name }).from(accounts).where(whereAccount(organisationId, id))
      await auditResealed(tx, { organisationId, name: named?.name ?? '' }, keys)
    }
    return 'resealed'
  })
}

async function openSecret(sealed: string, context: SealContext): Promise<string | null> {
  try {
    return await unseal(sealed, context)
  } catch (error) {
    if (error instanceof SealBroken) return null
    throw error
  }
}

const whereStored = ({ organisationId, kind, id }: SealContext): SQL =>
  sql`${namesOf(kind).owner} = ${organisationId}::uuid and ${namesOf(kind).id} = ${id}`

const namesOf = (kind: SealContext['kind']) => {
  const { table, id, sealed, ofNobody } = PLACES[kind]
  const owner = ofNobody ? sql`${INSTALLATION}::uuid` : sql`organisation_id`
  return { table: sql.identifier(table), id: sql.identifier(id), sealed: sql.identifier(sealed), owner }
}
