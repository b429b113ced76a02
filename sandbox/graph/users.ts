import type { Registry } from '../world/collections'
import type { User } from '../world/types'
import { plainPropertiesOf, securityIdentifierOf } from './directory-properties'
import {
  accessDenied,
  badRequest,
  type GraphCall,
  graphError,
  holdsAny,
  isPlainGuest,
  isSelf,
  notFound,
  permissionMissing,
} from './graph-call'
import { type Kind, type Projection, projectionOf, showOf } from './kinds'
import { listContextOf, listPage, queryObjects } from './lists'

/** `GET /users`. */
export function listUsers(call: GraphCall): Response {
  return listPeople(call, call.tenant.users)
}

/** `GET /users/{id or userPrincipalName}`. For oneself, User.Read is enough. */
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

/** The refusal of every address below `/me` to an application without a user. */
export function refuseWithoutPerson(): Response {
  return badRequest('/me request is only valid with delegated authentication flow.', 'BadRequest')
}

const MAX_WITH_SIGN_INS = 500 // people on a page with sign-in activity; source: "List users" (recalled)

/** One page of people, either those in the directory or the deleted ones. */
export function listPeople(call: GraphCall, people: Registry<User>): Response {
  if (isPlainGuest(call)) return accessDenied()
  const projection = userProjectionOf(call)
  if (projection instanceof Response) return projection
  const chosen = queryObjects(call, USER, { items: people.list(), registry: people })
  if (chosen instanceof Response) return chosen
  const names = projection.names
  const withSignIns = names?.includes('signInActivity') || /signInActivity/i.test(call.options.get('$filter') ?? '')
  return listPage(call, chosen, {
    context: listContextOf(call, 'users', names),
    size: Math.min(call.tenant.pageSizes.users, withSignIns ? MAX_WITH_SIGN_INS : Number.MAX_SAFE_INTEGER),
    show: projection.show,
  })
}

/** Finds a person by id or user principal name. */
export function findPerson(call: GraphCall, name: string): User | undefined {
  const { users } = call.tenant
  const wanted = name.toLowerCase()
  return users.get(wanted) ?? users.indexBy('name', (one) => one.userPrincipalName).get(wanted)
}

/** Answers with one person, with every property when `whole`, else as the token allows. */
function showUser(call: GraphCall, user: User, whole: boolean): Response {
  const projection = userProjectionOf(call)
  if (projection instanceof Response) return projection
  const { names } = projection
  const self = { ...call, permissions: new Set([...call.permissions, ...(whole ? ['User.Read.All'] : [])]) }
  return Response.json({
    '@odata.context': `${listContextOf(call, 'users', names)}/$entity`,
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
    ...plainPropertiesOf('user'),
    id: (user) => user.id,
    displayName: (user) => user.displayName,
    givenName: (user) => user.givenName,
    surname: (user) => user.surname,
    userPrincipalName: (user) => user.userPrincipalName,
    mail: (user) => user.mail,
    mailNickname: (user) => user.userPrincipalName.split('@')[0],
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
    lastPasswordChangeDateTime: (user) => user.createdDateTime,
    otherMails: (user) => user.otherMails,
    proxyAddresses: (user) => (user.mail ? [`SMTP:${user.mail}`] : []),
    securityIdentifier: securityIdentifierOf,
    signInSessionsValidFromDateTime: (user) => user.createdDateTime,
    identities: (user) => [
      {
        signInType: 'userPrincipalName',
        issuer: user.userPrincipalName.split('@').at(-1),
        issuerAssignedId: user.userPrincipalName,
      },
    ],
    signInActivity: signInActivityOf,
  },
  derivedTypeOf: (user) => (user.identityParentId === null ? null : 'agentUser'),
}

function signInActivityOf({ lastSignInDateTime }: User) {
  if (lastSignInDateTime === null) return undefined // Graph leaves the property out for people who never signed in
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
 * How to show people, or the refusal. Sign-in activity needs a licence and a permission of its own; without them the whole
 * page is refused. The code and message for the missing permission are recalled, not verified.
 */
export function userProjectionOf(call: GraphCall): Projection<User> | Response {
  const projection = projectionOf(call, USER)
  const asksSignIns = /signInActivity/i.test(`${call.options.get('$select')} ${call.options.get('$filter')}`)
  if (projection instanceof Response || !asksSignIns) return projection
  if (call.tenant.licence === 'free')
    return graphError(
      403,
      'Authentication_RequestFromNonPremiumTenantOrB2CTenant',
      "Neither tenant is B2C or tenant doesn't have premium license",
    )
  if (!holdsAny(call, ['AuditLog.Read.All'])) return permissionMissing('AuditLog.Read.All')
  return projection
}
