import { promisify } from 'node:util'
import { deserialize, serialize } from 'node:v8'
import { brotliCompress, brotliDecompress, constants } from 'node:zlib'
import { and, desc, eq, gt, isNotNull, not, or, type SQL, sql } from 'drizzle-orm'
import { getDb } from '@/db/client'
import { accounts } from '@/db/schema/accounts'
import { directoryClaims, sharedReadings } from '@/db/schema/directory'
import { syncRuns } from '@/db/schema/runs'
import { FRESH_MINUTES } from '@/lib/domain/coverage'
import { log } from '@/lib/log'
import { type HeldRun, isLost } from '@/lib/runs/runs'
import type { DirectoryReading } from './read-directory'
import type { Remembered } from './remembered'

/**
 * Whose readings are shared: an account with one sign-in and one set of permissions, since others are shown more, or less. With another
 * `epoch` what was read before is forgotten.
 */
export type SharedKey = {
  organisationId: string
  accountId: string
  signIns: number
  epoch: number
  granted: string
}

/** The run whose worker reads the directory. */
export type Claimant = Pick<HeldRun, 'id' | 'fence'>

/** What the next reading need not list again, and the ID of the reading with which it is shared. */
export type SharedRemembered = { readingId: string; remembered: Remembered }

/** What is packed, and by what: a worker of another version of Rolecall or of Node reads for itself. */
const FORMAT = `2 ${process.versions.v8}`

/**
 * A reading names each person in several lists, megabytes apart. With a window of 16 MB Brotli finds the ID again: of 50,000 people there are
 * 3.5 MB, made in 0.6 s of another thread, where gzip leaves 6.0 MB in 0.7 s. A higher quality than 4 takes longer and finds less.
 */
const PACKING = { params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_LGWIN]: 24 } }

const compress = promisify(brotliCompress)
const decompress = promisify(brotliDecompress)
const pack = (value: unknown) => compress(serialize(value), PACKING)

/**
 * Claims the reading of an account's directory for the worker of a run, so that all others wait for it. Gives false while the
 * worker of another run that is alive has claimed it. A claim ends with {@link endClaim}, or when its run has ended or is lost.
 */
export async function claimReading({ organisationId, accountId }: SharedKey, run: Claimant): Promise<boolean> {
  const db = await getDb({ organisationId })
  const isHeld = sql`exists (select from ${syncRuns} where ${syncRuns.organisationId} = ${organisationId}
    and ${syncRuns.id} = ${directoryClaims.runId} and ${syncRuns.fence} = ${directoryClaims.fence}
    and ${syncRuns.state} = 'running' and not (${isLost}))`
  const claim = { runId: run.id, fence: run.fence }
  const made = await db
    .insert(directoryClaims)
    .values({ organisationId, accountId, ...claim })
    .onConflictDoNothing()
    .returning({ runId: directoryClaims.runId })
  if (made.length > 0) return true
  const taken = await db
    .update(directoryClaims)
    .set(claim)
    .where(
      and(
        eq(directoryClaims.organisationId, organisationId),
        eq(directoryClaims.accountId, accountId),
        or(eq(directoryClaims.runId, run.id), not(isHeld)),
      ),
    )
    .returning({ runId: directoryClaims.runId })
  return taken.length > 0
}

/**
 * The readings that workers have shared of an account's directory after a moment, or of the last minutes, the newest first. What cannot be
 * unpacked is read again; the log says so.
 */
export async function loadReadings(key: SharedKey, after: Date | null): Promise<DirectoryReading[]> {
  const db = await getDb(key)
  const isFresh = gt(sharedReadings.beganAt, sql`now() - make_interval(mins => ${FRESH_MINUTES})`)
  const found = await db
    .select({ content: sharedReadings.content })
    .from(sharedReadings)
    .where(and(ofAccount(key), isReadWith(key), after ? gt(sharedReadings.beganAt, after) : undefined, isFresh))
    .orderBy(desc(sharedReadings.beganAt))
  const readings: DirectoryReading[] = []
  for (const { content } of found) {
    const reading = await unpack<DirectoryReading>(key, content)
    if (reading) readings.push({ ...reading, stored: { groups: new Set(), principals: new Set() } })
  }
  return readings
}

/**
 * What workers remember of an account's directory, unless it is what this worker has already: it is as large as everything that was ever
 * read, so that a worker of a large company would unpack it for each of a thousand runs.
 *
 * @param known the reading with which this worker's own is shared
 */
export async function loadRemembered(key: SharedKey, known: string | null): Promise<SharedRemembered | null> {
  const db = await getDb(key)
  const [found] = await db
    .select({
      id: sharedReadings.id,
      packed: sql<Buffer | null>`case when ${sharedReadings.id} is distinct from ${known}::uuid then ${sharedReadings.remembered} end`,
    })
    .from(sharedReadings)
    .where(and(ofAccount(key), isReadWith(key), isNotNull(sharedReadings.remembered)))
    .orderBy(desc(sharedReadings.beganAt))
    .limit(1)
  const remembered = found?.packed ? await unpack<Remembered>(key, found.packed) : null
  return found && remembered ? { readingId: found.id, remembered } : null
}

async function unpack<Value>({ accountId }: SharedKey, packed: Buffer): Promise<Value | null> {
  try {
    return deserialize(await decompress(packed))
  } catch (error) {
    log().warn({ event: 'shared_reading_unreadable', accountId, error })
    return null
  }
}

/**
 * Shares what a worker has read, as long as its claim lasts and its run goes on, and deletes what is too old for everyone. A failure is
 * only logged: the run itself has what it needs, and the others read for themselves.
 *
 * @param remembered what is remembered after this reading, if that is not what was remembered before
 */
export async function shareReading(
  key: SharedKey,
  claimant: Claimant,
  reading: DirectoryReading,
  remembered: Remembered | null,
): Promise<void> {
  try {
    const content = await pack({ ...reading, stored: null })
    const packed = remembered && (await pack(remembered))
    await storeReading(key, claimant, reading, { content, remembered: packed })
  } catch (error) {
    log().warn({ event: 'reading_not_shared', accountId: key.accountId, runId: claimant.id, error })
  }
}

async function storeReading(
  key: SharedKey,
  claimant: Claimant,
  reading: DirectoryReading,
  { content, remembered: packed }: { content: Buffer; remembered: Buffer | null },
): Promise<void> {
  const { organisationId, accountId, signIns } = key
  const db = await getDb(key)
  await db.transaction(async (tx) => {
    // Whoever deletes the account's data takes the account first, too, and raises its epoch.
    const own = and(eq(accounts.organisationId, organisationId), eq(accounts.id, accountId))
    const [account] = await tx.select({ epoch: accounts.directoryEpoch }).from(accounts).where(own).for('key share')
    if (account?.epoch !== key.epoch) return
    const [held] = await tx.select().from(directoryClaims).where(isClaimedBy(key, claimant)).for('update')
    if (!held) return
    const { id, beganAt } = reading
    const isTooOld = sql`${sharedReadings.beganAt} < ${beganAt.toISOString()}::timestamptz - make_interval(mins => ${FRESH_MINUTES})`
    const isOutdated = packed ? isTooOld : and(isTooOld, sql`${sharedReadings.remembered} is null`)
    await tx.delete(sharedReadings).where(and(ofAccount(key), or(isOutdated, not(isReadWith(key)))))
    if (packed) await tx.update(sharedReadings).set({ remembered: null }).where(ofAccount(key))
    const row = { organisationId, accountId, signIns, granted: grantedOf(key), beganAt, content }
    await tx.insert(sharedReadings).values({ ...row, id, remembered: packed })
  })
}

/** Ends a claim, so that others need not wait until its run has ended. A failure of that is only logged. */
export async function endClaim(key: SharedKey, claimant: Claimant): Promise<void> {
  try {
    const db = await getDb(key)
    await db.delete(directoryClaims).where(isClaimedBy(key, claimant))
  } catch (error) {
    log().warn({ event: 'claim_not_ended', accountId: key.accountId, runId: claimant.id, error })
  }
}

const isClaimedBy = ({ organisationId, accountId }: SharedKey, { id, fence }: Claimant) =>
  and(
    eq(directoryClaims.organisationId, organisationId),
    eq(directoryClaims.accountId, accountId),
    eq(directoryClaims.runId, id),
    eq(directoryClaims.fence, fence),
  )

const ofAccount = ({ organisationId, accountId }: SharedKey) =>
  and(eq(sharedReadings.organisationId, organisationId), eq(sharedReadings.accountId, accountId))

const isReadWith = (key: SharedKey): SQL =>
  sql`(${sharedReadings.signIns} = ${key.signIns} and ${sharedReadings.granted} = ${grantedOf(key)})`

const grantedOf = ({ epoch, granted }: SharedKey) => `${FORMAT} ${epoch} ${granted}`
