import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '@/db/actor'
import { type ConnectionFacts, getConnection } from '@/db/queries/connections'
import { ALL_PEOPLE, listHolders } from '@/db/queries/holders'
import { listPeople } from '@/db/queries/people'
import { PEOPLE_FILTERS, withoutPeopleFilter } from '@/lib/domain/people-options'
import { type PeopleView, parsePeopleView } from '@/lib/domain/views'
import type { Total } from '@/lib/domain/words'
import { findAllResults } from '@/lib/past-results'
import { listPeopleChoices } from '@/lib/people-options'
import { createRandomCompany } from '@/testing/random-company'
import { carryRun, type Rolecall, startRolecall } from '@/testing/rolecall'

/** More than a test run needs can be asked for: `RANDOM_WORLDS=20`. */
const WORLDS = Number(process.env.RANDOM_WORLDS ?? 1)

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

/** Filters of the people over all subscriptions under which the choices of the others are counted. */
const UNDER_ANYWHERE: Partial<PeopleView>[] = [
  {},
  { status: 'active', minimum: 'writes' },
  { guest: 'none', held: 'held' },
]

/** The choices of a filter that are looked at: roles are many, and all are counted alike. */
const MOST_CHOICES = 6

/**
 * What the filters of the people over all subscriptions offer, beside how long the list is once it is chosen, and beside how many different
 * people the lists of the subscriptions have under the same filter.
 */
async function numbersOfAll(owner: Actor) {
  const numbers: [what: string, said: Total, listed: number][] = []
  const all = await findAllResults(owner, '')
  const connections: ConnectionFacts[] = []
  for (const { id } of all.connections) connections.push((await getConnection(owner, id)) as ConnectionFacts)
  for (const under of UNDER_ANYWHERE) {
    for (const by of PEOPLE_FILTERS) {
      const view = { ...parsePeopleView({}), ...under }
      for (const { change, count } of (await listPeopleChoices(owner, all, view, by)).slice(0, MOST_CHOICES)) {
        const asked = { ...withoutPeopleFilter(view, by), ...change }
        const what = `everyone by ${by} ${JSON.stringify(change)} under ${JSON.stringify(under)}`
        const listed = await listPeople(owner, 'now', asked, 1_000)
        if (count !== null) numbers.push([what, count, listed.rows.length])
        // The lists of a subscription do not ask what a role amounts to at least.
        if (asked.minimum === null)
          numbers.push([`${what} in each`, await countInEach(owner, connections, asked), listed.rows.length])
      }
    }
  }
  return numbers
}

/** How many different people the lists of the subscriptions have under the same filters. */
async function countInEach(owner: Actor, connections: ConnectionFacts[], asked: PeopleView): Promise<number> {
  const people = new Set<string>()
  for (const connection of connections.filter(({ id }) => asked.connectionId === null || id === asked.connectionId)) {
    const { search, status, notStatus, guest, roleIds, held, signal } = asked
    const query = { ...ALL_PEOPLE, search, status, notStatus, guest, roleIds, held, signal }
    for (const { principalId } of (await listHolders(owner, connection, query, 1_000)).rows) people.add(principalId)
  }
  return people.size
}

test('filters of all people count as many as are listed, and as the lists of the subscriptions have together', {
  timeout: 240_000,
}, async () => {
  for (let world = 0; world < WORLDS; world += 1) {
    const seed = `all people ${world}`
    const { tenant, connected } = await createRandomCompany(rolecall, seed)
    for (const { id } of connected) await carryRun(rolecall, tenant.owner, id)
    const numbers = await numbersOfAll(tenant.owner)
    expect(numbers.length).toBeGreaterThan(30)
    for (const [what, said, listed] of numbers) expect(said, `${seed}: ${what}`).toBe(listed)
  }
})
