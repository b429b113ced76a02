import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildSmallWorld, GROUPS, OWNER, smallWorld } from '@/sandbox/properties/small-world'
import { startSandbox } from '@/sandbox/server'
import type { Tenant } from '@/sandbox/world/types'
import { azureAs } from '@/testing/azure-as'
import { pointAt } from '@/testing/stand-in'
import { callsForFirstLevel } from './group-plan'
import { readGroups } from './groups'
import { readMembershipsOfPeople } from './memberships-of-people'

let sandbox: Awaited<ReturnType<typeof startSandbox>>
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  pointAt(sandbox.url)
})
afterAll(() => sandbox.close())

/** The direct members of the given groups and of those inside them, as the directory has them. */
function edgesBelow({ groups, memberships }: Tenant, ids: string[]): string[] {
  const reached = new Set(ids)
  for (const id of reached) for (const member of memberships.membersOf(id)) if (groups.has(member)) reached.add(member)
  return [...reached].flatMap((id) => [...memberships.membersOf(id)].map((member) => `${id} > ${member}`)).sort()
}

const someGroups = fc.uniqueArray(fc.constantFrom(...GROUPS), { minLength: 1 })

/** Calls that the sandbox has received since it was last asked. */
function callsReceived(): number {
  return sandbox.world.log.splice(0).length
}

test('however groups contain one another, every membership is read once, in as many calls as were expected', async () => {
  await fc.assert(
    fc.asyncProperty(smallWorld, someGroups, async (drawn, ids) => {
      const tenant = buildSmallWorld(sandbox.world, drawn)
      const { azure } = azureAs(sandbox.world, tenant.id, OWNER)
      const plan = { predicted: callsForFirstLevel(ids.length), made: 0 }
      callsReceived()
      const { groups, people } = await readGroups(azure, ids, { plan })

      const edges = [...groups.values()].flatMap(({ id, members }) =>
        [...members.values()].map((member) => `${id} > ${member.id}`),
      )
      expect(edges.sort()).toEqual(edgesBelow(tenant, ids))
      for (const { id, name, state } of groups.values())
        expect({ name, state }).toEqual({ name: tenant.groups.get(id)?.displayName, state: 'whole' })
      const users = new Set(edges.map((edge) => edge.split(' > ')[1] ?? '').filter((id) => tenant.users.has(id)))
      expect(new Set(people.keys())).toEqual(users)
      expect([plan.made, callsReceived()]).toEqual([plan.predicted, plan.predicted])
    }),
    { numRuns: 150 },
  )
})

test('however groups contain one another, asking the people finds the same members as the directory has', async () => {
  await fc.assert(
    fc.asyncProperty(smallWorld, someGroups, async (drawn, ids) => {
      const tenant = buildSmallWorld(sandbox.world, drawn)
      const { azure } = azureAs(sandbox.world, tenant.id, OWNER)
      const plan = { predicted: 0, made: 0 }
      callsReceived()
      const { membersOf } = await readMembershipsOfPeople(azure, new Set(ids), { plan })

      expect([...membersOf.keys()].sort()).toEqual([...ids].sort())
      for (const [id, members] of membersOf) {
        const below = tenant.memberships.transitiveMembersOf(id).filter((one) => tenant.users.has(one))
        expect([...members].sort()).toEqual([...below].sort())
      }
      expect([plan.made, callsReceived()]).toEqual([plan.predicted, plan.predicted])
    }),
    { numRuns: 100 },
  )
})
