import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EVERYBODY } from '@/lib/domain/people-filter'
import { createTestDatabase } from '@/testing/database'
import { createManyHolders } from '@/testing/many-holders'
import { analyseStatement, countRowsRead, recordStatements } from '@/testing/statement-plans'
import { asksOfGrants } from './holder-filters'
import { ALL_PEOPLE, countHoldersShown, type HolderQuery, listHolders } from './holders'
import { countPeopleShown, listPeople } from './people'
import { getPersonAccess } from './person-access'

const PEOPLE = 100_000

/** What a page of 50 may look at: rows of whatever few have, and the next ones of what many have. */
const OF_A_PAGE = 18_000
/** The same where a filter asks for grants: the assignments of groups are gone through as well. */
const OF_A_PAGE_BY_GRANTS = 50_000
/** What may be looked at to say that more than a thousand match. */
const OF_A_COUNT = 30_000
/** The same for people over all subscriptions, who are asked for their access one by one. */
const OF_PEOPLE = 3_000
const OF_A_COUNT_OF_PEOPLE = 50_000

describe.runIf(process.env.TEST_DATABASE_URL)(`with ${PEOPLE} holders in one subscription on PostgreSQL`, () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let world: Awaited<ReturnType<typeof createManyHolders>>
  beforeAll(async () => {
    database = await createTestDatabase()
    world = await createManyHolders(database.db, PEOPLE)
  }, 300_000)
  afterAll(() => database.close())

  /** The rows that the statements of a read look at. */
  async function rowsReadBy(read: () => Promise<unknown>): Promise<number> {
    if (database.engine.kind !== 'server') throw new Error('This is about PostgreSQL.')
    const { pool } = database.engine
    let rows = 0
    for (const statement of await recordStatements(read))
      rows += countRowsRead(await analyseStatement(pool, world.actor.organisationId, statement))
    return rows
  }

  const lists: [string, () => Partial<HolderQuery>][] = [
    ['by name', () => ({})],
    ['backwards by name', () => ({ direction: 'desc' })],
    ['from the middle', () => ({ cursor: { at: ['hana', 'hana'], side: 'after' } })],
    ['other principals', () => ({ who: 'others' })],
    ['by email', () => ({ sort: 'email' })],
    [
      'by email from the middle, back',
      () => ({ sort: 'email', cursor: { at: ['hana', 'hana', 'hana'], side: 'before' } }),
    ],
    ['backwards by email', () => ({ sort: 'email', direction: 'desc' })],
    ['by role', () => ({ sort: 'role' })],
    ['backwards by role', () => ({ sort: 'role', direction: 'desc' })],
    ['by scope', () => ({ sort: 'scope' })],
    ['backwards by scope', () => ({ sort: 'scope', direction: 'desc' })],
    ['by status', () => ({ sort: 'status' })],
    ['backwards by status', () => ({ sort: 'status', direction: 'desc' })],
    ['of a rare role', () => ({ roleIds: world.roles.slice(-1) })],
    ['of a common role', () => ({ roleIds: world.roles.slice(2, 3) })],
    ['held directly', () => ({ how: 'direct' })],
    ['held through a group', () => ({ how: 'group' })],
    ['held at resource groups', () => ({ level: 'resource_group' })],
    ['acting at a resource group', () => ({ scope: '/subscriptions/s/resourceGroups/rg-7' })],
    ['disabled', () => ({ status: 'disabled' })],
    ['not enabled', () => ({ notStatus: ['active'] })],
    ['guests', () => ({ guest: 'only' })],
    ['of whom a signal is rare', () => ({ signal: 'unknown_role' })],
    ['with a signal', () => ({ signal: 'can_grant' })],
  ]

  test.each(lists)(
    'a page of people, %s, and how many they are, read few rows',
    { timeout: 60_000 },
    async (_, change) => {
      const query = { ...ALL_PEOPLE, ...change() }
      const ofPage = await rowsReadBy(() => listHolders(world.actor, world.connection, query))
      const ofCount = await rowsReadBy(() => countHoldersShown(world.actor, world.connection, query))
      expect(ofPage).toBeLessThan(asksOfGrants(query) ? OF_A_PAGE_BY_GRANTS : OF_A_PAGE)
      expect(ofCount).toBeLessThan(OF_A_COUNT)
    },
  )

  test('who is looked for by a part of their name is compared once, and everything else is read of those found', async () => {
    const query = { ...ALL_PEOPLE, search: 'novak 777' }
    const rows = await rowsReadBy(() => listHolders(world.actor, world.connection, query))
    expect(rows).toBeLessThan(PEOPLE * 1.05 + OF_A_PAGE)
  })

  test('a page of the people of all subscriptions, and how many they are, read few rows', async () => {
    const { actor } = world
    const everybody = { ...EVERYBODY, direction: 'asc', cursor: null } as const
    expect(await rowsReadBy(() => listPeople(actor, 'now', everybody))).toBeLessThan(OF_A_PAGE)
    expect(await rowsReadBy(() => countPeopleShown(actor, 'now', everybody))).toBeLessThan(OF_A_COUNT)
  })

  test.each([
    ['a signal', () => ({ signal: 'can_grant' as const })],
    ['a role', () => ({ roleIds: world.roles.slice(2, 3) })],
    ['how strong a role is', () => ({ minimum: 'writes' as const })],
    ['what is eligible', () => ({ held: 'eligible' as const })],
    ['a subscription', () => ({ connectionId: world.connection.id })],
    ['a signal that nobody shows', () => ({ signal: 'unknown_role' as const })],
    ['a signal in a subscription', () => ({ connectionId: world.connection.id, signal: 'can_grant' as const })],
  ])('people of all subscriptions by %s are found without a look at everyone', async (_, change) => {
    const { actor } = world
    const query = { ...EVERYBODY, ...change(), direction: 'asc', cursor: null } as const
    expect(await rowsReadBy(() => listPeople(actor, 'now', query))).toBeLessThan(OF_PEOPLE)
    expect(await rowsReadBy(() => countPeopleShown(actor, 'now', query))).toBeLessThan(OF_A_COUNT_OF_PEOPLE)
  })

  test('the access of somebody is found without a look at the members of whole groups', async () => {
    const rows = await rowsReadBy(() => getPersonAccess(world.actor, world.connection, world.personId))
    expect(rows).toBeLessThan(OF_A_PAGE)
  })
})
