import 'server-only'
import { cookies, headers } from 'next/headers'
import { forbidden, redirect } from 'next/navigation'
import { decode } from 'next-auth/jwt'
import { cache } from 'react'
import type { SessionActor } from '@/db/actor'
import { MEMBER_ROLES, type MemberRole } from '@/lib/domain/vocabulary'
import { env } from '@/lib/env'
import { readVisitor } from '@/lib/visitor'
import { safePath } from '@/lib/web-security'
import { authCookies } from './options'
import { recordRefusal } from './record-refusal'
import { findSession, signOutBrowser } from './sessions'

/** The signed-in member, with the names that the frame of every page shows, and when their visit before this one ended. */
export type SignedInMember = SessionActor & {
  email: string
  organisationName: string
  tenantId: string
  previousVisitAt: Date | null
}

/** The member to whom this request's cookie belongs, or null. Looked up once in every request, so a removed member is out at once. */
export const currentMember = cache(async (): Promise<SignedInMember | null> => {
  const token = await readSessionToken()
  const found = token ? await findSession(token) : null
  return found && { ...found, visitor: readVisitor(await headers()) }
})

/**
 * The signed-in member. Anyone else is sent to the sign-in page, and comes back afterwards. The way leads over a route that
 * makes the browser forget the pages of a session that has ended.
 */
export async function requireMember(): Promise<SignedInMember> {
  const member = await currentMember()
  if (member) return member
  const wanted = safePath((await headers()).get('x-pathname'))
  redirect(`/signin/ended?next=${encodeURIComponent(wanted)}`)
}

/** The signed-in member if they have at least this role. Anyone else sees the page that says who to ask. */
export async function requireRole(role: MemberRole): Promise<SignedInMember> {
  const member = await requireMember()
  if (MEMBER_ROLES.indexOf(member.role) <= MEMBER_ROLES.indexOf(role)) return member
  await recordRefusal(member, { role })
  forbidden()
}

/** Ends the session of this browser on the server. The route `/signin/ended`, to which the browser is sent next, deletes its cookie. */
export async function endCurrentSession(): Promise<void> {
  const token = await readSessionToken()
  if (token) await signOutBrowser(token, readVisitor(await headers()))
}

/** Deletes the cookie of a session, if this browser has one, and tells whether it had. */
export async function forgetSession(): Promise<boolean> {
  const { name, options } = authCookies(env().portalUrl).sessionToken
  const jar = await cookies()
  if (!jar.has(name)) return false
  // A `__Host-` cookie is deleted only with the attributes that it was set with.
  jar.set(name, '', { ...options, maxAge: 0 })
  return true
}

/** Whether this browser began the sign-in with this state and has not finished it, by the cookie in which next-auth keeps it. */
export async function hasBegunSignIn(state: string | null): Promise<boolean> {
  const { name } = authCookies(env().portalUrl).state
  // next-auth derives the key of every cookie but the session's from the cookie's name.
  const token = await readCookie(name, name)
  return state !== null && token?.value === state
}

/** The token of the session that this browser's cookie names, whether or not that session has ended. */
export async function readSessionToken(): Promise<string | null> {
  const token = await readCookie(authCookies(env().portalUrl).sessionToken.name)
  return typeof token?.sid === 'string' ? token.sid : null
}

async function readCookie(name: string, salt?: string) {
  const cookie = (await cookies()).get(name)
  return cookie ? decode({ token: cookie.value, secret: env().authSecret, salt }).catch(ignoreInvalidCookie) : null
}

/** A cookie that is expired, altered or sealed with another key signs nobody in. Any other failure is ours and is thrown. */
function ignoreInvalidCookie(error: unknown): null {
  if (error instanceof Error && 'code' in error && /^ERR_JW/.test(String(error.code))) return null
  throw error
}
