import type { ScopeLevel } from '@/lib/domain/vocabulary'

/** Where an answer can be given for. `managementGroups` are the scopes known to lie above the subscription. */
type Within = { subscriptionId: string; managementGroups: string[] }
type Asked = { scope: { scope: string; level: ScopeLevel } | null; problem: string | null }

const MANAGEMENT_GROUP = /^\/providers\/microsoft\.management\/managementgroups\/[^/]+$/i
const SUBSCRIPTION = /^\/subscriptions\/([^/]+)(\/.*)?$/i
const BELOW = /^(\/resourcegroups\/[^/]+)?(\/providers\/.+)?$/i

/**
 * A scope as typed or pasted: an Azure resource ID in the subscription, the subscription, a management group above it or
 * the root (`/`); else a sentence that says why not and what to do.
 */
export function askedScope(typed: string, { subscriptionId, managementGroups }: Within): Asked {
  if (typed === '') return { scope: null, problem: null }
  if (typed === '/') return { scope: { scope: '/', level: 'root' }, problem: null }
  const scope = typed.replace(/\/+$/, '')
  if (MANAGEMENT_GROUP.test(scope))
    return managementGroups.some((above) => above.toLowerCase() === scope.toLowerCase())
      ? { scope: { scope, level: 'management_group' }, problem: null }
      : refused('This management group is not known to lie above the subscription. Choose one of the scopes in use.')

  const [, id, below = ''] = SUBSCRIPTION.exec(scope) ?? []
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
