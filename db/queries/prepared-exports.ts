import { and, desc, eq } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { preparedExports, preparedPieces } from '@/db/schema/prepared-exports'
import { isGuid } from './input'

export type PreparedExport = Awaited<ReturnType<typeof listPreparedExports>>[number]

const SHOWN = {
  id: preparedExports.id,
  list: preparedExports.list,
  label: preparedExports.label,
  format: preparedExports.format,
  fileName: preparedExports.fileName,
  state: preparedExports.state,
  rows: preparedExports.rows,
  bytes: preparedExports.bytes,
  problem: preparedExports.problem,
  requestedAt: preparedExports.requestedAt,
  finishedAt: preparedExports.finishedAt,
}

const ofMember = ({ organisationId, memberId }: Actor) =>
  and(eq(preparedExports.organisationId, organisationId), eq(preparedExports.memberId, memberId))

/** The exports that are prepared, or being prepared, for the member who asks, the latest first. Nobody sees those of others. */
export async function listPreparedExports(actor: Actor) {
  const db = await getDb(actor)
  return db.select(SHOWN).from(preparedExports).where(ofMember(actor)).orderBy(desc(preparedExports.requestedAt))
}

/** One of the exports prepared for the member who asks; null when there is none with this id. */
export async function getPreparedExport(actor: Actor, id: string): Promise<PreparedExport | null> {
  if (!isGuid(id)) return null
  const db = await getDb(actor)
  const [found] = await db
    .select(SHOWN)
    .from(preparedExports)
    .where(and(ofMember(actor), eq(preparedExports.id, id)))
  return found ?? null
}

/** A piece of an export that is done, by its place from 0 on; null after the last one, and when the export is gone. */
export async function readPreparedPiece(actor: Actor, id: string, place: number): Promise<Buffer | null> {
  const db = await getDb(actor)
  const [piece] = await db
    .select({ content: preparedPieces.content })
    .from(preparedPieces)
    .innerJoin(
      preparedExports,
      and(
        eq(preparedExports.organisationId, preparedPieces.organisationId),
        eq(preparedExports.id, preparedPieces.exportId),
      ),
    )
    .where(
      and(
        ofMember(actor),
        eq(preparedExports.state, 'done'),
        eq(preparedPieces.exportId, id),
        eq(preparedPieces.place, place),
      ),
    )
  return piece?.content ?? null
}
