import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { holders } from '@/db/schema/access'
import type { HolderSort } from '@/lib/domain/views'
import { createTestDatabase } from '@/testing/database'
import { createManyHolders } from '@/testing/many-holders'
import { asksOfGrants } from './holder-filters'
import { MATCHING, STRONGEST, sortKeys } from './holder-order'
import { countUpTo, findPage } from './holder-pages'
import { ALL_PEOPLE, countHolders, type HolderQuery, listHolders } from './holders'
import { keyset } from './keyset'
import { publishedOf } from './snapshot'

const database = await createTestDatabase()
afterAll(() => database.close())

const PEOPLE = 150
const world = await createManyHolders(database.db, PEOPLE)
const { actor } = world
const published = publishedOf(world.connection)
if (!published) throw new Error('Nothing is published.')

/** Everyone is few, or hardly anybody is: a list is read in one way or in the other. */
const [READ_WHOLE, GONE_THROUGH] = [1_000_000, 2]

const someFilter = fc.record(
  {
    who: fc.constantFrom('people', 'others', 'groups'),
    search: fc.constantFrom('', 'lovelace', 'contoso', '@', 'nobody'),
    roleIds: fc.constantFrom([], world.roles.slice(0, 1), world.roles.slice(1, 3), world.roles.slice(-1)),
    status: fc.constantFrom(null, 'active', 'disabled'),
    notStatus: fc.constantFrom([], ['active'], ['disabled']),
    guest: fc.constantFrom(null, 'only', 'none'),
    signal: fc.constantFrom(null, 'can_grant', 'standing_privileged', 'could_grant', 'guest_writes', 'not_read'),
    level: fc.constantFrom(null, 'subscription', 'resource_group', 'root'),
    how: fc.constantFrom(null, 'direct', 'group'),
    held: fc.constantFrom(null, 'held', 'eligible'),
  },
  { requiredKeys: ['who'] },
) as fc.Arbitrary<Partial<HolderQuery>>

test('a list is the same whether everyone is read or gone through, page by page, forward and back', async () => {
  await fc.assert(
    fc.asyncProperty(
      someFilter,
      fc.constantFrom<HolderSort>('name', 'email', 'status', 'role', 'scope'),
      fc.constantFrom('asc', 'desc'),
      fc.integer({ min: 7, max: 60 }),
      async (filter, sort, direction, limit) => {
        const query: HolderQuery = { ...ALL_PEOPLE, ...filter, sort, direction }
        const shown = asksOfGrants(query) ? MATCHING : STRONGEST
        const order = [...sortKeys(shown)[sort], holders.sortName, holders.principalId]
        const find = (cursor: HolderQuery['cursor'], most: number, of = limit) =>
          findPage(actor, published, query, keyset(order, direction, cursor, of), most)
        const all = await find(null, READ_WHOLE, 1_000)
        const begin = async (at: string[] | undefined, side: 'before' | 'after') =>
          (await find(at ? { at, side } : null, GONE_THROUGH)).map(({ principal_id, at: place }) => [
            principal_id,
            place,
          ])
        const expected = all.map(({ principal_id, at }) => [principal_id, at])

        expect(await begin(undefined, 'after')).toEqual(expected.slice(0, limit + 1))
        const middle = Math.floor(all.length / 2)
        expect(await begin(all[middle]?.at, 'after')).toEqual(
          all.length > 0 ? expected.slice(middle + 1).slice(0, limit + 1) : [],
        )
        if (all.length > 0)
          expect(await begin(all[middle]?.at, 'before')).toEqual(
            expected
              .slice(0, middle)
              .reverse()
              .slice(0, limit + 1),
          )
        const exact = await countHolders(actor, published, query)
        expect(all.length).toBe(exact)
        for (const few of [READ_WHOLE, GONE_THROUGH]) {
          expect(await countUpTo(actor, published, query, 1_000, few)).toBe(exact)
          expect(await countUpTo(actor, published, query, 5, few)).toBe(Math.min(exact, 6))
        }
      },
    ),
    { numRuns: 60 },
  )
})

test('what a row shows does not depend on how the list is read', async () => {
  const query = { ...ALL_PEOPLE, roleIds: world.roles.slice(1, 3) }
  const { rows } = await listHolders(actor, published, query, 20)
  const order = [holders.sortName, holders.principalId]
  const found = await findPage(actor, published, query, keyset(order, 'asc', null, 19), GONE_THROUGH)
  expect(found).toMatchObject(
    rows.map((row) => ({
      principal_id: row.principalId,
      role_id: row.role.id,
      scope: row.scope,
      kind: row.assignmentKind,
    })),
  )
})
