import { expect, test } from 'vitest'
import { addGroupSchedule } from './group-schedules'
import { createRandom } from './random'
import {
  addAssignment,
  addEligibility,
  addGroup,
  addServicePrincipal,
  addSubscription,
  addUser,
  createTenant,
  deleteUser,
} from './tenant'
import { effectiveAccess, effectiveAccessOf } from './truth'
import type { DenyAssignment } from './types'
import { World } from './world'

const SUBSCRIPTION = '22222222-0000-4000-8000-000000000001'
const AT = Date.parse('2026-06-01T12:00:00Z')
const HERE = `/subscriptions/${SUBSCRIPTION}`
const PLATFORM = '/providers/Microsoft.Management/managementGroups/Platform'

/** Creates a tenant with the management group Platform and one subscription in it; Ann, Bo, and empty groups of the given names. */
function small(...groups: string[]) {
  const world = new World('http://localhost:3000')
  const random = createRandom('truth')
  const tenant = createTenant({ id: 'root', name: 'Northwind', domain: 'northwind.example', demo: false })
  world.addTenant(tenant)
  tenant.managementGroups.add({ id: 'Platform', displayName: 'The platform', parentId: 'root' })
  tenant.managementGroups.add({ id: 'Other', displayName: 'Elsewhere', parentId: 'root' })
  addSubscription(tenant, { id: SUBSCRIPTION, name: 'Web', managementGroupId: 'platform' })
  const user = (id: string) =>
    addUser(tenant, random, { id, displayName: `${id} Hansen`, userPrincipalName: `${id}@northwind.example` })
  user('ann')
  user('bo')
  for (const id of groups) addGroup(tenant, { id, displayName: `Group ${id}` })
  const put = (group: string, ...members: string[]) => {
    for (const member of members) tenant.memberships.add(group, member)
  }
  const assign = (principalId: string, scope = HERE, more: Partial<Parameters<typeof addAssignment>[2]> = {}) =>
    addAssignment(tenant, random, { principalId, role: 'Reader', scope, ...more })
  const allow = (principalId: string, more: Partial<Parameters<typeof addEligibility>[2]> = {}) =>
    addEligibility(tenant, random, { principalId, role: 'Owner', scope: HERE, ...more })
  const deny = (facts: Partial<DenyAssignment>) =>
    tenant.denyAssignments.add({
      id: 'deny',
      name: 'Nothing',
      description: '',
      permissions: [],
      scope: HERE,
      doNotApplyToChildScopes: false,
      principals: [{ id: '00000000-0000-0000-0000-000000000000', type: 'SystemDefined' }],
      excludePrincipals: [],
      isSystemProtected: true,
      createdOn: '2026-01-01T00:00:00Z',
      ...facts,
    })
  const rows = (paths?: number) => effectiveAccess(world, SUBSCRIPTION, { at: AT, paths })
  /** Who through which groups, as `ann a>b`. */
  const ways = () => rows().map((row) => [row.principalId, row.via.map((step) => step.id).join('>')].join(' ').trim())
  return { world, tenant, user, put, assign, allow, deny, rows, ways }
}

test('a role assigned directly to a person gives one row with every fact', () => {
  const { assign, rows } = small()
  assign('ann', HERE.toUpperCase(), { id: 'one', condition: 'only blobs' })
  expect(rows()).toEqual([
    {
      principalId: 'ann',
      principalType: 'User',
      name: 'ann Hansen',
      mail: 'ann@northwind.example',
      userPrincipalName: 'ann@northwind.example',
      guest: false,
      status: 'active',
      roleId: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
      roleName: 'Reader',
      roleCustom: false,
      scope: HERE.toUpperCase(),
      level: 'subscription',
      kind: 'active',
      startDateTime: null,
      endDateTime: null,
      permanent: true,
      condition: 'only blobs',
      assignmentId: 'one',
      via: [],
      scopePath: [],
      deniedBy: [],
      truncated: false,
    },
  ])
})

test('nested groups lead to the people in them, and an empty group gives no row', () => {
  const { put, assign, ways } = small('a', 'b', 'empty')
  put('a', 'b', 'bo')
  put('b', 'ann')
  assign('a')
  assign('empty')
  expect(ways().sort()).toEqual(['ann a>b', 'bo a'])
})

test('two chains of groups to one person are two rows', () => {
  const { put, assign, ways } = small('top', 'left', 'right', 'low')
  put('top', 'left', 'right')
  put('left', 'low')
  put('right', 'low')
  put('low', 'ann')
  assign('top')
  expect(ways().sort()).toEqual(['ann top>left>low', 'ann top>right>low'])
})

test('groups that contain each other do not run forever', () => {
  const { put, assign, ways } = small('a', 'b')
  put('a', 'b', 'ann')
  put('b', 'a', 'bo')
  assign('a')
  assign('b')
  expect(ways().sort()).toEqual(['ann a', 'ann b>a', 'bo a>b', 'bo b'])
})

test('chains beyond the number asked for are left out, and the rows say so', () => {
  const { put, assign, rows } = small('top', 'left', 'right', 'low')
  put('top', 'left', 'right', 'bo')
  put('left', 'low')
  put('right', 'low')
  put('low', 'ann')
  assign('top')
  expect(rows(1).map((row) => [row.principalId, row.truncated])).toEqual([
    ['bo', false],
    ['ann', true],
  ])
  expect(rows(2).some((row) => row.truncated)).toBe(false)
})

test('roles at the root, at management groups above and within the subscription count; those at other management groups do not', () => {
  const { assign, rows } = small()
  assign('ann', '/')
  assign('ann', PLATFORM.toLowerCase())
  assign('ann', '/providers/Microsoft.Management/managementGroups/Other')
  assign('ann', `${HERE}/resourcegroups/RG-front`)
  assign('ann', `${HERE}/resourceGroups/rg-front/providers/Microsoft.Web/sites/shop`)
  assign('ann', `${HERE}9`)
  expect(rows().map((row) => [row.level, row.scopePath.map((step) => step.name)])).toEqual([
    ['root', ['/', 'Tenant Root Group', 'The platform']],
    ['management_group', ['The platform']],
    ['resource_group', []],
    ['resource', []],
  ])
})

test('a person who activated a role for which their group is eligible has a row of each kind', () => {
  const { put, assign, allow, rows } = small('a')
  put('a', 'ann')
  const { id } = allow('a', { startDateTime: '2026-01-01T00:00:00Z' })
  assign('ann', HERE, {
    role: 'Owner',
    schedule: {
      assignmentType: 'Activated',
      startDateTime: '2026-06-01T11:00:00Z',
      endDateTime: '2026-06-01T13:00:00Z',
      eligibilityId: id,
    },
  })
  expect(rows().map((row) => [row.kind, row.via.length, row.permanent, row.endDateTime])).toEqual([
    ['activated', 0, false, '2026-06-01T13:00:00Z'],
    ['eligible', 1, true, null],
  ])
})

test('roles that have ended or not begun are left out', () => {
  const { assign, allow, rows } = small()
  const schedule = { assignmentType: 'Assigned' as const, eligibilityId: null }
  assign('ann', HERE, {
    schedule: { ...schedule, startDateTime: '2026-01-01T00:00:00Z', endDateTime: '2026-06-01T12:00:00Z' },
  })
  assign('ann', HERE, { schedule: { ...schedule, startDateTime: '2026-06-01T12:00:01Z', endDateTime: null } })
  allow('bo', { startDateTime: '2026-07-01T00:00:00Z' })
  expect(rows()).toEqual([])
  assign('bo', HERE, { schedule: { ...schedule, startDateTime: '2026-06-01T12:00:00Z', endDateTime: null } })
  expect(rows().map((row) => [row.principalId, row.kind])).toEqual([['bo', 'active']])
})

test('an inherited deny assignment applies to everyone except those it excludes, directly or through a group', () => {
  const { put, assign, deny, rows } = small('spared')
  put('spared', 'bo')
  deny({ scope: PLATFORM.toUpperCase(), excludePrincipals: [{ id: 'spared', type: 'Group' }] })
  assign('ann')
  assign('bo')
  expect(rows().map((row) => [row.principalId, row.deniedBy])).toEqual([
    ['ann', ['deny']],
    ['bo', []],
  ])
})

test('a deny assignment that does not apply to child scopes counts only at its scope, and none counts above its scope', () => {
  const { put, assign, deny, rows } = small('a')
  put('a', 'ann')
  deny({ doNotApplyToChildScopes: true, principals: [{ id: 'a', type: 'Group' }] })
  assign('ann', PLATFORM)
  assign('ann', HERE)
  assign('ann', `${HERE}/resourceGroups/rg`)
  expect(rows().map((row) => [row.level, row.deniedBy])).toEqual([
    ['management_group', []],
    ['subscription', ['deny']],
    ['resource_group', []],
  ])
})

test('the status disabled goes before invited, and deleted before both', () => {
  const { tenant, user, assign, rows } = small()
  const invited = { userType: 'Guest', externalUserState: 'PendingAcceptance' } as const
  Object.assign(user('invited'), invited)
  Object.assign(user('disabled'), invited, { accountEnabled: false })
  const gone = Object.assign(user('gone'), invited, { accountEnabled: false })
  for (const id of ['invited', 'disabled', 'gone']) assign(id)
  deleteUser(tenant, gone, '2026-05-01T00:00:00Z')
  expect(rows().map((row) => [row.name, row.guest, row.status])).toEqual([
    ['invited Hansen', true, 'invited'],
    ['disabled Hansen', true, 'disabled'],
    ['gone Hansen', true, 'deleted'],
  ])
})

test('holders that the directory does not know, and holders that are no people, have rows too', () => {
  const { tenant, put, assign, rows } = small('a')
  addServicePrincipal(tenant, { id: 'app', appId: 'app-id', displayName: 'Robot' })
  tenant.devices.add({ id: 'phone', displayName: 'Phone', deviceId: 'x', accountEnabled: true })
  put('a', 'app', 'phone')
  assign('a')
  assign('nobody', HERE, { principalType: 'User' })
  assign('was-a-group', HERE, { principalType: 'Group' })
  assign('abroad', HERE, { principalType: 'ForeignGroup' })
  expect(rows().map((row) => [row.principalType, row.name, row.status])).toEqual([
    ['ServicePrincipal', 'Robot', null],
    ['Device', 'Phone', null],
    ['User', null, 'deleted'],
    ['Group', null, 'deleted'],
    ['ForeignGroup', null, null],
  ])
})

test('an eligible membership makes what it leads to eligible, and the first end along the path is that of the row', () => {
  const { tenant, put, assign, rows } = small('a', 'b')
  const facts = { startDateTime: '2026-01-01T00:00:00Z', groupId: 'a' }
  put('b', 'ann')
  addGroupSchedule(tenant, createRandom('a'), {
    ...facts,
    kind: 'eligible',
    principalId: 'b',
    endDateTime: '2027-01-01T00:00:00Z',
  })
  addGroupSchedule(tenant, createRandom('b'), {
    ...facts,
    kind: 'activated',
    principalId: 'bo',
    endDateTime: '2026-06-01T13:00:00Z',
  })
  addGroupSchedule(tenant, createRandom('c'), {
    ...facts,
    kind: 'eligible',
    principalId: 'bo',
    endDateTime: '2026-06-01T11:00:00Z',
  })
  assign('a')
  expect(rows().map((row) => [row.principalId, row.kind, row.endDateTime, row.permanent, row.via])).toEqual([
    [
      'bo',
      'activated',
      '2026-06-01T13:00:00Z',
      false,
      [{ id: 'a', name: 'Group a', kind: 'activated', endDateTime: '2026-06-01T13:00:00Z' }],
    ],
    [
      'ann',
      'eligible',
      '2027-01-01T00:00:00Z',
      false,
      [
        { id: 'a', name: 'Group a', kind: 'eligible', endDateTime: '2027-01-01T00:00:00Z' },
        { id: 'b', name: 'Group b', kind: 'active', endDateTime: null },
      ],
    ],
  ])
})

test('the rows for one person are those of that person among everyone’s', () => {
  const { world, put, assign, rows } = small('a', 'b')
  put('a', 'b', 'ann', 'bo')
  put('b', 'ann')
  assign('a')
  assign('ann', '/')
  const own = effectiveAccessOf(world, SUBSCRIPTION, 'ANN', { at: AT })
  expect(own).toHaveLength(3)
  expect(own).toEqual(rows().filter((row) => row.principalId === 'ann'))
})
