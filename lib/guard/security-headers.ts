/** A year: browsers that were once told so reach this host, and those below it, by TLS only. */
const STAY_ON_TLS = 'max-age=31536000; includeSubDomains'

/**
 * Headers of every answer: pages, files, errors and refusals. The content security policy is the one for answers that show
 * nothing of their own; proxy.ts puts a page's in its place.
 *
 * HSTS is for an https portal only, because on http it would block everything else on a laptop's localhost.
 */
export function securityHeaders(portalUrl: string): Record<string, string> {
  return {
    'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    // Microsoft's return addresses carry codes in the query: no other site may see them in a Referer.
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
    ...(portalUrl.startsWith('https://') ? { 'strict-transport-security': STAY_ON_TLS } : {}),
  }
}
