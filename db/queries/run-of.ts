import { and, eq, type SQL } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { syncRuns } from '@/db/schema'
import type { Published } from './access-rows'

/** The run that published a snapshot: it ended at the snapshot's moment, and no two of one connection do. */
export const runOf = (actor: Actor, { id, publishedAt }: Published): SQL | undefined =>
  and(
    eq(syncRuns.organisationId, actor.organisationId),
    eq(syncRuns.connectionId, id),
    eq(syncRuns.state, 'succeeded'),
    eq(syncRuns.finishedAt, publishedAt),
  )
