import { eq } from 'drizzle-orm'
import type { SessionActor } from '@/db/actor'
import { getDb } from '@/db/client'
import { organisations } from '@/db/schema/organisations'
import { isShorterHistory } from '@/lib/domain/retention'
import type { HistoryLength } from '@/lib/domain/vocabulary'
import { allow, audit, NotFound, requireFreshSignIn } from './actor'

type Choice = {
  length: HistoryLength
  /** The organisation's name, typed to confirm a length that deletes what is kept now. */
  typed?: string
}

/** `mistyped`: refused, because a shorter length deletes, and what was typed is not the name of the organisation. */
export type HistoryChange = { kind: 'done' } | { kind: 'mistyped' }

/**
 * Changes for how long an organisation keeps its history, and writes down the length before and after. A worker deletes what a
 * shorter one keeps no longer with its next sweep (`lib/worker/prune-history.ts`). A longer one brings nothing back.
 */
export async function changeHistoryLength(actor: SessionActor, { length, typed }: Choice): Promise<HistoryChange> {
  allow(actor, 'set_history')
  requireFreshSignIn(actor)
  const own = eq(organisations.id, actor.organisationId)
  const db = await getDb(actor)
  return db.transaction(async (tx) => {
    const [found] = await tx
      .select({ name: organisations.name, kept: organisations.historyKept })
      .from(organisations)
      .where(own)
      .for('no key update')
    if (!found) throw new NotFound('There is no such organisation.')
    if (isShorterHistory(length, found.kept) && typed !== found.name) return { kind: 'mistyped' }
    if (length === found.kept) return { kind: 'done' }
    await tx.update(organisations).set({ historyKept: length }).where(own)
    await audit(tx, actor, {
      action: 'organisation.history_changed',
      subject: found.name,
      details: { before: found.kept, after: length },
    })
    return { kind: 'done' }
  })
}
