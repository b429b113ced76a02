import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { createRandom } from '../world/random'
import { addAssignment, addUser, deleteUser } from '../world/tenant'
import { World } from '../world/world'
import { buildSmallWorld, GROUPS, MEMBERS, OWNER, readPages, SUBSCRIPTION, smallWorld, tokenOf } from './small-world'

const ASSIGNMENTS = `https://management.azure.com/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`
const GRAPH = 'https://graph.microsoft.com/v1.0'
const BETA = 'https://graph.microsoft.com/beta' // where service principals are members too

/** Which rows are removed (by their place in the list, or all of the last page), and after which page. */
const removals = fc.record({
  which: fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
  after: fc.integer({ min: 1, max: 4 }),
  wholePage: fc.boolean(),
})
type Removals = typeof removals extends fc.Arbitrary<infer T> ? T : never

let sandbox: Sandbox
beforeAll(async () => {
  const world = new World('http://localhost:3000')
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000', world })
})
afterAll(() => sandbox.close())

type Reading<Row> = {
  token: string
  address: string
  keyOf: (row: Row) => string
  before: readonly string[]
  /** Removes a row; false when it must stay. */
  remove: (key: string) => boolean
  /** Adds a row. */
  add: () => void
}

/** Reads a list while rows are removed and added, and compares what was listed with what stayed. */
async function expectEachOnce<Row>({ which, after, wholePage }: Removals, reading: Reading<Row>): Promise<void> {
  const { token, address, keyOf, before, remove, add } = reading
  const removed = new Set<string>()
  const pages = await readPages<Row>(sandbox.url, token, address, (page, number) => {
    if (number !== after) return
    const keys = wholePage ? page.map(keyOf) : before.filter((_, place) => which[place])
    for (const key of keys) if (remove(key)) removed.add(key)
    add()
  })
  const listed = pages.flat().map(keyOf)
  expect(new Set(listed).size, 'a row came twice').toBe(listed.length)
  expect(listed).toEqual(expect.arrayContaining(before.filter((key) => !removed.has(key))))
  const stayed = listed.filter((key) => before.includes(key) && !removed.has(key))
  expect(stayed).toEqual(before.filter((key) => stayed.includes(key)))
}

test('role assignments that stay are listed once and in order, whichever others are added or removed between two pages', () =>
  fc.assert(
    fc.asyncProperty(smallWorld, removals, async (drawn, chosen) => {
      const tenant = buildSmallWorld(sandbox.world, drawn)
      const token = tokenOf(sandbox.world, tenant, OWNER, 'arm')
      const keyOf = (row: { name: string }) => row.name
      await expectEachOnce(chosen, {
        token,
        address: ASSIGNMENTS,
        keyOf,
        before: (await readPages<{ name: string }>(sandbox.url, token, ASSIGNMENTS)).flat().map(keyOf),
        // The owner's own assignment must stay, or the next page is refused.
        remove: (id) => tenant.assignments.get(id)?.principalId !== OWNER && tenant.assignments.delete(id),
        add: () => addAssignment(tenant, createRandom('came'), { principalId: OWNER, role: 'Reader', scope: '/' }),
      })
    }),
    { numRuns: 150 },
  ))

test('members who stay are listed once and in order, whichever others are added or removed between two pages', () =>
  fc.assert(
    fc.asyncProperty(
      smallWorld,
      fc.constantFrom(...GROUPS),
      fc.constantFrom('members', 'transitiveMembers'),
      removals,
      async (drawn, group, list, chosen) => {
        // The other groups are empty members, so that removing one removes nobody else.
        const before = MEMBERS.filter((id) => id !== group)
        const memberships = before.map((id): [string, string] => [group, id])
        const tenant = buildSmallWorld(sandbox.world, { ...drawn, memberships, pageSize: 1 + (drawn.pageSize % 3) })
        const person = addUser(tenant, createRandom('came'), {
          id: '33333333-0000-4000-8000-000000000050',
          displayName: 'Somebody new',
          userPrincipalName: 'new@northwind.example',
        })
        await expectEachOnce<{ id: string }>(chosen, {
          token: tokenOf(sandbox.world, tenant, OWNER, 'graph'),
          address: `${BETA}/groups/${group}/${list}`,
          keyOf: ({ id }) => id,
          before,
          remove: (id) => tenant.memberships.remove(group, id),
          add: () => tenant.memberships.add(group, person.id),
        })
      },
    ),
    { numRuns: 100 },
  ))

test('people who stay are listed once and in order, whoever else is added or deleted between two pages', () =>
  fc.assert(
    fc.asyncProperty(smallWorld, removals, fc.constantFrom('users', 'users/delta'), async (drawn, chosen, list) => {
      const tenant = buildSmallWorld(sandbox.world, drawn)
      const random = createRandom('people')
      const addPerson = (number: number) =>
        addUser(tenant, random, {
          id: `33333333-0000-4000-8000-0000000010${number}`,
          displayName: `Person ${number}`,
          userPrincipalName: `${number}@northwind.example`,
        })
      for (let number = 10; number < 22; number++) addPerson(number)
      await expectEachOnce<{ id: string }>(chosen, {
        token: tokenOf(sandbox.world, tenant, OWNER, 'graph'),
        address: `${GRAPH}/${list}`,
        keyOf: ({ id }) => id,
        before: [...tenant.users.keys()],
        remove(id) {
          const user = id === OWNER ? undefined : tenant.users.get(id)
          if (user) deleteUser(tenant, user, '2026-06-01T12:00:00Z')
          return user !== undefined
        },
        add: () => addPerson(50),
      })
    }),
    { numRuns: 150 },
  ))
