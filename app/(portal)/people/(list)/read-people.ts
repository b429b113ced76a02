import type { Actor } from '@/db/actor'
import { countPeople, listPeople } from '@/db/queries/people'
import type { PeopleView } from '@/lib/domain/views'
import { findAllResults } from '@/lib/past-results'

/**
 * What the list of people and the matrix show, now or as of a moment: a page of those who meet the filters, how many they are, whether
 * there is anyone at all, and whose results they are of.
 */
export async function readPeople(member: Actor, view: PeopleView) {
  const all = findAllResults(member, view.at)
  // Of now nothing has to be known of the connections before their people are read.
  const results = view.at === '' ? 'now' : (await all).results
  const [{ connections, past }, page, matching, anyone] = await Promise.all([
    all,
    listPeople(member, results, view),
    countPeople(member, results, view),
    listPeople(member, results, { search: '', status: null, direction: 'asc', cursor: null }, 1),
  ])
  return { results, connections, past, page, matching, anyone: anyone.rows.length > 0 }
}
