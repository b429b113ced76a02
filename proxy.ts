import { randomBytes } from 'node:crypto'
import { type NextRequest, NextResponse } from 'next/server'
import { cloud } from '@/lib/azure/client/cloud'
import { browserAddress } from '@/lib/azure/client/transport'
import { env } from '@/lib/env'
import { log } from '@/lib/log'
import { readVisitor } from '@/lib/visitor'
import { CSP_REPORTS, contentSecurityPolicy, isSameOrigin } from '@/lib/web-security'

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS']

/**
 * Runs before every page: it refuses writes from other sites, sets the content security policy, and tells the page its own
 * address. Who may see or do what is not decided here, but where the data is read and written.
 */
export function proxy(request: NextRequest): NextResponse {
  const { portalUrl } = env()
  // This parameter of Next's router is no part of the page's address. Next leaves it in because of `skipProxyUrlNormalize`.
  request.nextUrl.searchParams.delete('_rsc')
  const { pathname, search } = request.nextUrl
  if (isOtherLoopbackName(request, portalUrl)) {
    // Path and query are set one by one, because a path like `//host`, resolved as an address, would lead to another host.
    return NextResponse.redirect(Object.assign(new URL(portalUrl), { pathname, search }))
  }
  // Browsers say where a report comes from in different ways, and all it can do is to be counted.
  const isReport = pathname === CSP_REPORTS
  if (!isReport && !SAFE_METHODS.includes(request.method) && !isSameOrigin(request.headers, portalUrl)) {
    log().warn({ event: 'foreign_origin_refused', clientAddress: readVisitor(request.headers).address })
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
  response.headers.set('reporting-endpoints', `csp="${CSP_REPORTS}"`)
  return response
}

/**
 * Whether a browser opened a portal called localhost by its number. It would have other cookies there, and Microsoft knows
 * only the one address, so it is redirected. Health probes may use either.
 *
 * After a server action that redirects, Next itself requests the next page: by number, with the name that the browser used
 * in X-Forwarded-Host. No right depends on that header: whoever can forge it could forge Host just as well.
 */
function isOtherLoopbackName(request: NextRequest, portalUrl: string): boolean {
  const { hostname, port } = new URL(portalUrl)
  const host = request.headers.get('x-forwarded-host') ?? request.headers.get('host')
  const isOther = host === `127.0.0.1:${port}` || host === `[::1]:${port}`
  return isOther && hostname === 'localhost' && request.method === 'GET' && request.nextUrl.pathname !== '/api/health'
}

// Left out are only files, at whose addresses no page and no action ever answers.
export const config = { matcher: ['/((?!_next/static/|icon\\.svg$).*)'] }
