import type { CookiesOptions, NextAuthOptions } from 'next-auth'
import AzureAD from 'next-auth/providers/azure-ad'
import type { Visitor } from '@/db/actor'
import { cloud } from '@/lib/azure/client/cloud'
import { loginAgent } from '@/lib/azure/client/transport'
import { findCurrentVisitor } from '@/lib/current-request'
import { FRESH_SIGN_IN_MINUTES, SESSION_HOURS } from '@/lib/domain/retention'
import { env } from '@/lib/env'
import { log } from '@/lib/log'
import { safePath } from '@/lib/web-security'
import { recordRefusedSignIn, type SignInRefusal } from './record-refusal'
import { findProblemOfTimes, redeemSignIn } from './redeem-sign-in'
import { findAdmission, registerSignIn, type SignedInAccount, type SignInBrowser } from './register-sign-in'
import { mayTenantSignIn, signOutBrowser } from './sessions'
import { readSignInClaims } from './sign-in-claims'

/** The tenant of personal Microsoft accounts, which belong to no organisation. */
const CONSUMER_TENANT = '9188040d-6c67-4c5b-b112-36a304b66dad'

/** Milliseconds to wait for Microsoft's answers while a person watches. */
const LOGIN_TIMEOUT_MS = 15_000

/** The sign-in page's code for each refusal about which it has more to say than that the tenant may not enter. */
const REFUSAL_CODES: Partial<Record<SignInRefusal, string>> = {
  access_removed: 'AccessRemoved',
  awaits_approval: 'AwaitsApproval',
  groups_not_told: 'GroupsNotTold',
  in_none_named: 'InNoneNamed',
  not_invited: 'NotInvited',
}

/**
 * Whether a person for whom Microsoft vouched may sign in; otherwise where their browser is led, and the refusal is
 * recorded. It throws nothing: next-auth would put the message of an error, with the SQL of one of the database, into the
 * address of the page to which it leads.
 */
async function admit(account: SignedInAccount | null, claims: unknown, visitor: Visitor): Promise<boolean | string> {
  try {
    const refusal = await findSignInRefusal(account, visitor)
    if (refusal) {
      await recordRefusedSignIn(refusal, account, visitor)
      const code = REFUSAL_CODES[refusal]
      return code ? `/signin?error=${code}` : false
    }
    const problem = await findProblemOfTimes(claims)
    return problem ? `${env().portalUrl}/signin?${problem}` : true
  } catch (error) {
    log().error({ event: 'sign_in', reason: 'NOT_JUDGED', error })
    return '/signin?error=Callback'
  }
}

type SignInRequest = {
  browser: SignInBrowser
  /** The address of the member who confirms who they are, as Microsoft knows it; null for an ordinary sign-in. */
  confirming: string | null
}

/** The portal's own sign-in. Microsoft's tokens are not kept: the cookie holds the token of a session and nothing else. */
export function authOptions({ browser, confirming }: SignInRequest): NextAuthOptions {
  const { authSecret, portalUrl } = env()
  return {
    secret: authSecret,
    providers: [createProvider(confirming)],
    session: { strategy: 'jwt', maxAge: SESSION_HOURS * 60 * 60 },
    cookies: authCookies(portalUrl),
    useSecureCookies: portalUrl.startsWith('https://'),
    pages: { signIn: '/signin', signOut: '/signin', error: '/signin' },
    callbacks: {
      signIn: ({ profile }) => admit(readSignInClaims(profile), profile, browser.visitor),
      async jwt({ token, profile, trigger }) {
        if (trigger !== 'signIn' && trigger !== 'signUp') return { sid: token.sid }
        const account = readSignInClaims(profile)
        if (!account) throw new Error('The claims of a sign-in that was admitted cannot be read.')
        return { sid: await registerSignIn(account, browser) }
      },
      session: () => ({ expires: '' }),
      redirect: ({ url, baseUrl }) =>
        baseUrl + safePath(url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length) : url),
    },
    events: {
      async signOut({ token }) {
        if (typeof token?.sid === 'string') await signOutBrowser(token.sid, browser.visitor)
      },
    },
    logger: {
      error: (code, details) =>
        log().error({
          event: 'sign_in',
          reason: code,
          clientAddress: findCurrentVisitor()?.address,
          error: details instanceof Error ? details : (details as { error?: unknown }).error,
        }),
      warn: (code) => log().warn({ event: 'sign_in', reason: code }),
      debug: () => undefined,
    },
  }
}

/** Why a person for whom Microsoft vouched may not sign in to this portal; null when they may. */
async function findSignInRefusal(account: SignedInAccount | null, visitor: Visitor): Promise<SignInRefusal | null> {
  if (!account) return 'unreadable_claims'
  if (account.tenantId === CONSUMER_TENANT) return 'consumer_account'
  if (!mayTenantSignIn(account.tenantId)) return 'tenant_not_allowed'
  const admission = await findAdmission(account, visitor)
  if (admission === 'may') return null
  if (admission === 'removed') return 'access_removed'
  return admission === 'waiting' ? 'awaits_approval' : admission
}

/**
 * How Microsoft is asked to authenticate a person anew, and to say so. `prompt=login` makes the person give their credentials.
 * It can be cut out of the address on the way, and nothing in the token would tell; `max_age` makes Entra ID put `auth_time`,
 * the time of the last authentication, into the id token, and that is what counts. Entra ID understands `max_age` although
 * its documents do not name it (MicrosoftDocs/azure-docs issue 51307). It also lets the id token expire that many seconds
 * after `auth_time` (AzureAD/microsoft-authentication-library-for-python issue 444, keycloak/keycloak issue 46078): with
 * `max_age=0` the token would have expired before it is read, so the minutes are asked for that count as fresh.
 */
const AUTHENTICATE_ANEW = { prompt: 'login', max_age: FRESH_SIGN_IN_MINUTES * 60 }

function createProvider(confirming: string | null) {
  const { azure } = env()
  const { clientId, clientSecret, allowedTenants } = azure
  // With several tenants the issuer in the discovery document is a template, which openid-client resolves for this address only.
  const tenant = allowedTenants === 'any' || allowedTenants.length > 1 ? 'organizations' : allowedTenants[0]
  return {
    ...AzureAD({ clientId, clientSecret }),
    wellKnown: `${cloud().login}/${tenant}/v2.0/.well-known/openid-configuration`,
    authorization: {
      params: {
        scope: 'openid profile email',
        ...(confirming === null ? { prompt: 'select_account' } : { ...AUTHENTICATE_ANEW, login_hint: confirming }),
      },
    },
    token: { request: redeemSignIn },
    checks: ['pkce' as const, 'state' as const, 'nonce' as const],
    httpOptions: { timeout: LOGIN_TIMEOUT_MS, agent: loginAgent() },
    // next-auth's own profile fetches a photo from Microsoft Graph: one more call, and one more that can fail.
    profile: (claims: { oid: string; name?: string; preferred_username?: string }) => ({
      id: claims.oid,
      name: claims.name ?? null,
      email: claims.preferred_username ?? null,
    }),
  }
}

/** Seconds that the state, nonce and PKCE cookies of an unfinished sign-in live. */
const SIGN_IN_SECONDS = 10 * 60

/**
 * Names and attributes of the portal's own cookies. On https their names begin with `__Host-`, so that browsers bind them
 * to this host and send them over TLS only. On plain http (a laptop) browsers would drop cookies of such names.
 */
export function authCookies(portalUrl: string): CookiesOptions {
  const secure = portalUrl.startsWith('https://')
  const cookie = (name: string, maxAge?: number) => ({
    name: `${secure ? '__Host-' : ''}rolecall.${name}`,
    options: {
      httpOnly: true,
      sameSite: 'lax' as const,
      path: '/',
      secure,
      ...(maxAge === undefined ? {} : { maxAge }),
    },
  })
  return {
    sessionToken: cookie('session'),
    callbackUrl: cookie('callback-url'),
    csrfToken: cookie('csrf'),
    pkceCodeVerifier: cookie('pkce', SIGN_IN_SECONDS),
    state: cookie('state', SIGN_IN_SECONDS),
    nonce: cookie('nonce', SIGN_IN_SECONDS),
  }
}
