import { afterAll, beforeAll, expect, test } from 'vitest'
import { getConnection } from '@/db/queries/connections'
import { CHOSEN_FILTERS } from '@/lib/domain/filter-options'
import { parseAccessView } from '@/lib/domain/views'
import { MOST_COUNTED, type Total } from '@/lib/domain/words'
import { createTestDatabase } from '@/testing/database'
import { createManyHolders } from '@/testing/many-holders'
import { listChoices } from './filter-options'

const database = await createTestDatabase()
let world: Awaited<ReturnType<typeof createManyHolders>>
beforeAll(async () => {
  world = await createManyHolders(database.db, 3_000)
}, 120_000)
afterAll(() => database.close())

const UNDER = [{}, { status: 'active' as const }, { how: 'group' as const, notStatus: ['disabled' as const] }]

test('where very many have access the same is offered, and what more than a thousand meet is counted no further', async () => {
  const connection = await getConnection(world.actor, world.connection.id)
  if (!connection?.publishedRun) throw new Error('There is no result.')
  const manyMore = { ...connection, publishedRun: { ...connection.publishedRun, people: 1_000_000 } }
  const numbers: Record<string, Total | null>[] = []
  for (const by of CHOSEN_FILTERS) {
    for (const under of UNDER) {
      const asked = { view: { ...parseAccessView({}), ...under }, who: 'people' } as const
      const exact = await listChoices(world.actor, connection, asked, by)
      const bounded = await listChoices(world.actor, manyMore, asked, by)
      const toThousand = (count: Total | null): Total | null => (Number(count) > MOST_COUNTED ? 'more' : count)
      // The roles of a whole result are counted with it, however many they are.
      const expected = exact.map(({ count, ...choice }) => ({
        ...choice,
        count: by === 'role' ? count : toThousand(count),
      }))
      expect(bounded, `${by} under ${JSON.stringify(under)}`).toEqual(expected)
      numbers.push(...bounded.map(({ count }) => ({ [by]: count })))
    }
  }
  for (const by of ['scope', 'how', 'status']) expect(numbers).toContainEqual({ [by]: 'more' })
})
