import { and, eq, inArray, sql } from 'drizzle-orm'
import type { SessionActor } from '@/db/actor'
import { getDb } from '@/db/client'
import { preparedExports } from '@/db/schema/prepared-exports'
import { NotFound } from '@/lib/actor'
import { PREPARED_EXPORTS_PER_MEMBER } from '@/lib/domain/retention'
import type { ExportFormat } from '@/lib/domain/vocabulary'
import { limit } from '@/lib/limits'
import { sendExport } from '@/lib/runs/queue'
import { exportFileName } from './csv'
import { FILE_OF } from './export-file'
import { type Exporter, nameExport, openExport } from './open-export'
import { recordExport } from './record-export'

/**
 * Asks for an export to be written by a worker, for the member to take within a day. With one more than a member can have, their oldest
 * one goes. Throws `NotFound` for an address that no list has, and `TooMany`.
 *
 * @param address the path and the query of the list's export
 */
export async function requestExport(
  actor: SessionActor & Exporter,
  { address, format }: { address: string; format: ExportFormat },
): Promise<string> {
  await limit('export', actor.memberId)
  const opened = await openExport(actor, address)
  const { list, label, at, filters } = opened
  await recordExport(actor, { list, label, format, filters })
  const fileName = exportFileName(nameExport(opened), at, FILE_OF[format].ending)
  const db = await getDb(actor)
  const id = await db.transaction(async (tx) => {
    const own = and(
      eq(preparedExports.organisationId, actor.organisationId),
      eq(preparedExports.memberId, actor.memberId),
    )
    const [made] = await tx
      .insert(preparedExports)
      .values({
        ...{ organisationId: actor.organisationId, memberId: actor.memberId },
        ...{ address, list, label, format, fileName },
      })
      .returning({ id: preparedExports.id })
    if (!made) throw new Error('The export was not stored.')
    const tooMany = tx
      .select({ id: preparedExports.id })
      .from(preparedExports)
      .where(own)
      .orderBy(sql`${preparedExports.requestedAt} desc, ${preparedExports.id} = ${made.id} desc`)
      .offset(PREPARED_EXPORTS_PER_MEMBER)
    await tx.delete(preparedExports).where(and(own, inArray(preparedExports.id, tooMany)))
    return made.id
  })
  await sendExport({ organisationId: actor.organisationId, exportId: id })
  return id
}

/** Deletes an export that was prepared for the member who asks, or stops one that is being prepared. Throws `NotFound`. */
export async function discardExport(actor: SessionActor, id: string): Promise<void> {
  const db = await getDb(actor)
  const gone = await db
    .delete(preparedExports)
    .where(
      and(
        eq(preparedExports.organisationId, actor.organisationId),
        eq(preparedExports.memberId, actor.memberId),
        eq(preparedExports.id, id),
      ),
    )
    .returning({ id: preparedExports.id })
  if (gone.length === 0) throw new NotFound('There is no such export.')
}
