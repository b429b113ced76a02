import type { Actor } from '@/db/actor'
import type { ConnectionFacts } from '@/db/queries/connections'
import { countHolders, countHoldersShown } from '@/db/queries/holders'
import { countPeople, countPeopleShown, knowsMorePeopleThan } from '@/db/queries/people'
import type { Results } from '@/db/queries/results-shown'
import type { PeopleFilter } from '@/lib/domain/people-filter'
import type { HolderFilter } from '@/lib/domain/views'
import type { Total } from '@/lib/domain/words'

/** Where there are more, a number says no more than that they are many: to count all of them takes as long as to read all of them. */
const MOST_COUNTED_EXACTLY = 20_000

type Count<Filter> = (filter: Filter) => Promise<Total>

/** How the holders of a subscription are counted who meet a filter: each of them, or no further than is said where very many have access. */
export function holderCounter(actor: Actor, connection: ConnectionFacts): Count<HolderFilter> {
  const count = hasVeryMany(connection) ? countHoldersShown : countHolders
  return (filter) => count(actor, connection, filter)
}

/** Whether more have access in a subscription than are counted exactly. */
export const hasVeryMany = ({ publishedRun: run }: ConnectionFacts): boolean =>
  run !== null && run.people + run.others > MOST_COUNTED_EXACTLY

/** As {@link holderCounter}, for the people of all subscriptions. */
export async function peopleCounter(actor: Actor, results: Results): Promise<Count<PeopleFilter>> {
  const count = (await knowsMorePeopleThan(actor, MOST_COUNTED_EXACTLY)) ? countPeopleShown : countPeople
  return (filter) => count(actor, results, filter)
}
