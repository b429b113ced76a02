import type { Actor } from '@/db/actor'
import { countPeopleShown, listPeople } from '@/db/queries/people'
import { EVERYBODY } from '@/lib/domain/people-filter'
import type { PeopleView } from '@/lib/domain/views'
import { findAllResults } from '@/lib/past-results'
import { readTypedPeopleFilter } from '@/lib/typed-people-filter'

/**
 * What the list of people and the matrix show, now or as of a moment: a page of those who meet the filters, how many they are, whether
 * there is anyone at all, whose results they are of, and what the address asks for with what was typed as filters.
 */
export async function readPeople(member: Actor, typed: PeopleView) {
  const all = findAllResults(member, typed.at)
  const { view, problems, roles } = await readTypedPeopleFilter(member, all, typed)
  // Of now nothing has to be known of the connections before their people are read.
  const results = view.at === '' ? 'now' : (await all).results
  const [{ connections, past }, page, matching, anyone] = await Promise.all([
    all,
    listPeople(member, results, view),
    countPeopleShown(member, results, view),
    listPeople(member, results, { ...EVERYBODY, direction: 'asc', cursor: null }, 1),
  ])
  const asked = { view, problems, names: { roles, connections } }
  return { results, connections, past, page, matching, anyone: anyone.rows.length > 0, asked }
}
