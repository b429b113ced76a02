import { promisify } from 'node:util'
import { deserialize, serialize } from 'node:v8'
import { gunzip, gzip, constants as zlib } from 'node:zlib'
import { and, eq, gt, isNull, not, or, sql } from 'drizzle-orm'
import { getDb } from '@/db/client'
import { sharedReadings } from '@/db/schema/directory'
import { syncRuns } from '@/db/schema/runs'
import { log } from '@/lib/log'
import { type HeldRun, isLost } from '@/lib/runs/runs'
import type { DirectoryReading } from './read-directory'
import type { Remembered } from './remembered'

/** Whose readings are shared: an account with one sign-in and one set of permissions. Others are shown more, or less. */
export type SharedKey = { organisationId: string; accountId: string; signIns: number; granted: string }

/** The run whose worker reads the directory. */
export type Claimant = Pick<HeldRun, 'id' | 'fence'>

/** What is shared: readings, the newest first, and what the next one need not list again. */
export type Shared = { readings: DirectoryReading[]; remembered: Remembered | null }

/** Grows with each change of what is packed, so that a worker of another version of Rolecall reads for itself. */
const FORMAT = 1

const pack = promisify(gzip)
const unpack = promisify(gunzip)

/**
 * Claims the reading of an account's directory for the worker of a run, so that all others wait for it. Gives false while the
 * worker of another run that is alive has claimed it. A claim ends with {@link endClaim}, or when its run has ended or is lost.
 */
export async function claimReading(key: SharedKey, { id, fence }: Claimant): Promise<boolean> {
  const { organisationId, accountId, signIns } = key
  const db = await getDb({ organisationId })
  const isHeld = sql`exists (select from ${syncRuns} where ${syncRuns.organisationId} = ${organisationId}
    and ${syncRuns.id} = ${sharedReadings.claimedBy} and ${syncRuns.fence} = ${sharedReadings.claimedFence}
    and ${syncRuns.state} = 'running' and not (${isLost}))`
  const claim = { claimedBy: id, claimedFence: fence }
  const claimed = await db
    .insert(sharedReadings)
    .values({ organisationId, accountId, signIns, granted: grantedOf(key), ...claim })
    .onConflictDoUpdate({
      target: [sharedReadings.organisationId, sharedReadings.accountId],
      set: claim,
      setWhere: or(isNull(sharedReadings.claimedBy), eq(sharedReadings.claimedBy, id), not(isHeld)),
    })
    .returning({ id: sharedReadings.accountId })
  return claimed.length > 0
}

/** What workers share of an account's directory, if its newest reading began after a moment; null when there is nothing. */
export async function loadShared(key: SharedKey, after: Date | null): Promise<Shared | null> {
  const { organisationId, accountId, signIns } = key
  const db = await getDb({ organisationId })
  const [found] = await db
    .select({ content: sharedReadings.content })
    .from(sharedReadings)
    .where(
      and(
        eq(sharedReadings.organisationId, organisationId),
        eq(sharedReadings.accountId, accountId),
        eq(sharedReadings.signIns, signIns),
        eq(sharedReadings.granted, grantedOf(key)),
        after ? gt(sharedReadings.beganAt, after) : undefined,
      ),
    )
  if (!found?.content) return null
  const shared: Shared = deserialize(await unpack(found.content))
  for (const reading of shared.readings) reading.stored = { groups: new Set(), principals: new Set() }
  return shared
}

/** Shares what a worker has read, as long as its claim lasts. The claim ends with this. */
export async function storeShared(key: SharedKey, claimant: Claimant, shared: Shared): Promise<void> {
  const readings = shared.readings.map((one) => ({ ...one, stored: null }))
  const content = await pack(serialize({ ...shared, readings }), { level: zlib.Z_BEST_SPEED })
  const db = await getDb(key)
  await db
    .update(sharedReadings)
    .set({
      signIns: key.signIns,
      granted: grantedOf(key),
      beganAt: shared.readings[0]?.beganAt ?? null,
      content: shared.readings.length > 0 ? content : null,
      ...NO_CLAIM,
    })
    .where(isClaimedBy(key, claimant))
}

/** Ends a claim, so that others need not wait until its run has ended. A failure of that is only logged. */
export async function endClaim(key: SharedKey, claimant: Claimant): Promise<void> {
  try {
    const db = await getDb(key)
    await db.update(sharedReadings).set(NO_CLAIM).where(isClaimedBy(key, claimant))
  } catch (error) {
    log().warn({ event: 'claim_not_ended', accountId: key.accountId, runId: claimant.id, error })
  }
}

const NO_CLAIM = { claimedBy: null, claimedFence: null }

const isClaimedBy = ({ organisationId, accountId }: SharedKey, { id, fence }: Claimant) =>
  and(
    eq(sharedReadings.organisationId, organisationId),
    eq(sharedReadings.accountId, accountId),
    eq(sharedReadings.claimedBy, id),
    eq(sharedReadings.claimedFence, fence),
  )

const grantedOf = ({ granted }: SharedKey) => `${FORMAT} ${granted}`
