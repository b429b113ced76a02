import type { NextRequest } from 'next/server'
import NextAuth from 'next-auth'
import { z } from 'zod'
import { authCookies, authOptions } from '@/lib/auth/options'
import { endPreviousSession } from '@/lib/auth/request'
import { cloud } from '@/lib/azure/client/cloud'
import { browserAddress } from '@/lib/azure/client/transport'
import { env } from '@/lib/env'

type Context = { params: Promise<{ nextauth: string[] }> }

/** next-auth's own routes: sign-in, the way back from Microsoft, sign-out. */
async function handle(request: NextRequest, context: Context): Promise<Response> {
  const response: Response = await NextAuth(request, context, authOptions())
  const { nextauth } = await context.params
  // Only once the new sign-in stands: anyone can send a browser here with an answer that leads nowhere.
  if (nextauth[0] === 'callback' && startsSession(response)) await endPreviousSession()
  return toBrowser(response)
}

function startsSession(response: Response): boolean {
  const { name } = authCookies(env().portalUrl).sessionToken
  return response.headers
    .getSetCookie()
    .some((cookie) => cookie.startsWith(`${name}=`) && !cookie.startsWith(`${name}=;`))
}

/** Sends the browser to where the login really is: Microsoft, or the sandbox that plays it. */
async function toBrowser(response: Response): Promise<Response> {
  const headers = new Headers(response.headers)
  const location = headers.get('location')
  if (location) headers.set('location', dialled(location))
  if (!headers.get('content-type')?.includes('json'))
    return new Response(response.body, { status: response.status, headers })

  const body = z.looseObject({ url: z.string().optional() }).parse(await response.json())
  headers.delete('content-length')
  return new Response(JSON.stringify(body.url ? { ...body, url: dialled(body.url) } : body), {
    status: response.status,
    headers,
  })
}

const dialled = (url: string) => (url.startsWith(`${cloud().login}/`) ? browserAddress(url) : url)

export { handle as GET, handle as POST }
