import type { ManagementGroup, ScopeLevel } from './vocabulary'
import { isolateName } from './words'

const MANAGEMENT_GROUP = /^\/providers\/microsoft\.management\/managementgroups\/([^/]+)$/i
const SUBSCRIPTION = /^\/subscriptions\/([^/]+)(\/.*)?$/is
const RESOURCE_GROUP = /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+$/i

/** Where in Azure's tree a scope lies. Whatever is neither root, group, subscription nor resource group is a resource. */
export function scopeLevel(scope: string): ScopeLevel {
  const path = withoutSlashAtEnd(scope)
  if (path === '') return 'root'
  if (MANAGEMENT_GROUP.test(path)) return 'management_group'
  if (RESOURCE_GROUP.test(path)) return 'resource_group'
  const [isInSubscription, , below] = SUBSCRIPTION.exec(path) ?? []
  return isInSubscription && below === undefined ? 'subscription' : 'resource'
}

/** Whether a subscription inherits what is assigned at this level: it lies above the subscription. */
export const isInherited = (level: ScopeLevel): boolean => level === 'root' || level === 'management_group'

/** How an assignment reaches the subscription: made at it or below it, or inherited from above. */
export const inheritanceWord = (level: ScopeLevel): 'Direct' | 'Inherited' =>
  isInherited(level) ? 'Inherited' : 'Direct'

/**
 * Whether a scope can reach a subscription: the root and management groups, which Azure lists only when they lie above
 * it, and whatever lies at or below the subscription itself. Another subscription's scope cannot.
 */
export function appliesTo(subscriptionId: string, scope: string): boolean {
  const named = SUBSCRIPTION.exec(scope)?.[1]
  return named === undefined || named.toLowerCase() === subscriptionId.toLowerCase()
}

/**
 * Whether a scope lies at or below another, as seen from one subscription: `managementGroups` are those above it, the
 * root first, or null when they could not be read. No other management groups are ever named.
 */
export function containsScope(
  outer: string,
  inner: string,
  managementGroups: readonly ManagementGroup[] | null,
): boolean {
  // The root becomes the empty text, with which every other scope begins.
  const [around, within] = [normalScope(outer), normalScope(inner)]
  if (within === around || within.startsWith(`${around}/`)) return true
  const above = managementGroupOf(around)
  if (above === null) return false
  const below = managementGroupOf(within)
  if (below === null) return within.startsWith('/subscriptions/')
  const ids = (managementGroups ?? []).map(({ id }) => id.toLowerCase())
  return ids.includes(above) && ids.indexOf(above) < ids.indexOf(below)
}

/** Whether two ways of writing a scope mean the same one. */
export const isSameScope = (one: string, other: string): boolean => normalScope(one) === normalScope(other)

const normalScope = (scope: string): string => withoutSlashAtEnd(scope).toLowerCase()
const withoutSlashAtEnd = (scope: string): string => scope.replace(/\/+$/, '')
const managementGroupOf = (scope: string): string | null => MANAGEMENT_GROUP.exec(scope)?.[1] ?? null

type Seen = {
  scope: string
  level: ScopeLevel
  /** Those above the subscription, root first; null when they could not be read. */
  managementGroups: ManagementGroup[] | null
  subscriptionName: string
}

type ScopeWords = { name: string; reach: string; place: string }

/**
 * A scope as seen from the subscription: its own name, how it reaches the subscription as a sentence, and where it is as a
 * phrase for the middle of one ("management group Corp"). Management groups that could not be read go by their ids.
 */
export function scopeWords({ scope, level, managementGroups, subscriptionName }: Seen): ScopeWords {
  const subscription = isolateName(subscriptionName)
  switch (level) {
    case 'root':
      return {
        name: 'Root',
        reach: `Over the whole directory, as a Global Administrator gets by elevating access: it reaches every subscription, ${subscription} among them.`,
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
      const place = `resource group ${isolateName(name)}`
      return { name, reach: `Only within ${place} of ${subscription}.`, place }
    }
    case 'resource':
      return resourceWords(scope, subscription)
  }
}

function managementGroupWords(id: string, chain: ManagementGroup[] | null, subscription: string): ScopeWords {
  const at = chain?.findIndex((group) => group.id.toLowerCase() === id.toLowerCase()) ?? -1
  const name = chain?.[at]?.name || id
  const place = `management group ${isolateName(name)}`
  if (!chain || at < 0) return { name, reach: `Inherited from ${place}, above ${subscription}.`, place }
  const between = chain.slice(at + 1).map((group) => isolateName(group.name || group.id))
  const through = between.length > 0 ? `, through ${between.join(', then ')},` : ''
  return { name, reach: `Inherited from ${place}${through} down to ${subscription}.`, place }
}

/** A resource's type is the last part of its full type: `storageAccounts`, or `subnets` of `virtualNetworks/subnets`. */
function resourceWords(scope: string, subscription: string): ScopeWords {
  const group = resourceGroupOf(scope)
  const parts = (scope.split(/\/providers\//i).at(-1) ?? '').split('/')
  const name = parts.length > 2 ? (parts.at(-1) ?? scope) : (scope.split('/').at(-1) ?? scope)
  const type = parts.length > 2 ? `${parts.at(-2)} ` : ''
  const place = `${type}${isolateName(name)}${group ? ` in resource group ${isolateName(group)}` : ''}`
  return { name, reach: `Only at ${place} of ${subscription}.`, place }
}

const resourceGroupOf = (scope: string): string | undefined => /\/resourcegroups\/([^/]+)/i.exec(scope)?.[1]

/** The subscription that is asked about, and the scopes of the management groups known to lie above it. */
type Within = { subscriptionId: string; managementGroups: string[] }
type ParsedScope = { scope: { scope: string; level: ScopeLevel } | null; problem: string | null }

/** What may follow a subscription in a scope: a resource group, a resource, or both. */
const BELOW_SUBSCRIPTION = /^(\/resourcegroups\/[^/]+)?(\/providers\/.+)?$/i

/**
 * A scope as typed or pasted: an Azure resource ID in the subscription, the subscription, a management group above it or
 * the root (`/`); else a sentence that says why not and what to do.
 */
export function parseScope(typed: string, { subscriptionId, managementGroups }: Within): ParsedScope {
  if (typed === '') return { scope: null, problem: null }
  if (typed === '/') return { scope: { scope: '/', level: 'root' }, problem: null }
  const scope = withoutSlashAtEnd(typed)
  if (managementGroupOf(scope) !== null)
    return managementGroups.some((above) => isSameScope(above, scope))
      ? { scope: { scope, level: 'management_group' }, problem: null }
      : refuse('This management group is not known to lie above the subscription. Choose one of the scopes in use.')

  const [, id, below = ''] = SUBSCRIPTION.exec(scope) ?? []
  const [wellFormed, , resource] = BELOW_SUBSCRIPTION.exec(below) ?? []
  if (id === undefined || wellFormed === undefined || (resource && !isResource(resource)))
    return refuse(
      'This is not the ID of a scope. Paste a resource ID from the Azure portal (Properties, Resource ID), or choose one of the scopes in use.',
    )
  if (!appliesTo(subscriptionId, scope))
    return refuse(
      'This scope lies in another subscription. Ask about it on the page of that subscription’s own connection.',
    )
  return { scope: { scope, level: scopeLevel(scope) }, problem: null }
}

/** What Azure allows in the name of a resource group ("Naming rules and restrictions for Azure resources"). */
const GROUP_NAME = /^[\p{L}\p{N}_().-]{1,90}$/u

/**
 * The scopes that a bare name may mean, as the product shows it everywhere: those in use whose last part has it, the exact one first, and the
 * resource group of this name, whether or not a role is assigned there.
 */
export function suggestScopes(typed: string, inUse: readonly string[], subscriptionId: string, most = 6): string[] {
  const sought = typed.trim().toLowerCase()
  if (sought === '' || sought.includes('/')) return []
  const nameOf = (scope: string) => scope.toLowerCase().split('/').at(-1) ?? ''
  const found = inUse
    .filter((scope) => nameOf(scope).includes(sought))
    .toSorted((one, other) => Number(nameOf(other) === sought) - Number(nameOf(one) === sought))
    .slice(0, most)
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${typed.trim()}`
  const isGroup = GROUP_NAME.test(typed.trim()) && !typed.trim().endsWith('.')
  return isGroup && !found.some((scope) => isSameScope(scope, group)) ? [...found, group] : found
}

/** Whether a path is `/providers`, a namespace, and then at least one type with a name. */
function isResource(path: string): boolean {
  const parts = path.slice(1).split('/')
  return parts.length >= 4 && parts.length % 2 === 0 && parts.every((part) => part !== '')
}

const refuse = (problem: string): ParsedScope => ({ scope: null, problem })
