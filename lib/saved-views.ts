import { and, eq, ne, or, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import type { Transaction } from '@/db/database'
import { isUsable } from '@/db/queries/connections'
import { isGuid } from '@/db/queries/input'
import { connections } from '@/db/schema/connections'
import { members } from '@/db/schema/organisations'
import { savedViews } from '@/db/schema/saved-views'
import { type ListAddress, LONGEST_SAVED_QUERY, SAVED_VIEWS_PER_MEMBER } from '@/lib/domain/saved-views'
import { audit, mayDo, NotFound } from './actor'
import { limit } from './limits'

/**
 * `taken`: the member has a view of this name for the same list. `full`: they have as many views as one can have. `too_long`: the
 * address holds more than can be kept.
 */
export type SavedView = { kind: 'saved' } | { kind: 'taken' } | { kind: 'full' } | { kind: 'too_long' }

/** `taken`: whoever made the view has another one of this name for the same list. */
export type RenamedView = { kind: 'renamed' } | { kind: 'taken' }

type NewView = { name: string; address: ListAddress; shared: boolean }

/**
 * Saves the filters of a list under a name, for the member or, when it is shared, for everyone of the organisation. It gives nobody more
 * to read, so every member may. Throws {@link NotFound} for the list of a subscription that the organisation does not have,
 * and TooMany for too many changes of views.
 */
export async function saveView(actor: Actor, { name, address, shared }: NewView): Promise<SavedView> {
  const { organisationId, memberId } = actor
  if (address.query.length > LONGEST_SAVED_QUERY) return { kind: 'too_long' }
  await limit('saved_view', memberId)
  const db = await getDb(actor)
  return db.transaction(async (tx): Promise<SavedView> => {
    const { state } = await lockMaker(tx, actor, memberId)
    if (state !== 'active') throw new NotFound('There is no such member.')
    if (address.connectionId !== null) await requireConnection(tx, actor, address.connectionId)
    const own = and(eq(savedViews.organisationId, organisationId), eq(savedViews.memberId, memberId))
    if ((await tx.$count(savedViews, own)) >= SAVED_VIEWS_PER_MEMBER) return { kind: 'full' }
    const made = await tx
      .insert(savedViews)
      .values({ organisationId, memberId, name, shared, ...address })
      .onConflictDoNothing()
      .returning({ id: savedViews.id })
    if (made.length === 0) return { kind: 'taken' }
    if (shared) await audit(tx, actor, { action: 'view.shared', subject: name, details: { made_by: null } })
    return { kind: 'saved' }
  })
}

/** Gives a view another name. Throws {@link NotFound} for one that the actor may not change. */
export async function renameView(actor: Actor, viewId: string, name: string): Promise<RenamedView> {
  await limit('saved_view', actor.memberId)
  const db = await getDb(actor)
  return db.transaction(async (tx): Promise<RenamedView> => {
    const view = await lockView(tx, actor, viewId)
    // Names are told apart as the unique indexes do it. The lock keeps the maker from taking this one meanwhile.
    const isTaken = and(
      eq(savedViews.organisationId, actor.organisationId),
      eq(savedViews.memberId, view.memberId),
      eq(savedViews.list, view.list),
      sql`${savedViews.connectionId} is not distinct from ${view.connectionId}::uuid`,
      sql`lower(${savedViews.name}) = lower(${name})`,
      ne(savedViews.id, view.id),
    )
    if ((await tx.$count(savedViews, isTaken)) > 0) return { kind: 'taken' }
    await tx.update(savedViews).set({ name }).where(whereView(actor, view.id))
    if (view.shared) await auditSharing(tx, actor, { ...view, name }, 'view.renamed', { before: view.name })
    return { kind: 'renamed' }
  })
}

/** Shares a view with everyone of the organisation, or no longer. Throws {@link NotFound} for one that the actor may not change. */
export async function shareView(actor: Actor, viewId: string, shared: boolean): Promise<void> {
  await limit('saved_view', actor.memberId)
  const db = await getDb(actor)
  await db.transaction(async (tx) => {
    const view = await lockView(tx, actor, viewId)
    if (view.shared === shared) return
    await tx.update(savedViews).set({ shared }).where(whereView(actor, view.id))
    await auditSharing(tx, actor, view, shared ? 'view.shared' : 'view.unshared')
  })
}

/** Deletes a view, for everybody when it was shared. Throws {@link NotFound} for one that the actor may not change. */
export async function deleteView(actor: Actor, viewId: string): Promise<void> {
  await limit('saved_view', actor.memberId)
  const db = await getDb(actor)
  await db.transaction(async (tx) => {
    const view = await lockView(tx, actor, viewId)
    await tx.delete(savedViews).where(whereView(actor, view.id))
    if (view.shared) await auditSharing(tx, actor, view, 'view.unshared')
  })
}

type Locked = Pick<typeof savedViews.$inferSelect, 'id' | 'memberId' | 'name' | 'list' | 'connectionId' | 'shared'> & {
  makerName: string
}

/**
 * Finds a view that the actor may change: one of their own, or a shared one for an owner and an admin. What somebody else has saved for
 * themselves is not there for anybody. Whoever made it saves and renames nothing until the transaction ends.
 */
async function lockView(tx: Transaction, actor: Actor, viewId: string): Promise<Locked> {
  const missing = new NotFound('There is no such saved view.')
  if (!isGuid(viewId)) throw missing
  const read = () =>
    tx
      .select({
        id: savedViews.id,
        memberId: savedViews.memberId,
        name: savedViews.name,
        list: savedViews.list,
        connectionId: savedViews.connectionId,
        shared: savedViews.shared,
      })
      .from(savedViews)
      .where(and(whereView(actor, viewId), isChangeableBy(actor)))
  const [found] = await read()
  if (!found) throw missing
  const { name: makerName } = await lockMaker(tx, actor, found.memberId)
  const [locked] = await read()
  if (!locked) throw missing
  return { ...locked, makerName }
}

/** One at a time for each maker, so that views which are made or renamed at once are all counted and compared. */
async function lockMaker(tx: Transaction, { organisationId }: Actor, memberId: string) {
  const [member] = await tx
    .select({ name: members.name, state: members.state })
    .from(members)
    .where(and(eq(members.organisationId, organisationId), eq(members.id, memberId)))
    .for('no key update')
  if (!member) throw new NotFound('There is no such member.')
  return member
}

/** A connection that is being deleted takes its views with it, so it gets no new ones. */
async function requireConnection(tx: Transaction, { organisationId }: Actor, connectionId: string): Promise<void> {
  const [connection] = await tx
    .select({ id: connections.id })
    .from(connections)
    .where(and(eq(connections.organisationId, organisationId), eq(connections.id, connectionId), isUsable))
    .for('key share')
  if (!connection) throw new NotFound('There is no such connection.')
}

const whereView = ({ organisationId }: Actor, viewId: string): SQL | undefined =>
  and(eq(savedViews.organisationId, organisationId), eq(savedViews.id, viewId))

const isChangeableBy = ({ memberId, role }: Actor): SQL | undefined =>
  or(eq(savedViews.memberId, memberId), mayDo(role, 'manage_shared_views') ? eq(savedViews.shared, true) : undefined)

type SharingAction = 'view.shared' | 'view.unshared' | 'view.renamed'

/** Writes down what becomes of a view that others can open, and whose it is where somebody else did that. */
async function auditSharing(
  tx: Transaction,
  actor: Actor,
  view: Pick<Locked, 'memberId' | 'makerName' | 'name'>,
  action: SharingAction,
  details: { before?: string } = {},
) {
  const madeBy = view.memberId === actor.memberId ? null : view.makerName
  await audit(tx, actor, { action, subject: view.name, details: { ...details, made_by: madeBy } })
}
