'use server'

import { refresh } from 'next/cache'
import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import { THEME_COOKIE, THEMES, type Theme } from '@/components/shell/theme'
import type { FormState } from '@/components/ui/form-state'
import { readInput } from '@/lib/auth/input'
import { actionFor } from '@/lib/auth/refusals'
import { endCurrentSession } from '@/lib/auth/request'
import { MEMBER_ROLES } from '@/lib/domain/vocabulary'
import { env } from '@/lib/env'
import {
  changeRole as change,
  signOutEverywhere as endSessions,
  type MemberChange,
  removeMember as remove,
} from '@/lib/members'

const MemberId = z.guid()
const Role = z.enum(MEMBER_ROLES)

/** For how many seconds a choice of theme is remembered: a year. */
const THEME_SECONDS = 365 * 24 * 60 * 60

export const changeRole = actionFor(
  'owner',
  async (member, memberId: string, _state: FormState, form: FormData): Promise<FormState> => {
    return outcome(await change(member, readInput(MemberId, memberId), readInput(Role, form.get('role'))))
  },
)

export const removeMember = actionFor(
  'owner',
  async (member, memberId: string, _state: FormState, _form: FormData): Promise<FormState> => {
    return outcome(await remove(member, readInput(MemberId, memberId)))
  },
)

export const signOutEverywhere = actionFor('viewer', async (member) => {
  await endSessions(member)
  await endCurrentSession()
  redirect('/signin')
})

/** Remembers the theme in this browser, so that the first paint of the next page is right. */
export const chooseTheme = actionFor('viewer', async (_member, theme: Theme) => {
  const secure = env().portalUrl.startsWith('https://')
  const jar = await cookies()
  jar.set(THEME_COOKIE, readInput(z.enum(THEMES), theme), {
    path: '/',
    maxAge: THEME_SECONDS,
    sameSite: 'lax',
    httpOnly: true,
    secure,
  })
})

function outcome(change: MemberChange): FormState {
  if (change.kind === 'last_owner')
    return { error: 'An organisation keeps at least one owner. Make someone else owner first.' }
  refresh()
  return { done: true }
}
