'use server'

import { refresh } from 'next/cache'
import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import { askToConfirm } from '@/app/confirm/ask-to-confirm'
import { THEMES, type Theme, themeCookie } from '@/components/shell/theme'
import type { FormState } from '@/components/ui/form-state'
import { readInput } from '@/lib/auth/input'
import { actionFor } from '@/lib/auth/refusals'
import { parseInvited } from '@/lib/domain/invited'
import { MOST_NAMED, type ParsedNames, parseNames } from '@/lib/domain/join-groups'
import { MOST_INVITATIONS } from '@/lib/domain/retention'
import { EXPORT_FORMATS, HISTORY_LENGTHS, JOIN_RULES, MEMBER_ROLES } from '@/lib/domain/vocabulary'
import { spellControls } from '@/lib/domain/words'
import { env } from '@/lib/env'
import { discardExport as discard, requestExport } from '@/lib/exports/request-export'
import { changeHistoryLength as changeLength } from '@/lib/history-length'
import { type Invitation, invite, takeBackInvitation as takeBack } from '@/lib/invitations'
import {
  endOtherSessions as endOthers,
  endOwnSession as endOwn,
  signOutEverywhere as endSessions,
  endSessionsOfMember as endSessionsOf,
} from '@/lib/member-sessions'
import {
  changeRole as change,
  changeJoinRule as changeRule,
  letMemberIn as letIn,
  type MemberChange,
  refuseMember as refuse,
  removeMember as remove,
} from '@/lib/members'

const MemberId = z.guid()
const SessionId = z.guid()
const ExportAddress = z.string().max(4000)
const Role = z.enum(MEMBER_ROLES)
const Names = z.string().max(20_000)

export const changeRole = actionFor(
  'owner',
  async (member, memberId: string, _state: FormState, form: FormData): Promise<FormState> => {
    const role = readInput(Role, form.get('role'))
    return outcome(await change(member, readInput(MemberId, memberId), role).catch(askToConfirm), { role })
  },
)

export const removeMember = actionFor(
  'owner',
  async (member, memberId: string, _state: FormState, _form: FormData): Promise<FormState> => {
    return outcome(await remove(member, readInput(MemberId, memberId)).catch(askToConfirm))
  },
)

/** Takes whom to invite (`who`): a user name or an object ID. */
export const invitePerson = actionFor(
  'owner',
  async (member, _state: FormState, form: FormData): Promise<FormState> => {
    const typed = String(form.get('who') ?? '')
    const who = parseInvited(typed)
    if (!who) return { error: 'Type a user name, such as ada@contoso.com, or an object ID.', values: { who: typed } }
    const done = await invite(member, who).catch(askToConfirm)
    if (done.kind === 'confirm') return { confirm: true, values: { who: typed } }
    if (done.kind !== 'done') return { error: describeInvitation(done), values: { who: typed } }
    refresh()
    return { done: true }
  },
)

export const takeBackInvitation = actionFor('owner', async (member, invitationId: string) => {
  await takeBack(member, readInput(z.guid(), invitationId))
  refresh()
})

export const letMemberIn = actionFor(
  'owner',
  async (member, memberId: string, _state: FormState, _form: FormData): Promise<FormState> => {
    const done = await letIn(member, readInput(MemberId, memberId)).catch(askToConfirm)
    return outcome(done ?? { kind: 'done' })
  },
)

export const refuseMember = actionFor(
  'owner',
  async (member, memberId: string, _state: FormState, _form: FormData): Promise<FormState> => {
    const done = await refuse(member, readInput(MemberId, memberId)).catch(askToConfirm)
    return outcome(done ?? { kind: 'done' })
  },
)

/** Takes who may join (`rule`), and for the rule of groups their IDs and app roles, one on each line (`named`). */
export const changeJoinRule = actionFor(
  'owner',
  async (member, _state: FormState, form: FormData): Promise<FormState> => {
    const rule = readInput(z.enum(JOIN_RULES), form.get('rule'))
    const names = rule === 'groups' ? parseNames(readInput(Names, form.get('named'))) : null
    if (names && names.kind !== 'named') return { error: describeNames(names) }
    const done = await changeRule(member, { rule, named: names?.named ?? [] }).catch(askToConfirm)
    return outcome(done ?? { kind: 'done' })
  },
)

/** Takes the length of history (`length`) and, for a shorter one, the name of the organisation as it was typed (`typed`). */
export const changeHistoryLength = actionFor(
  'owner',
  async (member, _state: FormState, form: FormData): Promise<FormState> => {
    const length = readInput(z.enum(HISTORY_LENGTHS), form.get('length'))
    const typed = String(form.get('typed') ?? '')
    const change = await changeLength(member, { length, typed }).catch(askToConfirm)
    if (change.kind === 'confirm') return { confirm: true }
    if (change.kind === 'mistyped') return { error: 'That is not the name of the organisation.' }
    refresh()
    return { done: true }
  },
)

export const endSessionsOfMember = actionFor('owner', async (member, memberId: string) => {
  await endSessionsOf(member, readInput(MemberId, memberId))
  refresh()
})

export const endOwnSession = actionFor('viewer', async (member, sessionId: string) => {
  await endOwn(member, readInput(SessionId, sessionId))
  refresh()
})

export const endOtherSessions = actionFor('viewer', async (member) => {
  await endOthers(member)
  refresh()
})

export const signOutEverywhere = actionFor('viewer', async (member) => {
  await endSessions(member)
  redirect('/signin/ended')
})

/** Asks for an export of the list with this address, in the format that was chosen (`format`). */
export const prepareExport = actionFor('viewer', async (member, address: string, form: FormData) => {
  const format = readInput(z.enum(EXPORT_FORMATS), form.get('format'))
  await requestExport(member, { address: readInput(ExportAddress, address), format })
  redirect('/settings/exports')
})

export const discardExport = actionFor('viewer', async (member, exportId: string) => {
  await discard(member, readInput(z.guid(), exportId))
  refresh()
})

/** Remembers the theme in this browser, so that the first paint of the next page is right. */
export const chooseTheme = actionFor('viewer', async (_member, theme: Theme) => {
  const { name, options } = themeCookie(env().portalUrl)
  const jar = await cookies()
  jar.set(name, readInput(z.enum(THEMES), theme), options)
})

function describeInvitation(outcome: Exclude<Invitation, { kind: 'done' }>): string {
  if (outcome.kind === 'invited_already') return 'This person has been invited already.'
  if (outcome.kind === 'too_many')
    return `There are ${MOST_INVITATIONS} open invitations, and no more can be made. Take one back first.`
  if (outcome.state === 'waiting') return 'This person has signed in and waits. Let them in above.'
  return outcome.state === 'active'
    ? 'This person is a member already.'
    : 'This person was removed. Let them in again below.'
}

function describeNames(names: Exclude<ParsedNames, { kind: 'named' }>): string {
  if (names.kind === 'none') return 'Name at least one group or app role.'
  if (names.kind === 'too_many') return `Name at most ${MOST_NAMED} groups and app roles.`
  return `“${spellControls(names.line.slice(0, 80))}” is neither the object ID of a group nor the value of an app role, which has no spaces.`
}

function outcome(change: MemberChange | { kind: 'confirm' }, values?: Record<string, string>): FormState {
  if (change.kind === 'confirm') return { confirm: true, values }
  if (change.kind === 'last_owner')
    return { error: 'An organisation keeps at least one owner. Make someone else owner first.' }
  refresh()
  return { done: true }
}
