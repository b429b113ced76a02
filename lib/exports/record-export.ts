import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { audit } from './actor'

/** Writes down that a member takes a list out of the portal as a file, before its first byte is sent. */
export async function recordExport(
  actor: Actor,
  { label }: { label: string },
  details: { list: string; search: string },
): Promise<void> {
  const db = await getDb(actor)
  await db.transaction((tx) => audit(tx, actor, { action: 'access.exported', subject: label, details }))
}
