import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '@/db/actor'
import { type ConnectionFacts, getConnection } from '@/db/queries/connections'
import { listDenials } from '@/db/queries/denials'
import { listFleet } from '@/db/queries/fleet'
import { listRolePermissions } from '@/db/queries/grants'
import { ALL_PEOPLE, countHolders, listHolders } from '@/db/queries/holders'
import { countFacets } from '@/db/queries/result'
import { listRoleHolders, listRolesHeld } from '@/db/queries/roles'
import { readAnswer } from '@/lib/ask'
import { CHOSEN_FILTERS, withoutFilter } from '@/lib/domain/filter-options'
import { type AccessView, type Cursor, parseAccessView } from '@/lib/domain/views'
import { SIGNALS } from '@/lib/domain/vocabulary'
import type { Total } from '@/lib/domain/words'
import { listChoices } from '@/lib/filter-options'
import { createRandomCompany } from '@/testing/random-company'
import { carryRun, type Rolecall, startRolecall } from '@/testing/rolecall'
import { requestSync } from './request-sync'

/** More than a test run needs can be asked for: `RANDOM_WORLDS=60`. */
const WORLDS = Number(process.env.RANDOM_WORLDS ?? 3)

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

type Filter = Partial<Parameters<typeof countHolders>[2]>

/** What each page says of one subscription, beside what the list of people or of others has under the filter to which it leads. */
async function numbersOf(owner: Actor, connectionId: string): Promise<[what: string, said: Total, listed: number][]> {
  const connection = await getConnection(owner, connectionId)
  if (!connection) throw new Error('There is no such connection.')
  const count = (filter: Filter) => countHolders(owner, connection, { ...ALL_PEOPLE, ...filter })
  const facets = await countFacets(owner, connection)
  const fleet = await listFleet(owner, { search: '', states: null }, { grouping: 'none', cursor: null })
  const tile = fleet.rows.find(({ id }) => id === connectionId)
  const numbers: [string, number, number][] = [
    ['people on the tile', tile?.people ?? -1, await count({})],
    ['people on the tab', facets.people, await count({})],
    ['other principals on the tab', facets.others, await count({ who: 'others' })],
    ['rows of all pages', await countRows(owner, connection), await count({})],
  ]
  for (const signal of SIGNALS.filter((one) => one !== 'adds_members')) {
    numbers.push([`people with ${signal}`, facets.signals[signal]?.people ?? 0, await count({ signal })])
    const others = await count({ signal, who: 'others' })
    numbers.push([`others with ${signal}`, facets.signals[signal]?.others ?? 0, others])
  }
  const permissions = await listRolePermissions(owner, connection)
  const deny = await listDenials(owner, connection)
  for (const { id, people, others, eligible } of await listRolesHeld(owner, connection)) {
    const roleIds = [id]
    const held = await count({ roleIds, held: 'held' })
    numbers.push([`people who hold ${id}`, people, held])
    numbers.push([`people with ${id} in any way`, people + eligible, await count({ roleIds })])
    numbers.push([`others who hold ${id}`, others, await count({ roleIds, held: 'held', who: 'others' })])
    const unfolded = await listRoleHolders(owner, connection, roleIds, 1_000)
    numbers.push([`people unfolded of ${id}`, unfolded.filter((one) => one.held).length, held])
    const question = { roleIds, scope: null, operation: null, who: 'people' as const, cursor: null }
    const answer = await readAnswer(owner, connection, question, permissions)
    numbers.push([`people in the answer about ${id}`, answer.held === 'more' ? -1 : answer.held, held])
    if (deny.length === 0) numbers.push([`people cut off from ${id}`, answer.cutOff ?? -1, 0])
  }
  return [...numbers, ...(await numbersOfChoices(owner, connection))]
}

/** Filters under which the choices of the others are counted. */
const UNDER: Partial<AccessView>[] = [
  {},
  { held: 'held' },
  { status: 'active', how: 'group' },
  { notStatus: ['active'] },
  { guest: 'none', level: 'subscription' },
]

/** What the filters offer, beside how long the list is once it is chosen. */
async function numbersOfChoices(owner: Actor, connection: ConnectionFacts) {
  const numbers: [what: string, said: Total, listed: number][] = []
  for (const who of ['people', 'others'] as const) {
    for (const under of UNDER) {
      const view = { ...parseAccessView({}), ...under }
      for (const by of CHOSEN_FILTERS) {
        for (const { change, count } of await listChoices(owner, connection, { view, who }, by)) {
          const listed = await countHolders(owner, connection, { ...withoutFilter(view, by), ...change, who })
          numbers.push([
            `${who} by ${by} ${JSON.stringify(change)} under ${JSON.stringify(under)}`,
            count ?? -1,
            listed,
          ])
        }
      }
    }
  }
  return numbers
}

/** How many people all pages of the list have, read one after the other. */
async function countRows(owner: Actor, connection: ConnectionFacts): Promise<number> {
  let rows = 0
  let cursor: Cursor | null = null
  do {
    const page = await listHolders(owner, connection, { ...ALL_PEOPLE, cursor }, 7)
    expect(page.start).toBe(rows)
    rows += page.rows.length
    cursor = page.next
  } while (cursor)
  return rows
}

test('tile, tab, chips, filters, roles, lists and answers count the same in random companies', {
  timeout: 240_000,
}, async () => {
  for (let world = 0; world < WORLDS; world += 1) {
    const seed = `counts ${world}`
    const { tenant, connected, change } = await createRandomCompany(rolecall, seed)
    const { owner } = tenant
    for (let round = 0; round < 2; round += 1) {
      for (const { id } of connected) {
        if (round > 0) await requestSync(owner, id)
        await carryRun(rolecall, owner, id)
        for (const [what, said, listed] of await numbersOf(owner, id)) expect(said, `${seed}: ${what}`).toBe(listed)
      }
      change(`${seed} ${round}`)
    }
  }
})
