import type { NextRequest } from 'next/server'
import NextAuth from 'next-auth'
import { z } from 'zod'
import { describeBrowser } from '@/lib/auth/browser'
import { authOptions } from '@/lib/auth/options'
import { refuseVisitor } from '@/lib/auth/refusals'
import { currentMember, hasBegunSignIn, readSessionToken } from '@/lib/auth/request'
import { isApproval, readApproval } from '@/lib/azure/approval'
import { cloud } from '@/lib/azure/client/cloud'
import { browserAddress } from '@/lib/azure/client/transport'
import { env } from '@/lib/env'
import { seeOther } from '@/lib/see-other'
import { readVisitor } from '@/lib/visitor'

type Context = { params: Promise<{ nextauth: string[] }> }

/**
 * What the portal uses of next-auth. Its other endpoints stay closed: `_log` writes whatever anyone sends into the log,
 * `error` puts the address's words into a header, and sign-out, session and providers have no caller here.
 */
const USED = ['GET csrf', 'POST signin/azure-ad', 'GET callback/azure-ad']

/** The sign-in: its token against forgery, its beginning, and the return from Microsoft. */
async function handle(request: NextRequest, context: Context): Promise<Response> {
  const action = `${request.method} ${(await context.params).nextauth.join('/')}`
  // Where next-auth sends whoever comes without its token, for example after the cookie has expired.
  if (action === 'GET signin') return seeOther('/signin')
  if (!USED.includes(action)) return new Response('There is no such page.', { status: 404 })

  const refused = await refuseTooMany(request, action)
  if (refused) return refused

  const returns = action === 'GET callback/azure-ad'
  const elsewhere = returns ? await leadElsewhere(request.nextUrl.searchParams) : null
  if (elsewhere) return elsewhere
  const browser = {
    browser: describeBrowser(request.headers.get('user-agent')),
    visitor: readVisitor(request.headers),
    previousToken: await readSessionToken(),
  }
  const response: Response = await NextAuth(
    request,
    context,
    authOptions({ browser, confirming: await findConfirming(request) }),
  )
  return rewriteAddress(response)
}

/** Counts sign-ins that are begun (which next-auth does for a POST alone) and returns from Microsoft. Each asks Microsoft. */
async function refuseTooMany(request: NextRequest, action: string): Promise<Response | null> {
  if (action === 'POST signin/azure-ad') return refuseVisitor('sign_in', request)
  return action === 'GET callback/azure-ad' ? refuseVisitor('callback', request) : null
}

/** The address of the member whose sign-in this begins only to confirm who they are; null for every other request. */
async function findConfirming({ nextUrl }: NextRequest): Promise<string | null> {
  if (nextUrl.pathname !== CONFIRM_PATH || nextUrl.searchParams.get('prompt') !== 'login') return null
  return (await currentMember())?.email ?? null
}

const CONFIRM_PATH = '/api/auth/signin/azure-ad'

/**
 * Leads on a browser that comes back from Microsoft without a sign-in to finish: after an approval to its page, and a member
 * whose session is valid to the portal. It uses up no sign-in that is under way in this browser.
 */
async function leadElsewhere(query: URLSearchParams): Promise<Response | null> {
  if (isApproval(query)) return seeOther(`/approved?outcome=${readApproval(query)}`)
  if (await hasBegunSignIn(query.get('state'))) return null
  return (await currentMember()) ? seeOther('/integrations') : null
}

/** The same response with the address to which it leads as the browser is to open it. */
async function rewriteAddress(response: Response): Promise<Response> {
  const headers = new Headers(response.headers)
  const location = headers.get('location')
  if (location) headers.set('location', toBrowserAddress(location))
  if (!headers.get('content-type')?.includes('json'))
    return new Response(response.body, { status: response.status, headers })

  const body = z.looseObject({ url: z.string().optional() }).parse(await response.json())
  headers.delete('content-length')
  return new Response(JSON.stringify(body.url ? { ...body, url: toBrowserAddress(body.url) } : body), {
    status: response.status,
    headers,
  })
}

/**
 * The login's address as the browser finds it, Microsoft's or that of the sandbox that plays it; and instead of next-auth's
 * error endpoint our sign-in page, with next-auth's name for what went wrong. That page knows the names.
 */
function toBrowserAddress(url: string): string {
  if (url.startsWith(`${cloud().login}/`)) return browserAddress(url)
  const { pathname, searchParams } = new URL(url, env().portalUrl)
  if (pathname !== '/api/auth/error') return url
  // Where a check of ours fails, next-auth gives the message of that error instead of a name, which no address may hold.
  const name = /^[a-z]{1,40}$/i.exec(searchParams.get('error') ?? '')?.[0] ?? 'Callback'
  return `/signin?error=${name}`
}

export { handle as GET, handle as POST }
