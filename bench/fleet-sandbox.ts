import { writeFileSync } from 'node:fs'
import { startSandbox } from '@/sandbox/server'
import { applyChange } from '@/sandbox/world/changes'
import { makeTenant } from '@/sandbox/world/make-tenant'

// A sandbox with a company: many subscriptions below the same management groups, at which groups hold roles. Writes what it made
// to the file it is given, and serves until it is ended.

const [port = '', portalUrl = '', file = '', size = ''] = process.argv.slice(2)
const { people, groups, assigned, subscriptions } = JSON.parse(size) as Record<string, number>
const sandbox = await startSandbox({ port: Number(port), portalUrl })
const { world } = sandbox
const ROLES = ['Reader', 'Contributor', 'Monitoring Reader', 'Storage Blob Data Reader', 'Owner']

const made = makeTenant(world, {
  ...{ seed: 'fleet', licence: 'p2', consented: true, assignments: 10, managementGroupDepth: 3, managementGroups: 3 },
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
const holders = tenant.groups.list().slice(0, assigned)
for (const [index, group] of holders.entries())
  applyChange(world, {
    type: 'assign',
    tenantId: made.tenantId,
    principalId: group.id,
    role: ROLES[index % ROLES.length] ?? '',
    scope: scopes[index % scopes.length] ?? '',
  })
const outsider = tenant.users.list().at(-1)
writeFileSync(file, JSON.stringify({ ...made, groupId: holders[0]?.id, newMemberId: outsider?.id }))
