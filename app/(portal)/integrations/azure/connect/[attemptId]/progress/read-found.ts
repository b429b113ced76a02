import type { Actor } from '@/db/actor'
import { countPeople } from '@/db/queries/people'
import type { Found } from '@/lib/domain/found-words'
import { EVERYBODY } from '@/lib/domain/people-filter'
import type { Signal } from '@/lib/domain/vocabulary'

/**
 * What all connected subscriptions add up to: the people of the list over all of them, and those of whom it shows what the
 * end of a first sync tells, each counted once. They cannot be added up from the results, as many people are in several.
 */
export async function readFoundEverywhere(actor: Actor): Promise<Found> {
  const count = (signal: Signal | null) => countPeople(actor, 'now', { ...EVERYBODY, signal })
  const [people, unread, canGrant, guests, gone] = await Promise.all([
    count(null),
    count('not_read'),
    count('can_grant'),
    count('guest_writes'),
    count('gone'),
  ])
  const of = (people: number) => ({ people, others: 0 })
  return { people, unread, signals: { can_grant: of(canGrant), guest_writes: of(guests), gone: of(gone) } }
}
