import { and, inArray, ne, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments, syncRuns } from '@/db/schema'
import type { Signal } from '@/lib/domain/vocabulary'
import { assignmentsOf, publishedOf, type Snapshot } from './access-rows'
import { runOf } from './run-of'

export type Facets = {
  /** How many holders show each signal; absent for none. */
  signals: Partial<Record<Signal, number>>
  people: number
  others: number
  /** Role assignments at the subscription and below it, active or activated: what Azure's limit of 4,000 counts. */
  ownAssignments: number
}

/** What a published result comes to: counted when it was published, but for the assignments. */
export async function countFacets(actor: Actor, snapshot: Snapshot): Promise<Facets> {
  const published = publishedOf(snapshot)
  if (!published) return { signals: {}, people: 0, others: 0, ownAssignments: 0 }
  const db = await getDb()
  const [counted] = await db
    .select({ assignments: sql<number>`count(*)::int` })
    .from(assignments)
    .where(
      and(
        assignmentsOf(actor, published),
        inArray(assignments.scopeLevel, ['subscription', 'resource_group', 'resource']),
        ne(assignments.kind, 'eligible'),
      ),
    )
  const [run] = await db
    .select({ signals: syncRuns.signals, people: syncRuns.people, others: syncRuns.others })
    .from(syncRuns)
    .where(runOf(actor, published))
    .limit(1)
  return {
    signals: run?.signals ?? {},
    people: run?.people ?? 0,
    others: run?.others ?? 0,
    ownAssignments: counted?.assignments ?? 0,
  }
}
