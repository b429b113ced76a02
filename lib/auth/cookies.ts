import type { CookiesOptions } from 'next-auth'

/** Seconds that the state, nonce and PKCE cookies of a sign-in under way live. */
const SIGN_IN_SECONDS = 10 * 60

/**
 * Names and attributes of the portal's own cookies. On https every one is `__Host-`: bound to this host, sent over TLS
 * only. On plain http (a laptop) that prefix would make browsers drop them.
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
