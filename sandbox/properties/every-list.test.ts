import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { scopesOf } from '../world/access-paths'
import { applyChange } from '../world/changes'
import { makeTenant } from '../world/make-tenant'
import { createRandom } from '../world/random'
import { BUILT_IN_ROLES } from '../world/roles'
import { addEligibility, addUser, createTenant } from '../world/tenant'
import type { Tenant, User } from '../world/types'
import { World } from '../world/world'
import { readPages, tokenOf } from './small-world'

const SPEC = {
  seed: 'every list',
  people: 30,
  deleted: 13,
  groups: { count: 12, size: 5, depth: 4, cycles: 2 },
  servicePrincipals: 6,
  managementGroupDepth: 3,
  managementGroups: 9,
  subscriptions: 7,
  resourceGroups: 8,
  assignments: 60,
  customRoles: 6,
  timeBound: 0.3,
  eligibility: 14,
  activated: 4,
  denyAssignments: 9,
  delegations: 5,
  narrowRoles: 9,
}
const ARM = 'https://management.azure.com'
const GRAPH = 'https://graph.microsoft.com/v1.0'
const random = createRandom('every list')

let sandbox: Sandbox
let tenant: Tenant
let owner: User
beforeAll(async () => {
  const world = new World('http://localhost:3000')
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000', world })
  const made = makeTenant(world, SPEC)
  const found = world.findUser(`owner@${made.domain}`)
  if (!found) throw new Error('The tenant has no owner.')
  tenant = found.tenant
  owner = found.user
  const [subscription] = tenant.subscriptions.list()
  const [group] = tenant.groups.list()
  if (!group) throw new Error('The tenant has no group.')
  for (const one of tenant.groups.list().slice(0, 3)) tenant.memberships.add(one.id, owner.id)
  for (const principalId of [owner.id, owner.id, owner.id, group.id])
    addEligibility(tenant, random, { principalId, role: 'Reader', scope: `/subscriptions/${subscription?.id}` })
  // An owner of the root can read management groups and all subscriptions.
  applyChange(world, { type: 'assign', tenantId: tenant.id, principalId: owner.id, role: 'Owner', scope: '/' })
  for (let number = 0; number < 5; number++) addAbroad(world, number)
  const scope = `/subscriptions/${subscription?.id}`
  for (const role of ['Contributor', 'Owner', 'Monitoring Reader'])
    applyChange(world, { type: 'assign', tenantId: tenant.id, principalId: owner.id, role, scope })
  applyChange(world, { type: 'advance_clock', ms: 60_000 })
})
afterAll(() => sandbox.close())

/** Adds a tenant that has the owner as a guest. */
function addAbroad(world: World, number: number): void {
  const id = `99999999-0000-4000-8000-00000000000${number}`
  const abroad = createTenant({ id, name: `Abroad ${number}`, domain: `abroad${number}.example`, demo: false })
  addUser(abroad, random, {
    id: `88888888-0000-4000-8000-00000000000${number}`,
    displayName: owner.displayName,
    userPrincipalName: `owner#EXT#@abroad${number}.example`,
    home: { tenantId: tenant.id, objectId: owner.id },
  })
  world.addTenant(abroad)
}

/** The ids of a principal and of every group that contains it, found by repeating all memberships until nothing is new. */
function selfAndGroupsOf(id: string): Set<string> {
  const ids = new Set([id])
  for (let before = -1; before < ids.size; ) {
    before = ids.size
    for (const group of tenant.groups.keys())
      if ([...tenant.memberships.membersOf(group)].some((member) => ids.has(member))) ids.add(group)
  }
  return ids
}

type Held = { id: string; principalId: string; scope: string }
type List = { address: string; expected: () => Iterable<string>; keyOf?: (row: Record<string, string>) => string }

const first = () => {
  const [subscription] = tenant.subscriptions.list()
  if (!subscription) throw new Error('The tenant has no subscription.')
  return subscription
}
const scopes = () => scopesOf(tenant, first())
const covered = <T extends { scope: string }>(all: Iterable<T>) => [...all].filter((one) => scopes().covers(one.scope))
const idsOf = (all: Iterable<{ id: string }>) => [...all].map(({ id }) => id)
const isAbove = (one: Held) => !scopes().levelOf(one.scope).startsWith('resource')
const authorization = (type: string, query: string) => () =>
  `${ARM}/subscriptions/${first().id}/providers/Microsoft.Authorization/${type}?${query}`

/** One list of Privileged Identity Management with each of its filters. */
function instances(type: string, all: () => Iterable<Held>): Record<string, () => List> {
  const holder = () => covered(all()).find((one) => tenant.users.has(one.principalId))?.principalId ?? ''
  const filters: Record<string, [filter: () => string, fits: () => (one: Held) => boolean]> = {
    all: [() => '', () => () => true],
    'atScope()': [() => 'atScope()', () => isAbove],
    principalId: [() => `principalId eq '${holder()}'`, () => (one) => one.principalId === holder()],
    'asTarget()': [
      () => 'asTarget()',
      () => {
        const ids = selfAndGroupsOf(owner.id)
        return (one) => ids.has(one.principalId)
      },
    ],
  }
  return Object.fromEntries(
    Object.entries(filters).map(([name, [filter, fits]]) => [
      `${type}, ${name}`,
      () => ({
        address: authorization(type, `api-version=2020-10-01&$filter=${encodeURIComponent(filter())}`)().replace(
          /&\$filter=$/,
          '',
        ),
        expected: () => idsOf(covered(all()).filter(fits())),
      }),
    ]),
  )
}

const assignable = () =>
  [...tenant.customRoles.values()].filter((role) =>
    role.assignableScopes.some((one) => scopes().covers(one) && !scopes().levelOf(one).startsWith('resource')),
  )
const transitiveGroups = (id: string) => [...selfAndGroupsOf(id)].filter((one) => one !== id)
const nested = () =>
  [...tenant.groups.keys()].sort((a, b) => selfAndGroupsOf(b).size - selfAndGroupsOf(a).size)[0] ?? ''
const resourceGroups = () => {
  const named = [tenant.assignments.values(), tenant.eligibilities.values(), tenant.denyAssignments.values()]
    .flatMap((all) => covered<{ scope: string }>(all))
    .flatMap(({ scope }) => /\/resourceGroups\/([^/]+)/i.exec(scope)?.[1]?.toLowerCase() ?? [])
  return new Set([...named, ...first().resourceGroups.map((name) => name.toLowerCase())])
}
const groupPath = '/providers/Microsoft.Management/managementGroups'

const LISTS: Record<string, () => List> = {
  'memberOf of a person': () => ({
    address: `${GRAPH}/users/${owner.id}/memberOf`,
    expected: () => [...tenant.groups.keys()].filter((id) => tenant.memberships.membersOf(id).has(owner.id)),
  }),
  'transitiveMemberOf of a person': () => ({
    address: `${GRAPH}/users/${owner.id}/transitiveMemberOf`,
    expected: () => transitiveGroups(owner.id),
  }),
  'transitiveMemberOf of a group': () => ({
    address: `${GRAPH}/groups/${nested()}/transitiveMemberOf`,
    expected: () => transitiveGroups(nested()),
  }),
  'deleted people': () => ({
    address: `${GRAPH}/directory/deletedItems/microsoft.graph.user`,
    expected: () => tenant.deletedUsers.keys(),
  }),
  'role definitions': () => ({
    address: authorization('roleDefinitions', 'api-version=2022-04-01')(),
    expected: () => [...BUILT_IN_ROLES.keys(), ...idsOf(assignable())],
  }),
  'deny assignments': () => ({
    address: authorization('denyAssignments', 'api-version=2022-04-01')(),
    expected: () => idsOf(covered(tenant.denyAssignments.values())),
  }),
  'role definitions at and below': () => ({
    address: authorization('roleDefinitions', 'api-version=2022-04-01&$filter=atScopeAndBelow()')(),
    expected: () => [
      ...BUILT_IN_ROLES.keys(),
      ...idsOf([...tenant.customRoles.values()].filter((role) => role.assignableScopes.some(scopes().covers))),
    ],
  }),
  'registration assignments': () => ({
    address: `${ARM}/subscriptions/${first().id}/providers/Microsoft.ManagedServices/registrationAssignments?api-version=2022-10-01`,
    expected: () =>
      idsOf([...tenant.delegations.values()].filter((one) => one.scope === `/subscriptions/${first().id}`)),
  }),
  'registration definitions': () => ({
    address: `${ARM}/subscriptions/${first().id}/providers/Microsoft.ManagedServices/registrationDefinitions?api-version=2022-10-01`,
    expected: () => covered(tenant.delegations.values()).map((one) => one.definitionId),
  }),
  'role eligibility schedule requests': () => ({
    address: authorization('roleEligibilityScheduleRequests', 'api-version=2020-10-01')(),
    expected: () => idsOf(covered(tenant.eligibilities.values())),
    keyOf: (row) =>
      String((row.properties as unknown as Record<string, string>).targetRoleEligibilityScheduleInstanceId),
  }),
  'role management policies': () => ({
    address: authorization('roleManagementPolicyAssignments', 'api-version=2020-10-01')(),
    expected: () => [...BUILT_IN_ROLES.keys(), ...idsOf(assignable())],
    keyOf: (row) => row.name?.split('_')[1] ?? '',
  }),
  'activity log': () => ({
    address: `${ARM}/subscriptions/${first().id}/providers/Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01&$filter=${encodeURIComponent(`eventTimestamp ge '${new Date(sandbox.world.now() - 3_600_000).toISOString()}'`)}`,
    expected: () =>
      covered(tenant.activity.flatMap((one) => (one.of === 'assignment' ? [one.assignment] : [])))
        .filter(({ scope }) => scope.startsWith('/subscriptions/'))
        .flatMap(({ id }) => [id, id]),
    keyOf: (row) => row.resourceId?.split('/').at(-1) ?? '',
  }),
  ...instances('roleEligibilityScheduleInstances', () => tenant.eligibilities.values()),
  ...instances('roleAssignmentScheduleInstances', () => tenant.assignments.values()),
  subscriptions: () => ({
    address: `${ARM}/subscriptions?api-version=2022-12-01`,
    expected: () => tenant.subscriptions.keys(),
    keyOf: (row) => row.subscriptionId ?? '',
  }),
  'resource groups': () => ({
    address: `${ARM}/subscriptions/${first().id}/resourcegroups?api-version=2022-09-01`,
    expected: resourceGroups,
    keyOf: (row) => row.name?.toLowerCase() ?? '',
  }),
  'management groups': () => ({
    address: `${ARM}${groupPath}?api-version=2020-05-01`,
    expected: () => tenant.managementGroups.keys(),
  }),
  descendants: () => ({
    address: `${ARM}${groupPath}/${tenant.id}/descendants?api-version=2020-05-01`,
    expected: () => [
      ...[...tenant.managementGroups.keys()].filter((id) => id !== tenant.id),
      ...tenant.subscriptions.keys(),
    ],
  }),
  tenants: () => ({
    address: `${ARM}/tenants?api-version=2022-12-01`,
    expected: () =>
      [...sandbox.world.tenants.values()]
        .filter((one) => one === tenant || /^Abroad/.test(one.name))
        .map((one) => one.id),
    keyOf: (row) => row.tenantId ?? '',
  }),
}

test.each(Object.entries(LISTS))('%s: every row once and in the same order at any page size', async (_, list) => {
  const { address, expected, keyOf } = list()
  const keyOfRow = keyOf ?? ((row) => (address.startsWith(GRAPH) ? row.id : row.name) ?? '')
  const token = tokenOf(sandbox.world, tenant, owner.id, address.startsWith(ARM) ? 'arm' : 'graph')
  const readAt = async (size: number) => {
    tenant.pageSizes = { assignments: size, instances: size, subscriptions: size, users: size, members: size }
    return readPages<Record<string, string>>(sandbox.url, token, address)
  }
  const whole = (await readAt(1_000)).flat().map(keyOfRow)
  expect(whole.toSorted()).toEqual([...expected()].sort())
  expect(whole.length, 'too few to need pages').toBeGreaterThan(1)
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: whole.length + 1 }), async (size) => {
      const pages = await readAt(size)
      expect(pages.flat().map(keyOfRow)).toEqual(whole)
      expect(pages).toHaveLength(Math.ceil(whole.length / size))
    }),
    { numRuns: 8 },
  )
})
