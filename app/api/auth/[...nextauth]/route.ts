import type { NextRequest } from 'next/server'
import NextAuth from 'next-auth'
import { z } from 'zod'
import { authCookies, authOptions } from '@/lib/auth/options'
import { currentMember, endPreviousSession, hasBegunSignIn } from '@/lib/auth/request'
import { isApproval, readApproval } from '@/lib/azure/approval'
import { cloud } from '@/lib/azure/client/cloud'
import { browserAddress } from '@/lib/azure/client/transport'
import { env } from '@/lib/env'
import { seeOther } from '@/lib/see-other'

type Context = { params: Promise<{ nextauth: string[] }> }

/** next-auth's own routes: sign-in, the return from Microsoft, and sign-out. */
async function handle(request: NextRequest, context: Context): Promise<Response> {
  const { nextauth } = await context.params
  const elsewhere = nextauth[0] === 'callback' ? await leadElsewhere(request.nextUrl.searchParams) : null
  if (elsewhere) return elsewhere
  const response: Response = await NextAuth(request, context, authOptions())
  // Only after a successful sign-in, because anyone can send a browser here with an answer that is not valid.
  if (nextauth[0] === 'callback' && startsSession(response)) await endPreviousSession()
  return rewriteLoginAddress(response)
}

/**
 * Leads on a browser that comes back from Microsoft without a sign-in to finish: after an approval to its page, and a member
 * whose session is valid to the portal. It uses up no sign-in that is under way in this browser.
 */
async function leadElsewhere(query: URLSearchParams): Promise<Response | null> {
  if (isApproval(query)) return seeOther(`/approved?outcome=${readApproval(query)}`)
  if (await hasBegunSignIn(query.get('state'))) return null
  return (await currentMember()) ? seeOther('/integrations') : null
}

function startsSession(response: Response): boolean {
  const { name } = authCookies(env().portalUrl).sessionToken
  return response.headers
    .getSetCookie()
    .some((cookie) => cookie.startsWith(`${name}=`) && !cookie.startsWith(`${name}=;`))
}

/** The same response with the address at which the browser finds the login: Microsoft's, or the sandbox that plays it. */
async function rewriteLoginAddress(response: Response): Promise<Response> {
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

const toBrowserAddress = (url: string) => (url.startsWith(`${cloud().login}/`) ? browserAddress(url) : url)

export { handle as GET, handle as POST }
