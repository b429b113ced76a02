import { and, eq } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connections } from '@/db/schema/connections'
import { allow } from '@/lib/allow'
import { audit } from '@/lib/audit'
import { nextSyncAt } from '@/lib/domain/connection-status'
import type { Schedule } from '@/lib/domain/vocabulary'
import { lockConnection } from './lock-connection'

/** Sets how often a connection syncs by itself. One that waits for a person keeps waiting. */
export async function setSchedule(actor: Actor, connectionId: string, schedule: Schedule): Promise<void> {
  allow(actor, 'schedule')
  const db = await getDb()
  await db.transaction(async (tx) => {
    const before = await lockConnection(tx, actor, connectionId)
    if (before.schedule === schedule) return
    const next = before.state === 'active' ? nextSyncAt(schedule, before.publishedAt ?? new Date()) : null
    await tx
      .update(connections)
      .set({ schedule, nextSyncAt: next })
      .where(and(eq(connections.organisationId, actor.organisationId), eq(connections.id, connectionId)))
    await audit(tx, actor, {
      action: 'connection.schedule_changed',
      subject: before.label,
      details: { before: before.schedule, after: schedule },
    })
  })
}
