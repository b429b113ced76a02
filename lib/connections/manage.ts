import { and, eq } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { allow, audit } from '@/lib/actor'
import { nextSyncAt } from '@/lib/domain/connection-status'
import { OPTIONAL_PERMISSIONS, type OptionalScope } from '@/lib/domain/permissions'
import type { Schedule } from '@/lib/domain/vocabulary'
import { findConnection, lockConnection } from './connection'

export type OptionalPermission = {
  scope: OptionalScope
  /** `withdrawn`: it was granted, and the run that readers see found that the tenant no longer grants it. */
  state: 'granted' | 'withdrawn' | 'not_asked'
}

/** How a connection stands with each optional permission; none for an id the organisation does not have. */
export async function listOptionalPermissions(actor: Actor, connectionId: string): Promise<OptionalPermission[]> {
  const db = await getDb()
  const [found] = await db
    .select({ scopes: connections.optionalScopes, coverage: syncRuns.coverage })
    .from(connections)
    .leftJoin(
      syncRuns,
      and(eq(syncRuns.organisationId, connections.organisationId), eq(syncRuns.id, connections.publishedRunId)),
    )
    .where(and(eq(connections.organisationId, actor.organisationId), eq(connections.id, connectionId)))
  if (!found) return []
  return OPTIONAL_PERMISSIONS.map(({ scope, dataset }) => {
    if (!found.scopes.includes(scope)) return { scope, state: 'not_asked' }
    const why = found.coverage?.find((line) => line.dataset === dataset)?.why
    return { scope, state: why === 'optional_consent_withdrawn' ? 'withdrawn' : 'granted' }
  })
}

/** Gives a tile another label. */
export async function renameConnection(actor: Actor, connectionId: string, label: string): Promise<void> {
  allow(actor, 'rename')
  const db = await getDb()
  await db.transaction(async (tx) => {
    const before = await findConnection(actor, connectionId, tx)
    if (before.label === label) return
    await tx
      .update(connections)
      .set({ label })
      .where(and(eq(connections.organisationId, actor.organisationId), eq(connections.id, connectionId)))
    await audit(tx, actor, { action: 'connection.renamed', subject: label, details: { before: before.label } })
  })
}

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

/**
 * Lets a connection do without an optional permission, from its next token on. The tenant's consent is not ours to
 * withdraw: that is done in Microsoft Entra, and nothing here asks for what it left.
 */
export async function stopUsingPermission(actor: Actor, connectionId: string, scope: OptionalScope): Promise<void> {
  allow(actor, 'connect')
  const db = await getDb()
  await db.transaction(async (tx) => {
    const { label, optionalScopes } = await lockConnection(tx, actor, connectionId)
    if (!optionalScopes.includes(scope)) return
    await tx
      .update(connections)
      .set({ optionalScopes: optionalScopes.filter((one) => one !== scope) })
      .where(and(eq(connections.organisationId, actor.organisationId), eq(connections.id, connectionId)))
    await audit(tx, actor, { action: 'connection.permission_dropped', subject: label, details: { permission: scope } })
  })
}
