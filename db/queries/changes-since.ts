import { and, desc, eq, gt, inArray, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { changeEffects, changes } from '@/db/schema/changes'
import { connections } from '@/db/schema/connections'
import { arrayOf } from '@/db/text-array'
import type { ChangeCounts } from '@/lib/domain/change-words'
import { isShown } from './changes'
import { isGuid } from './input'

/** So many changes are counted at most. After a long absence it is enough to know that there are more. */
const MOST_COUNTED = 1_000

/** What changed since a moment: in all that the organisation has connected, and in each connection that was asked for. */
export type ChangesSince = { isMore: boolean; all: ChangeCounts; of: ReadonlyMap<string, ChangeCounts> }

/**
 * Counts the changes that were seen since a moment: a change of a group is one, however many people it reached and however many
 * subscriptions inherit it. Where there are more than a thousand, only that is told.
 *
 * @param connectionIds the connections that are counted one by one
 */
export async function countChangesSince(actor: Actor, since: Date, connectionIds: string[]): Promise<ChangesSince> {
  const db = await getDb(actor)
  const recent = await db
    .select({ id: changes.id })
    .from(changes)
    .where(and(eq(changes.organisationId, actor.organisationId), gt(changes.at, since)))
    .orderBy(desc(changes.at))
    .limit(MOST_COUNTED + 1)
  if (recent.length === 0) return { isMore: false, all: NONE, of: new Map() }
  if (recent.length > MOST_COUNTED) return { isMore: true, all: NONE, of: new Map() }

  const changeIds = recent.map(({ id }) => id)
  const ofChanges = (connectionId: SQL | null) =>
    and(
      eq(changeEffects.organisationId, actor.organisationId),
      sql`${changeEffects.changeId} = any(${arrayOf(changeIds)}::uuid[])`,
      isShown({ connectionId, after: null, until: null }),
    )
  const [all] = await db.select(COUNTS).from(changeEffects).where(ofChanges(null))
  const ids = connectionIds.filter(isGuid)
  const counted = ids.length
    ? await db
        .select({ connectionId: connections.id, ...COUNTS })
        .from(connections)
        .innerJoin(changeEffects, ofChanges(sql`${connections.id}`))
        .where(and(eq(connections.organisationId, actor.organisationId), inArray(connections.id, ids)))
        .groupBy(connections.id)
    : []
  return {
    isMore: false,
    all: all ?? NONE,
    of: new Map(counted.map(({ connectionId, ...counts }) => [connectionId, counts])),
  }
}

const NONE: ChangeCounts = { gained: 0, privileged: 0, lost: 0 }

const countWhere = (condition: SQL) =>
  sql<number>`(count(distinct ${changeEffects.changeId}) filter (where ${condition}))::int`

const COUNTS = {
  gained: countWhere(sql`${changeEffects.effect} = 'gained'`),
  privileged: countWhere(sql`${changeEffects.effect} = 'gained' and ${changeEffects.privileged}`),
  lost: countWhere(sql`${changeEffects.effect} = 'lost'`),
}
