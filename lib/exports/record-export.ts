import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { audit } from '@/lib/actor'

type Recorded = { label: string; list: string; format: string; filters: Record<string, string> }

/** Writes down that a member takes a list out of the portal as a file, before its first byte is sent. */
export async function recordExport(actor: Actor, { label, list, format, filters }: Recorded): Promise<void> {
  const db = await getDb(actor)
  const details = { ...filters, list, format }
  await db.transaction((tx) => audit(tx, actor, { action: 'access.exported', subject: label, details }))
}

/** Writes down that the last byte of such a file was taken, and how many rows it has. One that was broken off has no such line. */
export async function recordTaken(
  actor: Actor,
  { label, list, format }: Omit<Recorded, 'filters'>,
  rows: number,
): Promise<void> {
  const db = await getDb(actor)
  const details = { list, format, rows }
  await db.transaction((tx) => audit(tx, actor, { action: 'access.export_taken', subject: label, details }))
}
