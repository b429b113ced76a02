import { expect, test } from 'vitest'
import { CLOUDS } from '../clouds'
import { applyChange, type NamedChange } from '../world/changes'
import { makeTenant } from '../world/make-tenant'
import type { GroupMembershipClaims } from '../world/types'
import { World } from '../world/world'
import { membershipClaims } from './membership-claims'

const ROLE = 'Rolecall.Viewer'

/** A tenant with a group, a group around it, and somebody in the inner one. */
function createWorld(licence: 'free' | 'p1' = 'p1') {
  const world = new World('http://localhost:3000')
  const { tenantId, domain } = makeTenant(world, { seed: 'membership', people: 2, groups: 0, assignments: 0 })
  const change = (one: { type: NamedChange['type'] } & Record<string, unknown>) =>
    applyChange(world, { tenantId, ...one } as NamedChange) as { id: string }
  const user = `reader@${domain}`
  change({ type: 'set_licence', licence })
  const { id: inner } = change({ type: 'add_group', displayName: 'Inner' })
  const { id: outer } = change({ type: 'add_group', displayName: 'Outer' })
  change({ type: 'add_member', groupId: inner, user })
  change({ type: 'add_member', groupId: outer, principalId: inner })
  const claims = () => {
    const { tenant, user: person } = world.findUser(user) ?? {}
    const app = world.applications.get(world.clientId)
    const [cloud] = CLOUDS
    if (!tenant || !person || !app || !cloud) throw new Error('The world lacks somebody.')
    return membershipClaims(cloud, tenant, app, person)
  }
  const askFor = (groupMembershipClaims: GroupMembershipClaims | null) =>
    change({ type: 'set_group_claims', groupMembershipClaims })
  return { world, tenantId, user, inner, outer, change, claims, askFor }
}

test('nothing is said of somebody who is assigned to nothing, or when the registration asks for nothing', () => {
  const { inner, change, claims, askFor } = createWorld()
  expect(claims()).toEqual({})
  change({ type: 'assign_to_application', principalId: inner })
  askFor(null)
  expect(claims()).toEqual({})
})

test('the groups of the application are those assigned to it of which the person is a direct member', () => {
  const { inner, outer, change, claims } = createWorld()
  change({ type: 'assign_to_application', principalId: outer })
  expect(claims()).toEqual({})
  change({ type: 'assign_to_application', principalId: inner })
  expect(claims()).toEqual({ groups: [inner] })
  change({ type: 'unassign_from_application', principalId: inner })
  expect(claims()).toEqual({})
})

test('security groups are named with those around them, assigned or not', () => {
  const { world, tenantId, inner, outer, claims, askFor } = createWorld()
  askFor('SecurityGroup')
  expect(claims()).toEqual({ groups: [inner, outer].sort() })
  const group = world.findTenant(tenantId)?.groups.get(outer)
  if (group) group.securityEnabled = false
  expect(claims()).toEqual({ groups: [inner] })
  askFor('All')
  expect(claims()).toMatchObject({ groups: [inner, outer].sort(), wids: [expect.any(String)] })
})

test('only directory roles are said when the registration asks for these', () => {
  const { claims, askFor } = createWorld()
  askFor('DirectoryRole')
  expect(claims()).toEqual({ wids: [expect.any(String)] })
})

test('app roles come by the person, or by a group of which they are a direct member, each once', () => {
  const { user, inner, outer, change, claims, askFor } = createWorld()
  askFor(null)
  change({ type: 'assign_to_application', principalId: outer, appRole: ROLE })
  expect(claims()).toEqual({})
  change({ type: 'assign_to_application', principalId: inner, appRole: ROLE })
  change({ type: 'assign_to_application', user, appRole: ROLE })
  expect(claims()).toEqual({ roles: [ROLE] })
})

test('of more than 200 groups none is named, and an address stands in their place; app roles stay', () => {
  const { user, change, claims, askFor } = createWorld()
  askFor('SecurityGroup')
  change({ type: 'assign_to_application', user, appRole: ROLE })
  for (let n = 3; n <= 200; n++) {
    const { id } = change({ type: 'add_group', displayName: `Group ${n}` })
    change({ type: 'add_member', groupId: id, user })
  }
  expect(claims()).toMatchObject({ groups: { length: 200 } })
  const { id } = change({ type: 'add_group', displayName: 'One too many' })
  change({ type: 'add_member', groupId: id, user })
  expect(claims()).toEqual({
    roles: [ROLE],
    _claim_names: { groups: 'src1' },
    _claim_sources: { src1: { endpoint: expect.stringMatching(/^https:\/\/graph\..*\/getMemberObjects$/) } },
  })
})

test('what Entra ID does not allow is refused: unknown roles, the same twice, and groups without a licence', () => {
  const { inner, user, change } = createWorld()
  expect(() => change({ type: 'assign_to_application', user, appRole: 'Nobody' })).toThrow('no role Nobody')
  change({ type: 'assign_to_application', user, appRole: ROLE })
  expect(() => change({ type: 'assign_to_application', user, appRole: ROLE })).toThrow('already exists')
  change({ type: 'set_licence', licence: 'free' })
  expect(() => change({ type: 'assign_to_application', principalId: inner })).toThrow('licence p1')
})
