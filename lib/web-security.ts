/** Where browsers report what the content security policy kept them from. */
export const CSP_REPORTS = '/api/csp-reports'

type PolicyOptions = {
  nonce: string
  /** Origins a form's answer may lead to: Microsoft's login, or the sandbox that plays it. */
  formTargets: string[]
  /** The development server evaluates code and uses a web socket. */
  development: boolean
}

/** The content security policy of a page: it runs scripts with this nonce only, and loads and sends within this portal. */
export function contentSecurityPolicy({ nonce, formTargets, development }: PolicyOptions): string {
  return [
    `default-src 'self'`,
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    // React writes style attributes, which nonces cannot cover.
    `style-src 'self' 'unsafe-inline'`,
    `img-src 'self' data:`,
    `font-src 'self'`,
    `connect-src 'self'${development ? ' ws:' : ''}`,
    `object-src 'none'`,
    `base-uri 'none'`,
    `form-action 'self' ${formTargets.join(' ')}`.trim(),
    `frame-ancestors 'none'`,
    // The second is for browsers that do not know the first.
    `report-to csp`,
    `report-uri ${CSP_REPORTS}`,
  ].join('; ')
}

/**
 * Whether a request that may change something comes from this portal's own pages. A missing Origin counts as foreign:
 * every browser sends one with such requests, and Next lets server actions without it through.
 */
export function isSameOrigin(headers: Headers, portalUrl: string): boolean {
  const site = headers.get('sec-fetch-site')
  return headers.get('origin') === portalUrl && (site === null || site === 'same-origin')
}

/** Characters of the longest path that is taken from a browser; our own are far shorter. */
const LONGEST_PATH = 2048

/**
 * A path of this portal to go to next, or the fallback. Only a plain path of the same origin passes: not `//host`,
 * `/\host`, their percent-encoded forms, control characters, or anything with a scheme or a user name.
 */
export function safePath(wanted: string | null | undefined, fallback = '/integrations'): string {
  if (!wanted || wanted.length > LONGEST_PATH || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(wanted)) return fallback
  if (/^\/(?:%2f|%5c)/i.test(wanted)) return fallback
  const base = 'https://portal.invalid'
  const url = URL.parse(wanted, base)
  return url?.origin === base && !url.username && !url.pathname.startsWith('//')
    ? url.pathname + url.search + url.hash
    : fallback
}
