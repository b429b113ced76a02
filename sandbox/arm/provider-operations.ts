import { BUILT_IN_ROLES } from '../world/roles'
import type { ArmCall } from './arm-call'
import { armError } from './protocol'

type Operation = { name: string; isDataAction: boolean }
type Provider = { namespace: string; types: Map<string, Operation[]> }

/**
 * `GET /providers/Microsoft.Authorization/providerOperations`: the operations that occur in built-in roles, by provider; with
 * `$expand=resourceTypes` by resource type. Azure lists all of them, on one page, to everyone of the tenant (recalled).
 */
export function listProviderOperations({ url }: ArmCall): Response {
  return Response.json({ value: [...PROVIDERS.values()].map((one) => showProvider(one, isExpanded(url))) })
}

/** `GET /providers/Microsoft.Authorization/providerOperations/{namespace}`. */
export function getProviderOperations({ url }: ArmCall, namespace: string): Response {
  const found = PROVIDERS.get(namespace.toLowerCase())
  if (found) return Response.json(showProvider(found, isExpanded(url)))
  return armError(404, 'ProviderNotFound', `Provider '${namespace}' not found.`)
}

const isExpanded = (url: URL) => /^resourceTypes$/i.test(url.searchParams.get('$expand') ?? '')

const PROVIDERS: ReadonlyMap<string, Provider> = collectProviders()

/** Collects the operations without wildcards, each once, in any case, by provider and type. */
function collectProviders(): Map<string, Provider> {
  const providers = new Map<string, Provider>()
  const seen = new Set<string>()
  const add = (name: string, isDataAction: boolean) => {
    const [namespace = '', ...rest] = name.split('/')
    if (name.includes('*') || seen.has(name.toLowerCase())) return
    seen.add(name.toLowerCase())
    const provider = providers.get(namespace.toLowerCase()) ?? { namespace, types: new Map() }
    providers.set(namespace.toLowerCase(), provider)
    // The last segment is the verb; `action` has the name of the operation before it.
    const type = rest.slice(0, rest.at(-1)?.toLowerCase() === 'action' ? -2 : -1).join('/')
    const known = [...provider.types.keys()].find((one) => one.toLowerCase() === type.toLowerCase()) ?? type
    provider.types.set(known, [...(provider.types.get(known) ?? []), { name, isDataAction }])
  }
  for (const { permissions } of BUILT_IN_ROLES.values())
    for (const { actions, notActions, dataActions, notDataActions } of permissions) {
      for (const name of [...actions, ...notActions]) add(name, false)
      for (const name of [...dataActions, ...notDataActions]) add(name, true)
    }
  return providers
}

function showProvider({ namespace, types }: Provider, expanded: boolean) {
  const showOperation = ({ name, isDataAction }: Operation) => ({
    name,
    displayName: name,
    description: name,
    origin: null,
    properties: null,
    isDataAction,
  })
  const typed = [...types].filter(([name]) => name !== '')
  return {
    displayName: namespace,
    operations: (types.get('') ?? []).map(showOperation),
    resourceTypes: expanded
      ? typed.map(([name, operations]) => ({ name, displayName: name, operations: operations.map(showOperation) }))
      : [],
    id: `/providers/Microsoft.Authorization/providerOperations/${namespace}`,
    type: 'Microsoft.Authorization/providerOperations',
    name: namespace,
  }
}
