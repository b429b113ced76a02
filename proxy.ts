import { randomBytes } from 'node:crypto'
import { type NextRequest, NextResponse } from 'next/server'
import { cloud } from '@/lib/azure/client/cloud'
import { browserAddress } from '@/lib/azure/client/transport'
import { env } from '@/lib/env'
import { contentSecurityPolicy, isSameOrigin } from '@/lib/web-security'

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS']

/** For a year browsers ask this host over TLS only. Said on https alone: elsewhere it would lock a laptop's localhost. */
const STAY_ON_TLS = 'max-age=31536000'

/**
 * In front of every page: refuses foreign writes, sets the content security policy, and tells the page its own address.
 * Who may see or do what is not decided here, but where the data is read and written.
 */
export function proxy(request: NextRequest): NextResponse {
  const { portalUrl } = env()
  // The router's own parameter is no part of the page's address. Next leaves it in because of `skipProxyUrlNormalize`.
  request.nextUrl.searchParams.delete('_rsc')
  const { pathname, search } = request.nextUrl
  if (isOtherLoopbackName(request, portalUrl)) {
    // Part by part: `//host` resolved against the portal's address would be another host.
    return NextResponse.redirect(Object.assign(new URL(portalUrl), { pathname, search }))
  }
  if (!SAFE_METHODS.includes(request.method) && !isSameOrigin(request.headers, portalUrl)) {
    return new NextResponse('This request did not come from a page of this portal.', { status: 403 })
  }

  const nonce = randomBytes(16).toString('base64')
  const policy = contentSecurityPolicy({
    nonce,
    formTargets: [new URL(browserAddress(cloud().login)).origin],
    development: process.env.NODE_ENV === 'development',
  })
  const headers = new Headers(request.headers)
  headers.set('x-nonce', nonce)
  headers.set('x-pathname', pathname + search)
  headers.set('content-security-policy', policy)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  if (portalUrl.startsWith('https://')) response.headers.set('strict-transport-security', STAY_ON_TLS)
  return response
}

/**
 * Whether a browser came by number to a portal that is called localhost. Its cookies would be other ones, and Microsoft
 * knows only the one address, so it is led there. Probes of the server's health may come as they like.
 *
 * After a server action that redirects, Next asks itself for the next page: by number, with the name that the browser
 * used in X-Forwarded-Host. No right hangs on that header: whoever can forge it could as well forge Host.
 */
function isOtherLoopbackName(request: NextRequest, portalUrl: string): boolean {
  const { hostname, port } = new URL(portalUrl)
  const host = request.headers.get('x-forwarded-host') ?? request.headers.get('host')
  const isOther = host === `127.0.0.1:${port}` || host === `[::1]:${port}`
  return isOther && hostname === 'localhost' && request.method === 'GET' && request.nextUrl.pathname !== '/api/health'
}

export const config = { matcher: ['/((?!_next/static/|_next/image|icon\\.svg$|favicon\\.ico$).*)'] }
