import type { Subscription, Tenant } from './types'

const MANAGEMENT_GROUP = '/providers/microsoft.management/managementgroups/'

export type Step = { id: string; name: string }

/** The management groups from the tenant's root down to the one a subscription is in. */
function managementGroupsDownTo(tenant: Tenant, subscription: Subscription): Step[] {
  const steps: Step[] = []
  let wanted: string | null = subscription.managementGroupId
  while (wanted !== null) {
    const name: string = wanted.toLowerCase()
    const group = [...tenant.managementGroups.values()].find((one) => one.id.toLowerCase() === name)
    if (!group || steps.some((step) => step.id === group.id)) break
    steps.unshift({ id: group.id, name: group.displayName })
    wanted = group.parentId
  }
  return steps
}

/** The scopes from the root down to a subscription, as steps, and which assignments' scopes count for it. */
export function scopesOf(tenant: Tenant, subscription: Subscription) {
  const groups = managementGroupsDownTo(tenant, subscription)
  const above = ['/', ...groups.map((step) => MANAGEMENT_GROUP + step.id.toLowerCase())]
  const steps = [{ id: '/', name: '/' }, ...groups]
  const own = `/subscriptions/${subscription.id.toLowerCase()}`
  return {
    /** Whether what is held at a scope is held at the subscription, inherited by it, or held within it. */
    covers(scope: string): boolean {
      const low = scope.toLowerCase()
      return above.includes(low) || low === own || low.startsWith(`${own}/`)
    },
    /** How a scope above the subscription reaches it; nothing for the subscription and what is in it. */
    pathFrom(scope: string): Step[] {
      const index = above.indexOf(scope.toLowerCase())
      return index < 0 ? [] : steps.slice(index)
    },
    /** The scopes above one of those covered, in lower case. */
    aboveOf(scope: string): string[] {
      const low = scope.toLowerCase()
      const index = above.indexOf(low)
      if (index >= 0) return above.slice(0, index)
      const parts = low.split('/')
      const within = parts.map((_, end) => parts.slice(0, end).join('/')).filter((one) => one.startsWith(own))
      return [...above, ...within]
    },
    levelOf(scope: string): 'root' | 'management_group' | 'subscription' | 'resource_group' | 'resource' {
      const low = scope.toLowerCase()
      if (low === '/') return 'root'
      if (above.includes(low)) return 'management_group'
      if (low === own) return 'subscription'
      return /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+$/.test(low) ? 'resource_group' : 'resource'
    },
  }
}
