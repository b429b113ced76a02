import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { addAssignment } from '../world/build'
import { createRandom } from '../world/random'
import { World } from '../world/world'
import { readPages } from './read-pages'
import { buildSmallWorld, GROUPS, MEMBERS, OWNER, SUBSCRIPTION, smallWorld, tokenOf } from './small-world'

const SCOPE = `/subscriptions/${SUBSCRIPTION}`
const ASSIGNMENTS = `https://management.azure.com${SCOPE}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`

let sandbox: Sandbox
beforeAll(async () => {
  const world = new World('http://localhost:3000')
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000', world })
})
afterAll(() => sandbox.close())

test('a role assignment that stays is listed once, though others come and go between two pages', () =>
  fc.assert(
    fc.asyncProperty(smallWorld, fc.nat(), async (drawn, chosen) => {
      const tenant = buildSmallWorld(sandbox.world, drawn)
      const before = sandbox.world.truth(SUBSCRIPTION).map((row) => row.assignmentId)
      // The owner's own assignment has to stay, or the next page is refused.
      const gone = before.filter((id) => tenant.assignments.get(id)?.principalId !== OWNER)
      const removed = gone[chosen % Math.max(1, gone.length)]
      const pages = await readPages<{ name: string }>(
        sandbox.url,
        tokenOf(sandbox.world, tenant, OWNER, 'arm'),
        ASSIGNMENTS,
        () => {
          if (removed !== undefined) tenant.assignments.delete(removed)
          addAssignment(tenant, createRandom('came'), { principalId: OWNER, role: 'Reader', scope: '/' })
        },
      )
      const listed = pages.flat().map((row) => row.name)
      expect(new Set(listed).size).toBe(listed.length)
      expect(listed).toEqual(expect.arrayContaining(before.filter((id) => id !== removed)))
    }),
    { numRuns: 100 },
  ))

test('a member who stays is listed once, though another leaves between two pages', () =>
  fc.assert(
    fc.asyncProperty(
      smallWorld,
      fc.constantFrom(...GROUPS),
      fc.constantFrom(...MEMBERS),
      async (drawn, group, leaving) => {
        const tenant = buildSmallWorld(sandbox.world, drawn)
        const before = [...tenant.memberships.membersOf(group)]
        const pages = await readPages<{ id: string }>(
          sandbox.url,
          tokenOf(sandbox.world, tenant, OWNER, 'graph'),
          `https://graph.microsoft.com/v1.0/groups/${group}/members?$top=1`,
          () => tenant.memberships.remove(group, leaving),
        )
        const listed = pages.flat().map((item) => item.id)
        expect(new Set(listed).size).toBe(listed.length)
        expect(listed).toEqual(expect.arrayContaining(before.filter((id) => id !== leaving)))
      },
    ),
    { numRuns: 100 },
  ))
