import type { Application } from '../world/types'

/**
 * Whether an application may be answered at an address: exactly one it registered. A public client on loopback may take
 * any port. Source: RFC 8252 section 7.3, and Microsoft's "Redirect URI restrictions and limitations".
 */
export function redirectMatches(app: Application, uri: string): boolean {
  if (app.redirectUris.includes(uri)) return true
  const asked = app.publicClient ? URL.parse(uri) : null
  if (asked?.protocol !== 'http:' || !['localhost', '127.0.0.1'].includes(asked.hostname)) return false
  return app.redirectUris.some((registered) => {
    const known = URL.parse(registered)
    return known?.protocol === 'http:' && known.hostname === asked.hostname && known.pathname === asked.pathname
  })
}
