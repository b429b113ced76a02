import { findService } from '../clouds'

export type Resource = 'graph' | 'arm'
/** One scope of a request: `raw` as asked, `key` as consent remembers it. */
export type Scope = { raw: string; resource: Resource; name: string; key: string }
export type ParsedScopes = {
  openid: Set<string>
  scopes: Scope[]
  unknown: { raw: string; reason: 'resource' | 'scope' } | null
}

const OPENID = new Set(['openid', 'profile', 'email', 'offline_access'])
const GRAPH_APP = '00000003-0000-0000-c000-000000000000'
const ARM_APP = '797f4846-ba00-4fd7-ba43-dac1f8f63013'

type Permission = { title: string; text: string; admin: boolean }

/** What can be asked for. `admin`: only an administrator may consent. Source: Microsoft Graph permissions reference. */
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
  'arm/user_impersonation': {
    title: 'Access Azure Resource Manager as you',
    text: 'Read and manage Azure as far as your own roles go.',
    admin: false,
  },
}

const KEYS = new Map(Object.keys(PERMISSIONS).map((key) => [key.toLowerCase(), key]))

function resourceOf(host: string): Resource | null {
  if (host === 'management.core.windows.net' || host === ARM_APP) return 'arm'
  if (host === GRAPH_APP) return 'graph'
  const service = findService(host)?.service
  return service === 'graph' || service === 'arm' ? service : null
}

/** Reads a space-separated scope string; bare names mean Graph. */
export function parseScopes(text: string): ParsedScopes {
  const parsed: ParsedScopes = { openid: new Set(), scopes: [], unknown: null }
  for (const raw of text.split(' ').filter(Boolean)) {
    if (OPENID.has(raw.toLowerCase())) {
      parsed.openid.add(raw.toLowerCase())
      continue
    }
    const named = /^(?:(?:https|api):\/\/)?([^/]+)\/+([^/]+)$/.exec(raw)
    const resource = named ? resourceOf((named[1] ?? '').toLowerCase()) : 'graph'
    if (!resource) {
      parsed.unknown = { raw, reason: 'resource' }
      continue
    }
    const name = named?.[2] ?? raw
    if (OPENID.has(name.toLowerCase())) {
      parsed.openid.add(name.toLowerCase())
      continue
    }
    const key = name === '.default' ? `${resource}/.default` : KEYS.get(`${resource}/${name}`.toLowerCase())
    if (key) parsed.scopes.push({ raw, resource, name: key.slice(resource.length + 1), key })
    else parsed.unknown = { raw, reason: 'scope' }
  }
  return parsed
}

/** The consent keys a set of scopes stands for; `.default` is what the application registered. */
export function keysOf(scopes: Scope[], registered: string[]): string[] {
  const keys = scopes.flatMap((scope) =>
    scope.name === '.default' ? registered.filter((key) => key.startsWith(`${scope.resource}/`)) : [scope.key],
  )
  return [...new Set(keys)]
}
