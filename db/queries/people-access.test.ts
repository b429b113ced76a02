import { eq, sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { holders } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import { bitOf, combineSignals } from '@/lib/domain/combined-holders'
import { EVERYBODY, type PeopleFilter } from '@/lib/domain/people-filter'
import { PRIVILEGES, SIGNALS, strengthOf } from '@/lib/domain/vocabulary'
import { createAccessWorld } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { countPeople, countPeopleShown, listPeople } from './people'

const database = await createTestDatabase()
afterAll(() => database.close())

const SEEN = new Date('2026-01-15T08:00:00.000Z')
const CORP = '/providers/microsoft.management/managementgroups/corp'
const ROLES = ['role-a', 'role-b', 'role-c']

/** The nodes of two subscriptions below one management group. */
const NODES = ['corp', 'first', 'second'] as const
const BELOW = { first: ['corp', 'first'], second: ['corp', 'second'] } as const

const anyRow = fc.record({
  strongest: fc.integer({ min: 1, max: 6 }),
  eligibleStrongest: fc.option(fc.integer({ min: 1, max: 6 })),
  heldRoleIds: fc.subarray(ROLES),
  eligibleRoleIds: fc.subarray(ROLES),
  signals: fc.subarray([...SIGNALS], { maxLength: 3 }).map((some) => bitOf(...some)),
})
const anyPerson = fc.record({ corp: fc.option(anyRow), first: fc.option(anyRow), second: fc.option(anyRow) })
const anyFilter = fc.record({
  signal: fc.option(fc.constantFrom(...SIGNALS)),
  minimum: fc.option(fc.constantFrom(...PRIVILEGES)),
  held: fc.option(fc.constantFrom('held' as const, 'eligible' as const)),
  roleIds: fc.subarray(ROLES, { maxLength: 2 }),
  within: fc.option(fc.constantFrom('first' as const, 'second' as const)),
})
type Person = typeof anyPerson extends fc.Arbitrary<infer Value> ? Value : never
type Filter = typeof anyFilter extends fc.Arbitrary<infer Value> ? Value : never

/** Whether somebody's access in one of the subscriptions meets a filter, by the rules of the domain. */
function meets(person: Person, { signal, minimum, held, roleIds, within }: Filter, eligibleRead: boolean): boolean {
  return (['first', 'second'] as const).some((subscription) => {
    if (within && within !== subscription) return false
    const rows = BELOW[subscription].flatMap((node) => person[node] ?? [])
    const masks = rows.map((row) => row.signals)
    const rolesOf = (row: (typeof rows)[number]) => [
      ...(held === 'eligible' ? [] : row.heldRoleIds),
      ...(held === 'held' ? [] : row.eligibleRoleIds),
    ]
    return (
      rows.length > 0 &&
      (!signal || (combineSignals(masks, eligibleRead) & bitOf(signal)) !== 0) &&
      (!minimum || rows.some((row) => Math.min(row.strongest, row.eligibleStrongest ?? 6) <= strengthOf(minimum))) &&
      (roleIds.length === 0 || rows.some((row) => rolesOf(row).some((role) => roleIds.includes(role)))) &&
      (!held || roleIds.length > 0 || rows.some((row) => rolesOf(row).length > 0))
    )
  })
}

test('people are found by what a filter asks of their access, whether they are asked one by one or all at once', async () => {
  const world = await createAccessWorld(database.db)
  const { actor, tenantId } = world
  const { organisationId } = actor
  const first = await world.connection({ label: 'First' })
  const second = await world.connection({ label: 'Second', beside: first })
  const { nodeId } = await world.nodeAbove(first, CORP)
  await world.nodeAbove(second, CORP)
  const nodes = { corp: nodeId, first: first.nodeIds[0] ?? '', second: second.nodeIds[0] ?? '' }
  const ids = await Promise.all(['A', 'B', 'C', 'D', 'E'].map((name) => world.principal({ name })))

  await fc.assert(
    fc.asyncProperty(
      fc.array(anyPerson, { minLength: 1, maxLength: 5 }),
      anyFilter,
      fc.boolean(),
      async (people, filter, eligibleRead) => {
        await database.db.delete(holders).where(sql`organisation_id = ${organisationId}`)
        await database.db
          .update(connections)
          .set({ eligibleRead })
          .where(eq(connections.organisationId, organisationId))
        const rows = people.flatMap((person, index) =>
          NODES.flatMap((node): (typeof holders.$inferInsert)[] => {
            const row = person[node]
            const whose = { organisationId, nodeId: nodes[node], tenantId, principalId: ids[index] ?? '', kind: 'user' }
            const shown = { roleId: 'role-a', scope: '/', scopeLevel: 'root', assignmentKind: 'active' } as const
            const rest = { sortName: '', status: 'active', guest: false, rank: 1, grants: 1, direct: 1 } as const
            const none = { eligible: 0, groupIds: [], validFrom: SEEN }
            return row ? [{ ...whose, ...shown, ...rest, ...none, ...row, kind: 'user' }] : []
          }),
        )
        if (rows.length > 0) await database.db.insert(holders).values(rows)

        const { within, ...asked } = filter
        const connectionId = within ? { first, second }[within].id : null
        const query: PeopleFilter = { ...EVERYBODY, ...asked, connectionId }
        const expected = ids.filter((_, index) => {
          const person = people[index]
          return person ? meets(person, filter, eligibleRead) : false
        })
        const page = { ...query, direction: 'asc', cursor: null } as const
        for (const mostLooked of [0, 2, 5_000]) {
          const listed = await listPeople(actor, 'now', page, 50, mostLooked)
          expect(listed.rows.map(({ id }) => id)).toEqual(expected)
          const firstTwo = await listPeople(actor, 'now', page, 2, mostLooked)
          expect(firstTwo.rows.map(({ id }) => id)).toEqual(expected.slice(0, 2))
          expect(firstTwo.next !== null).toBe(expected.length > 2)
          expect(await countPeopleShown(actor, 'now', query, mostLooked)).toBe(expected.length)
        }
        expect(await countPeople(actor, 'now', query)).toBe(expected.length)
      },
    ),
    { numRuns: 100 },
  )
})
