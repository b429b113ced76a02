import type { Application, Tenant, User } from '../world/types'
import type { Refusal } from './replies'

const invalidGrant = (code: number, text: string, more: Partial<Refusal> = {}): Refusal => ({
  error: 'invalid_grant',
  code,
  text,
  ...more,
})

/** The id of the policy that demands multi-factor authentication; made up, but used as Microsoft's are. */
const POLICY = '3f9c2d1e-0000-4000-8000-00000000c0de'
export const POLICY_CLAIMS = JSON.stringify({ access_token: { capolids: { essential: true, values: [POLICY] } } })

/** Whether the claims of an authorize request are those that the policy demanded. MSAL sends other claims with every request. */
export function meetsPolicy(claims: string | null): boolean {
  return claims?.includes(POLICY) ?? false
}

/** The AADSTS errors about requests, codes and people, with Microsoft's wording where it is known. */
export const REFUSALS = {
  otherTenantsAccount: (user: User, home: Tenant, tenant: Tenant, app: Application): Refusal => ({
    error: 'access_denied',
    code: 50020,
    text: `User account '${user.userPrincipalName}' from identity provider 'https://sts.windows.net/${home.id}/' does not exist in tenant '${tenant.name}' and cannot access the application '${app.clientId}'(${app.name}) in that tenant. The account needs to be added as an external user in the tenant first. Sign out and sign in again with a different Azure Active Directory user account.`,
  }),
  notAssigned: (user: User, app: Application): Refusal => ({
    error: 'access_denied',
    code: 50105,
    text: `Your administrator has configured the application ${app.name} ('${app.clientId}') to block users unless they are specifically granted ('assigned') access to the application. The signed-in user '${user.userPrincipalName}' is blocked because they are not a direct member of a group with access, nor had access directly assigned by an administrator.`,
  }),
  disabled: (): Refusal => invalidGrant(50057, 'The user account is disabled.'),
  unknownUser: (name: string, tenant: string): Refusal =>
    invalidGrant(
      50034,
      `The user account ${name} does not exist in the ${tenant} directory. To sign into this application, the account must be added to the directory.`,
    ),
  badScope: (scope: string): Refusal => ({
    error: 'invalid_scope',
    code: 70011,
    text: `The provided value for the input parameter 'scope' is not valid. The scope ${scope} is not valid.`,
  }),
  badResource: (scope: string, tenant: string): Refusal => ({
    error: 'invalid_resource',
    code: 500011,
    text: `The resource principal named ${scope} was not found in the tenant named ${tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
  }),
  missing: (parameter: string): Refusal => ({
    error: 'invalid_request',
    code: 900144,
    text: `The request body must contain the following parameter: '${parameter}'.`,
  }),
  badRequest: (code: number, text: string): Refusal => ({ error: 'invalid_request', code, text }),
  /** 700054 for id_token and 700051 for token, as in Microsoft's code table. */
  responseType: (type: string): Refusal => ({
    error: 'unsupported_response_type',
    code: type.split(' ').includes('id_token') ? 700054 : 700051,
    text: `response_type '${type}' is not enabled for the application.`,
  }),
  severalResourcesImplicitly: (): Refusal => ({
    error: 'invalid_request',
    code: 700022,
    text: 'The provided value for the input parameter scope is not valid because it contains more than one resource.',
  }),
  declined: (): Refusal => ({
    error: 'access_denied',
    code: 65004,
    text: 'User declined to consent to access the app.',
  }),
  needsAdmin: (app: Application, workflow = false): Refusal => ({
    error: 'access_denied',
    code: workflow ? 90095 : 90094,
    text: `${app.name} needs permission to access resources in your organization that only an admin can grant. Please ask an admin to grant permission to this app before you can use it.`,
  }),
  loginRequired: (): Refusal => ({
    error: 'login_required',
    code: 50058,
    text: 'A silent sign-in request was sent but no user is signed in.',
  }),
  notConsented: (app: Application): Refusal =>
    invalidGrant(
      65001,
      `The user or administrator has not consented to use the application with ID '${app.clientId}' named '${app.name}'. Send an interactive authorization request for this user and resource.`,
      { suberror: 'consent_required' },
    ),
  blocked: (): Refusal => ({
    error: 'access_denied',
    code: 53003,
    text: 'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
    suberror: 'message_only',
  }),
  mfa: (resource: string): Refusal =>
    invalidGrant(
      50076,
      `Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '${resource}'.`,
      { suberror: 'basic_action', claims: POLICY_CLAIMS },
    ),
  noScope: (): Refusal => ({
    error: 'invalid_request',
    code: 28003,
    text: 'Provided value for the input parameter scope cannot be empty when requesting an access token using the provided authorization code. Please specify a valid scope.',
  }),
  severalResources: (scope: string): Refusal => ({
    error: 'invalid_request',
    code: 28000,
    text: `Provided value for the input parameter scope is not valid because it contains more than one resource. Scope ${scope} is not valid.`,
  }),
  codeRedeemed: (): Refusal =>
    invalidGrant(
      54005,
      'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.',
    ),
  codeExpired: (): Refusal =>
    invalidGrant(
      70008,
      'The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.',
    ),
  badGrant: (): Refusal => invalidGrant(70000, 'Provided grant is invalid or malformed.'),
  otherAuthority: (): Refusal =>
    invalidGrant(
      700005,
      'Provided Authorization Code is intended to use against other tenant, thus rejected. OAuth2 Authorization Code must be redeemed against same tenant it was acquired for (/common or /{tenant-ID} as appropriate).',
    ),
  challengeSize: (): Refusal => ({
    error: 'invalid_request',
    code: 501491,
    text: 'Invalid size of Code_Challenge parameter.',
  }),
  challengeMissing: (): Refusal => ({
    error: 'invalid_request',
    code: 50147,
    text: 'Missing code challenge. The size of the code challenge parameter is not valid.',
  }),
  challengeMethod: (method: string): Refusal => ({
    error: 'invalid_request',
    code: 50149,
    text: `Invalid code challenge method '${method}'.`,
  }),
  pkce: (): Refusal =>
    invalidGrant(501481, 'The Code_Verifier does not match the code_challenge supplied in the authorization request.'),
  noVerifier: (): Refusal =>
    invalidGrant(
      50148,
      'The code_verifier does not match the code_challenge supplied in the authorization request for PKCE.',
    ),
  revoked: (issued: number, validFrom: number): Refusal =>
    invalidGrant(
      50173,
      `The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '${new Date(issued).toISOString()}' and the TokensValidFrom date (before which tokens are not valid) for this user is '${new Date(validFrom).toISOString()}'.`,
    ),
  inactive: (issued: number): Refusal =>
    invalidGrant(
      700082,
      `The refresh token has expired due to inactivity. The token was issued on ${new Date(issued).toISOString()} and was inactive for 90.00:00:00.`,
    ),
  responseMode: (mode: string): Refusal => ({
    error: 'invalid_request',
    code: 70007,
    text: `'${mode}' is not a supported value of 'response_mode' when requesting a token.`,
  }),
  prompt: (value: string): Refusal => ({
    error: 'invalid_request',
    code: 90023,
    text: `Unsupported 'prompt' value '${value}'.`,
  }),
  maxAge: (value: string): Refusal => ({
    error: 'invalid_request',
    code: 90023,
    text: `Unsupported 'max_age' value '${value}'.`, // recalled
  }),
  pending: (): Refusal => ({
    error: 'authorization_pending',
    code: 70016,
    text: 'OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
  }),
  deviceDeclined: (): Refusal => ({
    error: 'authorization_declined',
    code: 65004,
    text: 'User declined to consent to access the app.',
  }),
  deviceExpired: (): Refusal => ({
    error: 'expired_token',
    code: 70020,
    text: "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
  }),
  badDeviceCode: (): Refusal => ({
    error: 'bad_verification_code',
    code: 70018,
    text: "The provided value for the input parameter 'device_code' is not valid. The device code is not known.",
  }),
  badPassword: (): Refusal => invalidGrant(50126, 'Error validating credentials due to invalid username or password.'),
  unknownInstance: (): Refusal => ({ error: 'invalid_instance', code: 50049, text: 'Unknown or invalid instance.' }),
  grantType: (value: string): Refusal => ({
    error: 'unsupported_grant_type',
    code: 70003,
    text: `The app requested an unsupported grant type '${value}'.`,
  }),
} as const

/** The AADSTS errors about an application: its registration, its secret, its place in a tenant. */
export const CLIENT_REFUSALS = {
  tenantNotFound: (name: string): Refusal => ({
    error: 'invalid_request',
    code: 90002,
    text: `Tenant '${name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
  }),
  singleTenant: (app: Application): Refusal => ({
    error: 'invalid_request',
    code: 50194,
    text: `Application '${app.clientId}'(${app.name}) is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant.`,
  }),
  appNotFound: (clientId: string, directory: string): Refusal => ({
    error: 'unauthorized_client',
    code: 700016,
    text: `Application with identifier '${clientId}' was not found in the directory '${directory}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
  }),
  redirectMismatch: (uri: string, clientId: string): Refusal => ({
    error: 'invalid_request',
    code: 50011,
    text: `The redirect URI '${uri}' specified in the request does not match the redirect URIs configured for the application '${clientId}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal.`,
  }),
  noRedirect: (): Refusal => ({
    error: 'invalid_request',
    code: 500113,
    text: 'No reply address is registered for the application.',
  }),
  /** The code is in Microsoft's table; the text is recalled. */
  unregisteredResource: (app: Application, scope: string): Refusal => ({
    error: 'invalid_resource',
    code: 650057,
    text: `Invalid resource. The client has requested access to a resource which is not listed in the requested permissions in the client's application registration. Client app ID: ${app.clientId}(${app.name}). Resource value from request: ${scope}. List of valid resources from app registration: ${[...new Set(app.registeredScopes.map((key) => key.split('/')[0]))].join(', ')}.`,
  }),
  absentResource: (scope: string, tenantId: string): Refusal => ({
    error: 'invalid_resource',
    code: 650052,
    text: `The app is trying to access a service '${scope}' that your organization '${tenantId}' lacks a service principal for. Contact your IT Admin to review the configuration of your service subscriptions or consent to the application in order to create the required service principal.`,
  }),
  crossOrigin: (): Refusal => ({
    error: 'invalid_request',
    code: 9002326,
    text: "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type.",
  }),
  sameOrigin: (): Refusal => ({
    error: 'invalid_request',
    code: 9002327,
    text: "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.",
  }),
  badSecret: (app: Application): Refusal => ({
    error: 'invalid_client',
    status: 401,
    code: 7000215,
    text: `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${app.clientId}'.`,
  }),
  expiredSecret: (app: Application): Refusal => ({
    error: 'invalid_client',
    status: 401,
    code: 7000222,
    text: `The provided client secret keys for app '${app.clientId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
  }),
  noSecret: (): Refusal => ({
    error: 'invalid_client',
    status: 401,
    code: 7000218,
    text: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  }),
  secretOfPublic: (): Refusal => ({
    error: 'invalid_client',
    status: 401,
    code: 700025,
    text: "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
  }),
  noTenant: (): Refusal => ({
    error: 'invalid_request',
    code: 50059,
    text: 'No tenant-identifying information found in either the request or implied by any provided credentials.',
  }),
  noServicePrincipal: (clientId: string, tenantId: string): Refusal => ({
    error: 'invalid_client',
    status: 401,
    code: 7000229,
    text: `The client application ${clientId} is missing service principal in the tenant ${tenantId}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119`,
  }),
  appDisabled: (app: Application): Refusal => ({
    error: 'unauthorized_client',
    code: 7000112,
    text: `Application '${app.clientId}'(${app.name}) is disabled.`,
  }),
  namedScopeOfApp: (scope: string): Refusal => ({
    error: 'invalid_scope',
    code: 1002012,
    text: `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
  }),
} as const
