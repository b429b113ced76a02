import { applyChange } from '@/sandbox/world/changes'
import { truthOf } from '@/sandbox/world/truth'
import type { Published } from './read-published'
import type { Rolecall, TestTenant } from './rolecall'

/** Each round is at a scope of its own, so that no row of one is a row of another. */
const ROLES = ['Contributor', 'Reader', 'Monitoring Reader', 'Security Reader', 'AcrPull']

/** A tenant whose subscription can be turned over: `turnOver` replaces every assignment but those of the account that reads. */
export async function createChangingTenant(rolecall: Rolecall, people: number) {
  const tenant = await rolecall.tenant({ people, assignments: 0, delegations: 0 })
  const subscriptionId = tenant.subscription.id
  const reader = tenant.account('owner').objectId
  tenant.world.faults = [withoutActivityLog(tenant)]
  const directory = tenant.world.findTenant(tenant.tenantId)
  const others = [...(directory?.users.keys() ?? [])].filter((id) => id !== reader)
  let round = 0

  return {
    tenant,
    turnOver() {
      round += 1
      const scope = `/subscriptions/${subscriptionId}/resourceGroups/round-${round}`
      const { tenantId } = tenant
      for (const [index, principalId] of others.entries()) {
        applyChange(tenant.world, { type: 'unassign', principalId, tenantId })
        // Not the same people each time, nor the same number of them.
        if ((index + round) % 7 === 0) continue
        const role = ROLES[(index + round) % ROLES.length] ?? 'Reader'
        applyChange(tenant.world, { type: 'assign', principalId, tenantId, role, scope })
      }
    },
    truth: () => publishedOf(tenant),
  }
}

/**
 * Refuses the activity log: who made the hundreds of changes of a round is another test's concern, and to read them page by page takes
 * long beside readers that keep the process busy.
 */
export const withoutActivityLog = ({ tenantId }: TestTenant) => ({
  ...{ match: { path: 'eventtypes/management', tenantId }, status: 403, seen: 0, fired: 0 },
  body: { error: { code: 'AuthorizationFailed', message: 'refused' } },
})

/** What a page would show if it were published now. */
function publishedOf({ world, subscription }: TestTenant): Published {
  const held = truthOf(world, subscription.id)
  // Pages are of people; only a run counts what others hold too.
  const byPeople = held.filter(({ principalType }) => principalType === 'User')
  const people = new Set(byPeople.map(({ principalId }) => principalId)).size
  const holders = Map.groupBy(byPeople, ({ roleName }) => roleName)
  const roles = [...holders].map(
    ([name, holding]) => `${name}: ${new Set(holding.map(({ principalId }) => principalId)).size}`,
  )
  return {
    rows: byPeople
      .map(({ principalId, roleName, scope }) => `${principalId}|${roleName}|${scope.toLowerCase()}`)
      .sort(),
    tabs: { assignments: byPeople.length, people, roles: roles.length },
    run: { assignments: held.length, people },
    roles: roles.sort(),
  }
}
