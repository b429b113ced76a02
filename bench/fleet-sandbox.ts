import { writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { startSandbox } from '@/sandbox/server'
import { applyChange } from '@/sandbox/world/changes'
import { makeTenant } from '@/sandbox/world/make-tenant'

// A sandbox with a company: many subscriptions below the same management groups, at which groups hold roles. Writes what it made
// to the file it is given, and serves until it is ended.

const [port = '', portalUrl = '', file = '', size = ''] = process.argv.slice(2)
const { people, groups, assigned, subscriptions, assignments = 0 } = JSON.parse(size) as Record<string, number>
const began = performance.now()
const sandbox = await startSandbox({ port: Number(port), portalUrl })
const { world } = sandbox
await pause(500) // whoever waits for the sandbox hears of it before the world is made, during which it answers nobody
const ROLES = ['Reader', 'Contributor', 'Monitoring Reader', 'Storage Blob Data Reader', 'Owner']

const made = makeTenant(world, {
  ...{ seed: 'fleet', licence: 'p2', consented: true, managementGroupDepth: 3, managementGroups: 3 },
  // With thousands of assignments in a subscription, one of a hundred is a group's and the others are people's.
  assignments: assignments > 100 ? { count: assignments, principals: { user: 99, group: 1 } } : assignments,
  // A delegation in each subscription, the sandbox's own choice, would cost a call for each of them.
  delegations: 0,
  ...{
    people,
    subscriptions,
    groups: { count: groups ?? 0, sizes: { min: 3, max: Math.min(77, people ?? 0) }, depth: 3 },
  },
})
const tenant = world.findTenant(made.tenantId)
if (!tenant) throw new Error('The tenant was not made.')
const scopes = made.managementGroups.map(({ id }) => `/providers/Microsoft.Management/managementGroups/${id}`)
const assignees = tenant.groups.list().slice(0, assigned)
const assign = ({ id: principalId }: { id: string }, index: number) =>
  applyChange(world, {
    ...{ type: 'assign', tenantId: made.tenantId, principalId },
    role: ROLES[index % ROLES.length] ?? '',
    scope: scopes[index % scopes.length] ?? '',
  })
for (const [index, group] of assignees.entries()) assign(group, index)
const outsider = tenant.users.list().at(-1)
// One that lies in no other group, and holds a role above all subscriptions as the first does, which lies in others.
const liesInNone = ({ id }: { id: string }) =>
  !tenant.groups.list().some((one) => tenant.memberships.membersOf(one.id).has(id))
const plain = tenant.groups.list().slice(assigned).find(liesInNone)
if (plain) assign(plain, 0)
const seconds = (performance.now() - began) / 1_000
const { figures, ...rest } = made
writeFileSync(
  file,
  JSON.stringify({
    ...{ ...rest, groupId: assignees[0]?.id, plainGroupId: plain?.id, newMemberId: outsider?.id, pid: process.pid },
    world: { ...figures, seconds, bytes: process.memoryUsage.rss() },
  }),
)
