import { and, eq, lt, or, sql } from 'drizzle-orm'
import { getDb, getDbOfEveryOrganisation } from '@/db/client'
import { members, organisations } from '@/db/schema/organisations'
import { preparedExports, preparedPieces } from '@/db/schema/prepared-exports'
import { NotFound } from '@/lib/actor'
import { log } from '@/lib/log'
import { type ExportJob, sendExport } from '@/lib/runs/queue'
import { exportFile } from './export-file'
import { type Exporter, openExport } from './open-export'
import { countRows } from './table'

/** An export that is written, with the number by which its worker is known. */
type Claimed = typeof preparedExports.$inferSelect

/** The bytes of a piece: few statements, and each is over in a moment. */
const PIECE_BYTES = 1024 * 1024

/** An export of which nothing was stored for this long has lost its worker. */
const LOST_AFTER_SECONDS = 120

const isOpen = or(eq(preparedExports.state, 'queued'), eq(preparedExports.state, 'running'))
const isLost = lt(preparedExports.heartbeatAt, sql`now() - make_interval(secs => ${LOST_AFTER_SECONDS})`)

/** How many workers may begin an export: one that ends each worker which begins it is not tried for ever. */
const MOST_TRIES = 3

/** Exports sent at once. The rest follow a minute later. */
const SENT_AT_ONCE = 100

/** The export was deleted meanwhile, or another worker has begun it anew. */
class ExportLost extends Error {
  override name = 'ExportLost'
}

/**
 * Writes an export that was asked for, piece by piece, with the rights of the member who asked. What is stored is the very file that a
 * browser would be sent. One that fails says why where it is waited for; what is no refusal of ours is thrown as well.
 *
 * @param ending aborts when the process ends; the next worker begins the export anew
 */
export async function prepareExport(job: ExportJob, ending: AbortSignal): Promise<void> {
  const claimed = await claim(job)
  if (!claimed) return
  try {
    await write(claimed, ending)
  } catch (error) {
    if (error instanceof ExportLost) return
    if (ending.aborted) {
      await setState(claimed, { state: 'queued' })
      return
    }
    const isRefused = error instanceof NotFound
    const problem = isRefused ? error.message : 'Something went wrong on our side, which the log of the portal tells.'
    await setState(claimed, { state: 'failed', problem, finishedAt: sql`now()` })
    if (!isRefused) throw error
  }
}

/** Sends the exports that no worker is at. One that already waits for a worker is not sent twice. */
export async function sendLostExports(): Promise<void> {
  const db = await getDbOfEveryOrganisation()
  const lost = await db
    .select({
      organisationId: preparedExports.organisationId,
      exportId: preparedExports.id,
      fence: preparedExports.fence,
    })
    .from(preparedExports)
    .where(and(isOpen, isLost))
    .orderBy(preparedExports.requestedAt)
    .limit(SENT_AT_ONCE)
  for (const { fence, ...job } of lost) await (fence < MOST_TRIES ? sendExport(job) : giveUp(job))
}

/** Ends an export that has lost as many workers as may begin it. */
async function giveUp({ organisationId, exportId }: ExportJob): Promise<void> {
  const db = await getDb({ organisationId })
  await db
    .update(preparedExports)
    .set({ state: 'failed', problem: 'It was begun several times and never finished.', finishedAt: sql`now()` })
    .where(and(whereExport({ organisationId, id: exportId }), isOpen, isLost))
}

const whereExport = ({ organisationId, id }: Pick<Claimed, 'organisationId' | 'id'>) =>
  and(eq(preparedExports.organisationId, organisationId), eq(preparedExports.id, id))

/** Whether an export is still this worker's. */
const whereHeld = (claimed: Claimed) =>
  and(whereExport(claimed), eq(preparedExports.fence, claimed.fence), eq(preparedExports.state, 'running'))

/** Takes an export on, and deletes what an earlier worker has stored of it. Null when it is done or gone, or when another worker is writing it. */
async function claim({ organisationId, exportId }: ExportJob): Promise<Claimed | null> {
  const db = await getDb({ organisationId })
  return db.transaction(async (tx) => {
    const isFree = or(eq(preparedExports.state, 'queued'), and(eq(preparedExports.state, 'running'), isLost))
    const [claimed] = await tx
      .update(preparedExports)
      .set({ state: 'running', fence: sql`fence + 1`, heartbeatAt: sql`now()`, rows: 0, bytes: 0 })
      .where(and(whereExport({ organisationId, id: exportId }), isFree))
      .returning()
    if (!claimed) return null
    await tx
      .delete(preparedPieces)
      .where(and(eq(preparedPieces.organisationId, organisationId), eq(preparedPieces.exportId, exportId)))
    return claimed
  })
}

async function write(claimed: Claimed, ending: AbortSignal): Promise<void> {
  const member = await findMember(claimed)
  const list = await openExport(member, claimed.address)
  const counted = countRows(list.cells, (rows) => noteRows(claimed, rows))
  let held: Uint8Array[] = []
  let size = 0
  let place = 0
  const store = async () => {
    await storePiece(claimed, place, Buffer.concat(held))
    place += 1
    held = []
    size = 0
  }
  for await (const part of exportFile(member, { ...list, cells: counted.cells, format: claimed.format })) {
    if (ending.aborted) throw ending.reason
    held.push(part)
    size += part.byteLength
    if (size >= PIECE_BYTES) await store()
  }
  if (size > 0) await store()
  if (!(await setState(claimed, { state: 'done', finishedAt: sql`now()` }))) throw new ExportLost()
  const { id: exportId, list: what, format } = claimed
  log().info({ event: 'export_prepared', exportId, list: what, format, rows: counted.rows(), pieces: place })
}

/** The member who asked, as they are now. Throws `NotFound` when they were removed meanwhile. */
async function findMember({ organisationId, memberId }: Claimed): Promise<Exporter> {
  const db = await getDb({ organisationId })
  const [member] = await db
    .select({
      ...{ organisationId: members.organisationId, memberId: members.id, role: members.role, name: members.name },
      organisationName: organisations.name,
    })
    .from(members)
    .innerJoin(organisations, eq(organisations.id, members.organisationId))
    .where(and(eq(members.organisationId, organisationId), eq(members.id, memberId), eq(members.state, 'active')))
  if (!member) throw new NotFound('Whoever asked for it is no member any more.')
  return member
}

/**
 * Notes that an export is being written, and how many rows it has so far: with each batch of rows, since a list of which few rows are
 * wanted fills a piece slowly. Throws {@link ExportLost} when it is another worker's now, or gone.
 */
async function noteRows(claimed: Claimed, rows: number): Promise<void> {
  if (!(await setState(claimed, { rows, heartbeatAt: sql`now()` }))) throw new ExportLost()
}

/** Stores a piece. Throws {@link ExportLost} when the export is another worker's now, or gone. */
async function storePiece(claimed: Claimed, place: number, content: Buffer): Promise<void> {
  const { organisationId, id: exportId } = claimed
  const db = await getDb({ organisationId })
  await db.transaction(async (tx) => {
    const held = await tx
      .update(preparedExports)
      .set({ bytes: sql`bytes + ${content.byteLength}`, heartbeatAt: sql`now()` })
      .where(whereHeld(claimed))
      .returning({ id: preparedExports.id })
    if (held.length === 0) throw new ExportLost()
    await tx.insert(preparedPieces).values({ organisationId, exportId, place, content })
  })
}

/** Changes an export as long as it is this worker's. Gives whether it still was. */
async function setState(
  claimed: Claimed,
  change: Parameters<ReturnType<Awaited<ReturnType<typeof getDb>>['update']>['set']>[0],
): Promise<boolean> {
  const db = await getDb(claimed)
  const held = await db
    .update(preparedExports)
    .set(change)
    .where(whereHeld(claimed))
    .returning({ id: preparedExports.id })
  return held.length > 0
}
