/**
 * Whether a request that may change something comes from this portal's own pages. A missing Origin counts as foreign:
 * every browser sends one with such requests, and Next lets server actions without it through.
 */
export function isSameOrigin(headers: Headers, portalUrl: string): boolean {
  const site = headers.get('sec-fetch-site')
  return headers.get('origin') === portalUrl && (site === null || site === 'same-origin')
}
