import type { User } from '../world/types'
import { type GraphCall, holdsAny } from './graph-call'
import { graphError } from './graph-error'
import { type Kind, type Projection, projectionOf } from './kind'

function signInActivityOf({ lastSignInDateTime }: User) {
  if (lastSignInDateTime === null) return undefined // Graph leaves the property out for those who never signed in
  return {
    lastSignInDateTime,
    lastSignInRequestId: null,
    lastNonInteractiveSignInDateTime: lastSignInDateTime,
    lastNonInteractiveSignInRequestId: null,
    lastSuccessfulSignInDateTime: lastSignInDateTime,
    lastSuccessfulSignInRequestId: null,
  }
}

/** People. Source of the defaults: Microsoft Graph "List users". */
export const USER: Kind<User> = {
  name: 'user',
  set: 'users',
  registryOf: (tenant) => tenant.users,
  readers: ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
  basicReaders: ['User.ReadBasic.All'],
  basic: new Set(['id', 'displayName', 'givenName', 'surname', 'mail', 'userPrincipalName']),
  defaults: [
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
  ],
  properties: {
    id: (user) => user.id,
    displayName: (user) => user.displayName,
    givenName: (user) => user.givenName,
    surname: (user) => user.surname,
    userPrincipalName: (user) => user.userPrincipalName,
    mail: (user) => user.mail,
    mailNickname: (user) => user.userPrincipalName.split('@')[0],
    jobTitle: (user) => user.jobTitle,
    department: (user) => user.department,
    companyName: () => null,
    employeeId: () => null,
    city: () => null,
    country: () => null,
    usageLocation: () => null,
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
    onPremisesImmutableId: () => null,
    onPremisesSecurityIdentifier: () => null,
    lastPasswordChangeDateTime: (user) => user.createdDateTime,
    otherMails: () => [],
    proxyAddresses: (user) => (user.mail ? [`SMTP:${user.mail}`] : []),
    assignedLicenses: () => [],
    identities: (user) => [
      {
        signInType: 'userPrincipalName',
        issuer: user.userPrincipalName.split('@').at(-1),
        issuerAssignedId: user.userPrincipalName,
      },
    ],
    signInActivity: signInActivityOf,
  },
}

/**
 * How to show people, or why not: sign-in activity needs a licence and a permission of its own, and fails the whole
 * page without. The code and message of the missing permission are recalled, not verified.
 */
export function userProjectionOf(call: GraphCall): Projection<User> | Response {
  const projection = projectionOf(call, USER)
  if (projection instanceof Response || !projection.names?.includes('signInActivity')) return projection
  if (call.tenant.licence === 'free')
    return graphError(
      403,
      'Authentication_RequestFromNonPremiumTenantOrB2CTenant',
      "Neither tenant is B2C or tenant doesn't have premium license",
    )
  if (!holdsAny(call, ['AuditLog.Read.All']))
    return graphError(
      403,
      'Authentication_MSGraphPermissionMissing',
      'The principal does not have required Microsoft Graph permission(s): AuditLog.Read.All to call this API. For more information about Microsoft Graph permissions, please visit https://learn.microsoft.com/graph/permissions-overview.',
    )
  return projection
}
