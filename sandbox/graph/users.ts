import type { Registry } from '../world/collections'
import type { User } from '../world/types'
import {
  accessDenied,
  badRequest,
  contextOf,
  type GraphCall,
  graphError,
  holdsAny,
  isPlainGuest,
  isSelf,
  notFound,
} from './graph-call'
import { type Kind, type Projection, projectionOf, showOf } from './kinds'
import { countOfList, listPage, queryObjects } from './lists'

/** `GET /users`. */
export function listUsers(call: GraphCall): Response {
  return listPeople(call, call.tenant.users)
}

/** `GET /users/$count`. */
export function countUsers(call: GraphCall): Response {
  if (isPlainGuest(call)) return accessDenied()
  const { users } = call.tenant
  const chosen = queryObjects(call, USER, { items: users.list(), registry: users })
  return chosen instanceof Response ? chosen : countOfList(call, chosen)
}

/** `GET /users/{id or userPrincipalName}`: everyone may be shown to themselves with User.Read. */
export function getUser(call: GraphCall, name: string): Response {
  const self = isSelf(call, name)
  if (!self && (isPlainGuest(call) || !holdsAny(call, [...USER.readers, ...USER.basicReaders]))) return accessDenied()
  const user = findPerson(call, name)
  return user ? showUser(call, user, self) : notFound(name)
}

/** `GET /me`. */
export function getMe(call: GraphCall): Response {
  return call.user ? showUser(call, call.user, true) : refuseWithoutPerson()
}

/** What an application by itself hears at every address below `/me`. */
export function refuseWithoutPerson(): Response {
  return badRequest('/me request is only valid with delegated authentication flow.', 'BadRequest')
}

const SIGN_IN_TOP = 500 // people on a page with their sign-in activity; Source: "List users" (recalled)

/** One page of people. The list may be the living or the deleted. */
export function listPeople(call: GraphCall, people: Registry<User>): Response {
  if (isPlainGuest(call)) return accessDenied()
  const projection = userProjectionOf(call)
  if (projection instanceof Response) return projection
  const chosen = queryObjects(call, USER, { items: people.list(), registry: people })
  if (chosen instanceof Response) return chosen
  const names = projection.names
  const withSignIns = names?.includes('signInActivity') || /signInActivity/i.test(call.options.get('$filter') ?? '')
  return listPage(call, chosen, {
    context: contextOf(call, `users${names ? `(${names.join(',')})` : ''}`),
    size: Math.min(call.tenant.pageSizes.users, withSignIns ? SIGN_IN_TOP : Number.MAX_SAFE_INTEGER),
    show: projection.show,
  })
}

/** A person by id or user principal name, or undefined. */
export function findPerson(call: GraphCall, name: string): User | undefined {
  const { users } = call.tenant
  const wanted = name.toLowerCase()
  return users.get(wanted) ?? users.indexBy('name', (one) => one.userPrincipalName).get(wanted)
}

function showUser(call: GraphCall, user: User, whole: boolean): Response {
  const projection = userProjectionOf(call)
  if (projection instanceof Response) return projection
  const { names } = projection
  const self = { ...call, permissions: new Set([...call.permissions, ...(whole ? ['User.Read.All'] : [])]) }
  return Response.json({
    '@odata.context': contextOf(call, `users${names ? `(${names.join(',')})` : ''}/$entity`),
    ...showOf(self, USER, names ?? USER.defaults)(user),
  })
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
