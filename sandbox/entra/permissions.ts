import { CLOUDS, type Cloud, findService } from '../clouds'
import type { Application, Tenant } from '../world/types'
import { CLIENT_REFUSALS, REFUSALS } from './refusals'
import type { Refusal } from './replies'

type Permission = { title: string; text: string; admin: boolean }

/** The permissions that can be asked for. `admin`: only an administrator may consent. Source: Microsoft Graph permissions reference. */
export const PERMISSIONS: Readonly<Record<string, Permission>> = {
  'graph/User.Read': {
    title: 'Sign you in and read your profile',
    text: 'Read your profile and basic company information.',
    admin: false,
  },
  'graph/User.ReadBasic.All': {
    title: "Read all users' basic profiles",
    text: 'Read names and addresses of everyone.',
    admin: false,
  },
  'graph/User.Read.All': {
    title: "Read all users' full profiles",
    text: 'Read the profile of everyone in your organisation.',
    admin: true,
  },
  'graph/GroupMember.Read.All': {
    title: 'Read group memberships',
    text: 'List groups and read who is in them.',
    admin: true,
  },
  'graph/Group.Read.All': { title: 'Read all groups', text: 'Read groups, their members and content.', admin: true },
  'graph/Directory.Read.All': {
    title: 'Read directory data',
    text: 'Read users, groups and applications.',
    admin: true,
  },
  'graph/Application.Read.All': {
    title: 'Read applications',
    text: 'Read applications and service principals.',
    admin: true,
  },
  'graph/AuditLog.Read.All': {
    title: 'Read audit log data',
    text: 'Read sign-ins and audit log entries.',
    admin: true,
  },
  'graph/Organization.Read.All': {
    title: 'Read organization information',
    text: 'Read facts of your organisation.',
    admin: true,
  },
  'graph/LicenseAssignment.Read.All': {
    title: 'Read license assignments',
    text: 'Read which licences are assigned.',
    admin: false,
  },
  'graph/Directory.AccessAsUser.All': {
    title: 'Access the directory as you',
    text: 'Read and change the directory as far as your own roles go.',
    admin: true,
  },
  'graph/Directory.ReadWrite.All': {
    title: 'Read and write directory data',
    text: 'Read and change users, groups and applications.',
    admin: true,
  },
  'graph/Application.ReadWrite.All': {
    title: 'Read and write all applications',
    text: 'Create and change applications and service principals.',
    admin: true,
  },
  'graph/Group.ReadWrite.All': {
    title: 'Read and write all groups',
    text: 'Create and change groups and their members.',
    admin: true,
  },
  'graph/User.ReadWrite.All': {
    title: "Read and write all users' full profiles",
    text: 'Read and change the profile of everyone in your organisation.',
    admin: true,
  },
  'graph/User.ReadWrite': { title: 'Read and update your profile', text: 'Change your own profile.', admin: false },
  'graph/Member.Read.Hidden': {
    title: 'Read hidden memberships',
    text: 'Read who is in groups that hide their members.',
    admin: true,
  },
  'graph/Device.Read.All': { title: 'Read all devices', text: 'Read devices of your organisation.', admin: true },
  'graph/GroupMember.ReadBasic.All': {
    title: 'Read basic group memberships',
    text: 'Read the names of groups and who is in them.',
    admin: true,
  },
  'graph/Group.ReadBasic.All': {
    title: 'Read basic group properties',
    text: 'Read the names of all groups.',
    admin: true,
  },
  'graph/CrossTenantInformation.ReadBasic.All': {
    title: 'Read cross-tenant basic information',
    text: 'Read the names of other organisations by their id.',
    admin: true,
  },
  'graph/RoleManagement.Read.Directory': {
    title: 'Read directory roles',
    text: 'Read who holds which Microsoft Entra role.',
    admin: true,
  },
  'graph/PrivilegedEligibilitySchedule.Read.AzureADGroup': {
    title: 'Read eligible memberships of groups',
    text: 'Read who can become a member or owner of which group.',
    admin: true,
  },
  'graph/PrivilegedAssignmentSchedule.Read.AzureADGroup': {
    title: 'Read assigned memberships of groups',
    text: 'Read who was made a member or owner of which group, and until when.',
    admin: true,
  },
  'arm/user_impersonation': {
    title: 'Access Azure Resource Manager as you',
    text: 'Read and manage Azure as far as your own roles go.',
    admin: false,
  },
}

export type Resource = 'graph' | 'arm'
/** One scope of a request, with the permission it stands for. */
export type Scope = {
  /** As written in the request. */
  raw: string
  resource: Resource
  name: string
  /** As consent is recorded: `graph/User.Read`. */
  key: string
  /** The resource as written, with its own trailing slash if it has one; empty for a bare name, which means Graph. */
  prefix: string
}
/**
 * Why a scope is invalid: no such permission (`scope`), no such resource (`resource`), a resource that the application did
 * not register (`unregistered`), or one without a service principal in the tenant (`absent`).
 */
type UnknownScope = { raw: string; reason: 'scope' | 'resource' | 'unregistered' | 'absent' }
export type ParsedScopes = { openid: Set<string>; scopes: Scope[]; unknown: UnknownScope | null }

/** Parses a space-separated scope string sent to one cloud; bare names mean Graph. */
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

function parseScope(raw: string, cloud: Cloud): Scope | { openid: string } | UnknownScope {
  const cut = raw.lastIndexOf('/')
  const [prefix, name] = cut < 0 ? ['', raw] : [raw.slice(0, cut), raw.slice(cut + 1)]
  const host = prefix
    .toLowerCase()
    .replace(/^(?:https|api):\/\//, '')
    .replace(/\/+$/, '')
  const resource = prefix === '' ? 'graph' : resourceOf(host, cloud)
  if (!resource) return { raw, reason: OTHER_RESOURCES.get(host) ?? 'resource' }
  if (resource === 'graph' && OPENID.has(name.toLowerCase())) return { openid: name.toLowerCase() }
  const key = name === '.default' ? `${resource}/.default` : KEYS.get(`${resource}/${name}`.toLowerCase())
  if (!key) return { raw, reason: 'scope' }
  return { raw, resource, name: key.slice(resource.length + 1), key, prefix }
}

function resourceOf(host: string, cloud: Cloud): Resource | null {
  if (host === ARM_APP || ARM_BY_OLDER_NAME.get(host) === cloud.name) return 'arm'
  if (host === GRAPH_APP) return 'graph'
  const found = findService(host)
  if (!found || found.cloud.name !== cloud.name || found.service === 'login') return null
  return found.service
}

const OPENID = new Set(['openid', 'profile', 'email', 'offline_access'])
// The application ids of Graph and of Azure management, which may stand for the resource.
const GRAPH_APP = '00000003-0000-0000-c000-000000000000'
export const ARM_APP = '797f4846-ba00-4fd7-ba43-dac1f8f63013'

/** The older name of each cloud's ARM, which the Azure CLI asks for. Source: azure-cli `azure/cli/core/cloud.py`. */
const ARM_BY_OLDER_NAME = new Map([
  ['management.core.windows.net', 'global'],
  ['management.core.usgovcloudapi.net', 'usgov'],
  ['management.core.chinacloudapi.cn', 'china'],
])

/** Resources of Microsoft's that the sandbox does not imitate, with the reason for refusing each. */
const OTHER_RESOURCES = new Map<string, 'unregistered' | 'absent'>(
  Object.entries({
    'vault.azure.net': 'unregistered',
    'storage.azure.com': 'unregistered',
    'graph.windows.net': 'unregistered',
    'api.partnercenter.microsoft.com': 'absent',
  } as const),
)

const KEYS = new Map(Object.keys(PERMISSIONS).map((key) => [key.toLowerCase(), key]))

/** What is wrong with the scopes of a request to any address of the login; null when nothing is. */
export function scopeRefusal(
  app: Application,
  tenant: Tenant | null,
  directory: string,
  parsed: ParsedScopes,
): Refusal | null {
  const { unknown, scopes } = parsed
  if (unknown) {
    const where = tenant?.name ?? directory
    switch (unknown.reason) {
      case 'scope':
        return REFUSALS.badScope(unknown.raw)
      case 'resource':
        return REFUSALS.badResource(unknown.raw, where)
      case 'unregistered':
        return CLIENT_REFUSALS.unregisteredResource(app, unknown.raw)
      case 'absent':
        return CLIENT_REFUSALS.absentResource(unknown.raw, tenant?.id ?? directory)
    }
  }
  if (mixesDefault(scopes)) return REFUSALS.badScope(scopes.map((scope) => scope.raw).join(' '))
  const bare = scopes.find(
    (scope) => scope.name === '.default' && !app.registeredScopes.some((key) => key.startsWith(`${scope.resource}/`)),
  )
  return bare ? CLIENT_REFUSALS.unregisteredResource(app, bare.raw) : null
}

/** Whether `.default` is combined with named scopes, which Entra refuses. */
function mixesDefault(scopes: Scope[]): boolean {
  return scopes.some((scope) => scope.name === '.default') && scopes.some((scope) => scope.name !== '.default')
}

/** The keys, as consent is recorded, of a set of scopes; `.default` stands for what the application registered. */
export function keysOf(scopes: Scope[], registered: string[]): string[] {
  const keys = scopes.flatMap((scope) =>
    scope.name === '.default' ? registered.filter((key) => key.startsWith(`${scope.resource}/`)) : [scope.key],
  )
  return [...new Set(keys)]
}

/** The different resources of these scopes. */
export const resourcesOf = (scopes: Scope[]): Set<Resource> => new Set(scopes.map((scope) => scope.resource))

/** The `aud` of a token: the resource as it was written in the request, as in Entra's v1.0 tokens (recalled, not verified). */
export function audienceOf(cloud: Cloud, resource: Resource, scopes: Scope[]): string {
  const prefix = scopes.find((scope) => scope.resource === resource)?.prefix ?? ''
  return prefix.toLowerCase().startsWith('https://') ? prefix : `https://${cloud[resource]}`
}
