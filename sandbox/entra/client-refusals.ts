import type { Application } from '../world/types'
import type { Refusal } from './entra-error'

/** What is said to an application about itself: its registration, its secret, its place in a tenant. */
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
  badAssertion: (): Refusal => ({
    error: 'invalid_client',
    status: 401,
    code: 700027,
    text: 'The certificate with identifier used to sign the client assertion is not registered on application.',
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
