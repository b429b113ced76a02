import { MOST_PATHS } from '@/lib/domain/access-paths'
import { OPTIONAL_SCOPES } from '@/lib/domain/permissions'
import { applyChange } from '@/sandbox/world/changes'
import { truthOf } from '@/sandbox/world/truth'
import { accessLines } from './access-lines'
import { withoutActivityLog } from './changing-tenant'
import type { ResultSeen } from './read-result'
import type { Rolecall, TestTenant } from './rolecall'
import { trueAccess } from './true-access'

const OPTIONAL = [...OPTIONAL_SCOPES]
const ROLES = ['Contributor', 'Reader', 'Monitoring Reader', 'Security Reader', 'AcrPull']

/**
 * A tenant whose subscriptions share everything that can be shared: the root, management groups, and groups that hold roles there
 * and lie in each other. `turnOver` changes all of it, so that each round leaves every subscription with another result.
 */
export async function createChangingCompany(rolecall: Rolecall, { subscriptions }: { subscriptions: number }) {
  const tenant = await rolecall.tenant({
    ...{ subscriptions, people: 24, assignments: 6, delegations: 0, consented: OPTIONAL, licence: 'p2' },
    groups: { count: 6, sizes: { min: 3, max: 8 }, depth: 3, eligible: 4 },
    ...{ managementGroupDepth: 2, managementGroups: 4 },
  })
  const { world, tenantId } = tenant
  world.faults = [withoutActivityLog(tenant)]
  const directory = world.findTenant(tenantId)
  if (!directory) throw new Error('The tenant was not made.')
  const accounts = new Set(tenant.accounts.map(({ objectId }) => objectId))
  const people = [...directory.users.keys()].filter((id) => !accounts.has(id))
  const groups = [...directory.groups.keys()]
  const managementGroups = tenant.managementGroups.map(({ id }) => id)
  const scopes = [
    '/',
    ...managementGroups.map((id) => `/providers/Microsoft.Management/managementGroups/${id}`),
    ...tenant.subscriptions.map(({ id }) => `/subscriptions/${id}`),
  ]
  let given: string[] = []
  let round = 0

  /** Every sixth of the people, beginning elsewhere in each round and for each `place`, and one or two groups. */
  const holdersAt = (place: number) => [
    ...people.filter((_, index) => (index + round + place) % 6 === 0),
    ...groups.filter((_, index) => (index + 2 * round + place) % 4 === 0),
  ]

  return {
    ...{ tenant, optional: OPTIONAL },
    turnOver() {
      round += 1
      for (const assignmentId of given) applyChange(world, { type: 'unassign', tenantId, assignmentId })
      given = scopes.flatMap((scope, place) => {
        const role = ROLES[(round + place) % ROLES.length] ?? ''
        return holdersAt(place).map((principalId) => assignedId({ world, tenantId }, { principalId, role, scope }))
      })
      for (const [place, groupId] of groups.entries()) {
        for (const principalId of directory.memberships.memberList(groupId))
          applyChange(world, { type: 'remove_member', tenantId, groupId, principalId })
        const inside = groups[(place + 1 + (round % (groups.length - 1))) % groups.length] ?? ''
        for (const principalId of [inside, ...people.filter((_, index) => (index + round + place) % 5 === 0)])
          applyChange(world, { type: 'add_member', tenantId, groupId, principalId })
      }
      const moved = tenant.subscriptions[round % tenant.subscriptions.length]?.id ?? ''
      const managementGroupId = managementGroups[round % managementGroups.length] ?? ''
      applyChange(world, { type: 'move_subscription', subscriptionId: moved, managementGroupId })
    },
    truth: (subscription: TestTenant['subscription']) => resultOf({ ...tenant, subscription }),
  }
}

function assignedId(
  { world, tenantId }: Pick<TestTenant, 'world' | 'tenantId'>,
  to: { principalId: string; role: string; scope: string },
): string {
  const made = applyChange(world, { type: 'assign', tenantId, ...to })
  if (typeof made !== 'object' || !made || !('id' in made)) throw new Error('The assignment has no id.')
  return String(made.id)
}

/** What a subscription's pages would show of people if it were published now. */
function resultOf(tenant: TestTenant): ResultSeen {
  const access = trueAccess(tenant, {
    ...{ paths: MOST_PATHS, eligibleMembers: true, activatedMembers: true },
    sees: ({ principalType }) => principalType === 'User',
  })
  const grants = [...access.keys()].map((key) => {
    const [personId = '', roleId = '', , kind = ''] = key.split(' ')
    return { personId, roleId, isHeld: kind !== 'eligible' }
  })
  const byPerson = Map.groupBy(grants, ({ personId }) => personId)
  const roles = [...Map.groupBy(grants, ({ roleId }) => roleId)].map(([roleId, some]) => {
    const held = new Set(some.filter(({ isHeld }) => isHeld).map(({ personId }) => personId))
    const all = new Set(some.map(({ personId }) => personId))
    return `${roleId}: ${held.size} hold it, ${all.size - held.size} can activate it`
  })
  return {
    people: [...byPerson].map(([personId, some]) => `${personId}: ${some.length}`).sort(),
    roles: roles.sort(),
    counts: {
      people: byPerson.size,
      ofRun: byPerson.size,
      assignments: truthOf(tenant.world, tenant.subscription.id).length,
    },
    access: Object.fromEntries(
      [...byPerson.keys()].map((personId) => [
        personId,
        accessLines(access).filter((line) => line.startsWith(personId)),
      ]),
    ),
  }
}
