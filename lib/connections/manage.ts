import { and, eq } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { isAccountOf } from '@/db/queries/accounts'
import { readDatabaseNow } from '@/db/queries/clock'
import { accounts } from '@/db/schema/accounts'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { allow, audit } from '@/lib/actor'
import { nextSyncAt } from '@/lib/domain/connection-status'
import { OPTIONAL_PERMISSIONS, type OptionalScope } from '@/lib/domain/permissions'
import type { Schedule } from '@/lib/domain/vocabulary'
import { lockWithAccount, whereAccount } from './account'
import { findConnection, lockConnection, whereConnection } from './connection'

/** Gives a connection another label. Throws NotFound. */
export async function renameConnection(actor: Actor, connectionId: string, label: string): Promise<void> {
  allow(actor, 'rename')
  const db = await getDb(actor)
  await db.transaction(async (tx) => {
    const before = await findConnection(actor, connectionId, tx)
    if (before.label === label) return
    await tx.update(connections).set({ label }).where(whereConnection(actor.organisationId, connectionId))
    await audit(tx, actor, { action: 'connection.renamed', subject: label, details: { before: before.label } })
  })
}

/** Sets how often a connection syncs by itself. One that waits for a person keeps waiting. Throws NotFound. */
export async function setSchedule(actor: Actor, connectionId: string, schedule: Schedule): Promise<void> {
  allow(actor, 'schedule')
  const db = await getDb(actor)
  await db.transaction(async (tx) => {
    const before = await lockConnection(tx, actor, connectionId)
    if (before.schedule === schedule) return
    const next =
      before.state === 'active' ? nextSyncAt(schedule, before.publishedAt ?? (await readDatabaseNow(tx))) : null
    await tx
      .update(connections)
      .set({ schedule, nextSyncAt: next })
      .where(whereConnection(actor.organisationId, connectionId))
    await audit(tx, actor, {
      action: 'connection.schedule_changed',
      subject: before.label,
      details: { before: before.schedule, after: schedule },
    })
  })
}

export type OptionalPermission = {
  scope: OptionalScope
  /** `withdrawn`: it was granted once, and the published run found that the tenant no longer grants it. */
  state: 'granted' | 'withdrawn' | 'not_asked'
}

/**
 * The state of each optional permission of a connection's account, as that connection's published run found it. One that no line of
 * the coverage is about counts as granted from when it was. Empty for an id that the organisation does not have.
 */
export async function listOptionalPermissions(actor: Actor, connectionId: string): Promise<OptionalPermission[]> {
  const db = await getDb(actor)
  const [found] = await db
    .select({ scopes: accounts.optionalScopes, coverage: syncRuns.coverage })
    .from(connections)
    .innerJoin(accounts, isAccountOf)
    .leftJoin(
      syncRuns,
      and(eq(syncRuns.organisationId, connections.organisationId), eq(syncRuns.id, connections.publishedRunId)),
    )
    .where(whereConnection(actor.organisationId, connectionId))
  if (!found) return []
  return OPTIONAL_PERMISSIONS.map(({ scope, dataset }) => {
    if (!found.scopes.includes(scope)) return { scope, state: 'not_asked' }
    const why = found.coverage?.find((line) => line.dataset === dataset)?.why
    return { scope, state: why === 'optional_consent_withdrawn' ? 'withdrawn' : 'granted' }
  })
}

/**
 * Stops using an optional permission with the account of a connection, in all connections that live on it, from the next token
 * on. The tenant's consent stays, because only the tenant can withdraw it, in Microsoft Entra. Throws NotFound.
 */
export async function stopUsingPermission(actor: Actor, connectionId: string, scope: OptionalScope): Promise<void> {
  allow(actor, 'connect')
  const db = await getDb(actor)
  await db.transaction(async (tx) => {
    const { id, name, optionalScopes } = (await lockWithAccount(tx, actor, connectionId)).account
    if (!optionalScopes.includes(scope)) return
    await tx
      .update(accounts)
      .set({ optionalScopes: optionalScopes.filter((one) => one !== scope) })
      .where(whereAccount(actor.organisationId, id))
    await audit(tx, actor, { action: 'account.permission_dropped', subject: name, details: { permission: scope } })
  })
}
