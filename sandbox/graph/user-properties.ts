import type { User } from '../world/types'
import type { GraphCall } from './graph-call'
import { holdsAny } from './graph-call'
import { badRequest, denied, graphError } from './graph-error'

/** What comes back without $select. Source: Microsoft Graph "List users". */
const DEFAULT_PROPERTIES = [
  'businessPhones',
  'displayName',
  'givenName',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
  'id',
]
/** What User.ReadBasic.All shows. */
const BASIC = new Set(['id', 'displayName', 'givenName', 'surname', 'mail', 'userPrincipalName'])

const PROPERTIES: Record<string, (user: User) => unknown> = {
  id: (user) => user.id,
  displayName: (user) => user.displayName,
  givenName: (user) => user.givenName,
  surname: (user) => user.surname,
  userPrincipalName: (user) => user.userPrincipalName,
  mail: (user) => user.mail,
  jobTitle: (user) => user.jobTitle,
  department: (user) => user.department,
  officeLocation: (user) => user.officeLocation,
  mobilePhone: (user) => user.mobilePhone,
  businessPhones: (user) => user.businessPhones,
  preferredLanguage: (user) => user.preferredLanguage,
  accountEnabled: (user) => user.accountEnabled,
  userType: (user) => user.userType,
  externalUserState: (user) => user.externalUserState,
  externalUserStateChangeDateTime: (user) => user.externalUserStateChangeDateTime,
  createdDateTime: (user) => user.createdDateTime,
  deletedDateTime: (user) => user.deletedDateTime,
  creationType: (user) => (user.userType === 'Guest' ? 'Invitation' : null),
  onPremisesSyncEnabled: () => null,
  otherMails: () => [],
  proxyAddresses: (user) => (user.mail ? [`SMTP:${user.mail}`] : []),
  assignedLicenses: () => [],
  identities: (user) => [
    { signInType: 'userPrincipalName', issuer: 'contoso.example', issuerAssignedId: user.userPrincipalName },
  ],
  signInActivity: () => null,
}

const SPELLINGS = new Map(Object.keys(PROPERTIES).map((name) => [name.toLowerCase(), name]))

export type Projection = { names: string[]; show(user: User): Record<string, unknown> }

/** How to show users for this request's $select and permissions, or why not. */
export function projectionOf(call: GraphCall, basicOnly: boolean): Projection | Response {
  const select = call.url.searchParams.get('$select')
  const names: string[] = []
  for (const asked of select ? select.split(',') : DEFAULT_PROPERTIES) {
    const name = SPELLINGS.get(asked.trim().toLowerCase())
    if (!name)
      return badRequest(
        `Could not find a property named '${asked.trim()}' on type 'microsoft.graph.user'.`,
        'BadRequest',
      )
    names.push(name)
  }
  if (names.includes('signInActivity')) {
    if (call.tenant.licence === 'free')
      return graphError(
        403,
        'Authentication_RequestFromNonPremiumTenantOrB2CTenant',
        "Neither tenant is B2C or tenant doesn't have premium license",
      )
    if (!holdsAny(call, 'AuditLog.Read.All')) return denied()
  }
  const readers = names.map(
    (name) => [name, basicOnly && !BASIC.has(name) ? () => null : (PROPERTIES[name] ?? (() => null))] as const,
  )
  return {
    names: select ? names : [],
    show(user) {
      const shown: Record<string, unknown> = {}
      for (const [name, read] of readers) shown[name] = read(user)
      return shown
    },
  }
}
