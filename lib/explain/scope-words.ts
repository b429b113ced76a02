import type { ManagementGroup, ScopeLevel } from '@/lib/domain/vocabulary'
import { isolated } from './isolated'

type Scope = {
  scope: string
  level: ScopeLevel
  /** Those above the subscription, root first; null when they could not be read. */
  managementGroups: ManagementGroup[] | null
  subscriptionName: string
}

/**
 * A scope as seen from the subscription: its own name, how it reaches the subscription as a sentence, and where it is as a
 * phrase for the middle of one ("management group Corp"). Management groups that could not be read go by their ids.
 */
export function scopeWords({ scope, level, managementGroups, subscriptionName }: Scope): {
  name: string
  reach: string
  place: string
} {
  const subscription = isolated(subscriptionName)
  switch (level) {
    case 'root':
      return {
        name: 'Root',
        reach: `Inherited from the root of the directory: it reaches every subscription, ${subscription} among them.`,
        place: 'the root of the directory',
      }
    case 'management_group':
      return managementGroupWords(scope.split('/').at(-1) ?? scope, managementGroups, subscription)
    case 'subscription':
      return {
        name: subscriptionName,
        reach: `At ${subscription} itself: it reaches everything in it.`,
        place: `subscription ${subscription}`,
      }
    case 'resource_group': {
      const name = resourceGroupOf(scope) ?? scope
      return {
        name,
        reach: `Only within resource group ${isolated(name)} of ${subscription}.`,
        place: `resource group ${isolated(name)}`,
      }
    }
    case 'resource':
      return resourceWords(scope, subscription)
  }
}

function managementGroupWords(id: string, chain: ManagementGroup[] | null, subscription: string) {
  const at = chain?.findIndex((group) => group.id.toLowerCase() === id.toLowerCase()) ?? -1
  const name = chain?.[at]?.name || id
  const place = `management group ${isolated(name)}`
  if (!chain || at < 0) return { name, reach: `Inherited from ${place}, above ${subscription}.`, place }
  const between = chain.slice(at + 1).map((group) => isolated(group.name || group.id))
  const through = between.length > 0 ? `, through ${between.join(', then ')},` : ''
  return { name, reach: `Inherited from ${place}${through} down to ${subscription}.`, place }
}

/** A resource's type is the last part of its own type: `storageAccounts`, `virtualNetworks/subnets`. */
function resourceWords(scope: string, subscription: string) {
  const group = resourceGroupOf(scope)
  const parts = (scope.split(/\/providers\//i).at(-1) ?? '').split('/')
  const name = parts.length > 2 ? (parts.at(-1) ?? scope) : (scope.split('/').at(-1) ?? scope)
  const type = parts.length > 2 ? `${parts.at(-2)} ` : ''
  const place = `${type}${isolated(name)}${group ? ` in resource group ${isolated(group)}` : ''}`
  return { name, reach: `Only at ${place} of ${subscription}.`, place }
}

const resourceGroupOf = (scope: string): string | undefined => /\/resourcegroups\/([^/]+)/i.exec(scope)?.[1]
