import type { ManagementGroup, ScopeLevel } from './vocabulary'
import { isolated } from './words'

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

const MANAGEMENT_GROUP = /^\/providers\/microsoft\.management\/managementgroups\/[^/]+$/i
const SUBSCRIPTION = /^\/subscriptions\/[^/]+$/i
const RESOURCE_GROUP = /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+$/i

/** Where in Azure's tree a scope lies. Whatever is neither root, group, subscription nor resource group is a resource. */
export function scopeLevel(scope: string): ScopeLevel {
  const path = scope.replace(/\/+$/, '')
  if (path === '') return 'root'
  if (MANAGEMENT_GROUP.test(path)) return 'management_group'
  if (SUBSCRIPTION.test(path)) return 'subscription'
  return RESOURCE_GROUP.test(path) ? 'resource_group' : 'resource'
}

/**
 * Whether a scope can reach a subscription: the root and management groups, which a list names only when they lie above
 * it, and whatever lies at or below the subscription itself. Another subscription's scope cannot.
 */
export function appliesTo(subscriptionId: string, scope: string): boolean {
  const named = /^\/subscriptions\/([^/]+)/i.exec(scope)?.[1]
  return named === undefined || named.toLowerCase() === subscriptionId.toLowerCase()
}

/** Where an answer can be given for. `managementGroups` are the scopes known to lie above the subscription. */
type Within = { subscriptionId: string; managementGroups: string[] }
type Asked = { scope: { scope: string; level: ScopeLevel } | null; problem: string | null }

const MANAGEMENT_GROUP_SCOPE = /^\/providers\/microsoft\.management\/managementgroups\/[^/]+$/i
const SUBSCRIPTION_SCOPE = /^\/subscriptions\/([^/]+)(\/.*)?$/i
const BELOW = /^(\/resourcegroups\/[^/]+)?(\/providers\/.+)?$/i

/**
 * A scope as typed or pasted: an Azure resource ID in the subscription, the subscription, a management group above it or
 * the root (`/`); else a sentence that says why not and what to do.
 */
export function askedScope(typed: string, { subscriptionId, managementGroups }: Within): Asked {
  if (typed === '') return { scope: null, problem: null }
  if (typed === '/') return { scope: { scope: '/', level: 'root' }, problem: null }
  const scope = typed.replace(/\/+$/, '')
  if (MANAGEMENT_GROUP_SCOPE.test(scope))
    return managementGroups.some((above) => above.toLowerCase() === scope.toLowerCase())
      ? { scope: { scope, level: 'management_group' }, problem: null }
      : refused('This management group is not known to lie above the subscription. Choose one of the scopes in use.')

  const [, id, below = ''] = SUBSCRIPTION_SCOPE.exec(scope) ?? []
  const [fits, group, resource] = BELOW.exec(below) ?? []
  if (id === undefined || fits === undefined || (resource && !isResource(resource)))
    return refused(
      'This is not the ID of a scope. Paste a resource ID from the Azure portal (Properties, Resource ID), or choose one of the scopes in use.',
    )
  if (id.toLowerCase() !== subscriptionId.toLowerCase())
    return refused(
      'This scope lies in another subscription. Ask about it on the page of that subscription’s own connection.',
    )
  const level = resource ? 'resource' : group ? 'resource_group' : 'subscription'
  return { scope: { scope, level }, problem: null }
}

/** Names and values in turn, `providers` and its namespace first and then at least one type with a name. */
function isResource(path: string): boolean {
  const parts = path.slice(1).split('/')
  return parts.length >= 4 && parts.length % 2 === 0 && parts.every((part) => part !== '')
}

const refused = (problem: string): Asked => ({ scope: null, problem })

/** How an assignment reaches the subscription: made at it or below it, or inherited from above. The scope says where. */
export const howReached = (level: ScopeLevel): 'Direct' | 'Inherited' =>
  level === 'root' || level === 'management_group' ? 'Inherited' : 'Direct'
