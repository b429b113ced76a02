import { CLOUDS, type Cloud, findService } from '../clouds'
import { PERMISSIONS } from './permissions'

export type Resource = 'graph' | 'arm'
/** One scope of a request. */
export type Scope = {
  /** As asked. */
  raw: string
  resource: Resource
  name: string
  /** As consent remembers it: `graph/User.Read`. */
  key: string
  /** The resource as asked, its own trailing slash included; empty for a bare name, which means Graph. */
  prefix: string
}
/** Why a scope is none: no such permission, no such resource, a resource the application never named, or one the tenant lacks. */
type UnknownScope = { raw: string; reason: 'scope' | 'resource' | 'unregistered' | 'absent' }
export type ParsedScopes = { openid: Set<string>; scopes: Scope[]; unknown: UnknownScope | null }

const OPENID = new Set(['openid', 'profile', 'email', 'offline_access'])
const GRAPH_APP = '00000003-0000-0000-c000-000000000000'
export const ARM_APP = '797f4846-ba00-4fd7-ba43-dac1f8f63013'

/** The other name of each cloud's ARM, which the Azure CLI asks for. Source: azure-cli `azure/cli/core/cloud.py`. */
const ARM_BY_OLDER_NAME = new Map([
  ['management.core.windows.net', 'global'],
  ['management.core.usgovcloudapi.net', 'usgov'],
  ['management.core.chinacloudapi.cn', 'china'],
])

/** Microsoft's resources the sandbox does not imitate, and what asking for them comes to. */
const OTHER_RESOURCES: Readonly<Record<string, 'unregistered' | 'absent'>> = {
  'vault.azure.net': 'unregistered',
  'storage.azure.com': 'unregistered',
  'graph.windows.net': 'unregistered',
  'api.partnercenter.microsoft.com': 'absent',
}

const KEYS = new Map(Object.keys(PERMISSIONS).map((key) => [key.toLowerCase(), key]))

function resourceOf(host: string, cloud: Cloud): Resource | null {
  if (host === ARM_APP || ARM_BY_OLDER_NAME.get(host) === cloud.name) return 'arm'
  if (host === GRAPH_APP) return 'graph'
  const found = findService(host)
  if (!found || found.cloud.name !== cloud.name || found.service === 'login') return null
  return found.service
}

function parseScope(raw: string, cloud: Cloud): Scope | { openid: string } | UnknownScope {
  const cut = raw.lastIndexOf('/')
  const [prefix, name] = cut < 0 ? ['', raw] : [raw.slice(0, cut), raw.slice(cut + 1)]
  const host = prefix
    .toLowerCase()
    .replace(/^(?:https|api):\/\//, '')
    .replace(/\/+$/, '')
  const resource = prefix === '' ? 'graph' : resourceOf(host, cloud)
  if (!resource) return { raw, reason: OTHER_RESOURCES[host] ?? 'resource' }
  if (resource === 'graph' && OPENID.has(name.toLowerCase())) return { openid: name.toLowerCase() }
  const key = name === '.default' ? `${resource}/.default` : KEYS.get(`${resource}/${name}`.toLowerCase())
  if (!key) return { raw, reason: 'scope' }
  return { raw, resource, name: key.slice(resource.length + 1), key, prefix }
}

/** Reads a space-separated scope string as asked of one cloud; bare names mean Graph. */
export function parseScopes(text: string, cloud: Cloud = CLOUDS[0] as Cloud): ParsedScopes {
  const parsed: ParsedScopes = { openid: new Set(), scopes: [], unknown: null }
  for (const raw of text.split(' ').filter(Boolean)) {
    const found = parseScope(raw, cloud)
    if ('openid' in found) parsed.openid.add(found.openid)
    else if ('reason' in found) parsed.unknown ??= found
    else parsed.scopes.push(found)
  }
  return parsed
}

export const resourcesOf = (scopes: Scope[]): Set<Resource> => new Set(scopes.map((scope) => scope.resource))

/** Whether `.default` stands beside named scopes, which Entra refuses. */
export function mixesDefault(scopes: Scope[]): boolean {
  return scopes.some((scope) => scope.name === '.default') && scopes.some((scope) => scope.name !== '.default')
}

/** The consent keys a set of scopes stands for; `.default` is what the application registered. */
export function keysOf(scopes: Scope[], registered: string[]): string[] {
  const keys = scopes.flatMap((scope) =>
    scope.name === '.default' ? registered.filter((key) => key.startsWith(`${scope.resource}/`)) : [scope.key],
  )
  return [...new Set(keys)]
}

/** The `aud` of a token: the resource as it was asked for, as Entra writes it into v1.0 tokens (recalled, not verified). */
export function audienceOf(cloud: Cloud, resource: Resource, scopes: Scope[]): string {
  const prefix = scopes.find((scope) => scope.resource === resource)?.prefix ?? ''
  return prefix.toLowerCase().startsWith('https://') ? prefix : `https://${cloud[resource]}`
}
