'use server'

import { refresh } from 'next/cache'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import type { AzureSignInOptions } from '@/components/connect/azure-sign-in-button'
import type { ConnectFormState } from '@/components/connect/connect-form'
import type { SubscriptionFormState } from '@/components/connect/subscription-id-form'
import type { Actor } from '@/db/actor'
import { readInput } from '@/lib/auth/input'
import { actionFor } from '@/lib/auth/refusals'
import { AzureError } from '@/lib/azure/client/errors'
import { findAccount } from '@/lib/connections/account'
import { addSubscriptions, listReadableSubscriptions } from '@/lib/connections/add-subscriptions'
import { beginConnect, getAttempt } from '@/lib/connections/attempts'
import { chooseAccount } from '@/lib/connections/choose-account'
import { confirmAttempt } from '@/lib/connections/confirm'
import { lookNow, setFollowing } from '@/lib/connections/follow'
import { beginSignInForAttempt } from '@/lib/connections/sign-in'
import { OPTIONAL_SCOPES } from '@/lib/domain/permissions'
import { describeProblem } from '@/lib/domain/problems'
import { findSubscriptionId } from '@/lib/domain/subscription-id'
import { catchTooMany, TooMany } from '@/lib/limits'

const AttemptId = z.guid()
const AccountId = z.guid()
const Options = z.object({
  prompt: z.enum(['consent', 'select_account']).optional(),
  useClaims: z.boolean().optional(),
  optional: z.enum(['ticked', 'fewer']).optional(),
})
const Ticked = z.array(z.enum(OPTIONAL_SCOPES)).max(OPTIONAL_SCOPES.length)
/** The bound is more than one account is ever offered: a longer list did not come from our form. */
const Also = z.array(z.guid()).max(1000)

/** IDs with commas between them, of which a body has room for so many. */
const IdList = z
  .string()
  .nullable()
  .transform((text) => text?.split(',').filter(Boolean) ?? [])
  .pipe(z.array(z.guid()).max(5000))

/** Finds the tenant of a typed subscription and opens an attempt for it. */
export const beginAzureConnect = actionFor(
  'admin',
  async (member, _state: SubscriptionFormState, formData: FormData): Promise<SubscriptionFormState> => {
    const values = { subscriptionId: String(formData.get('subscriptionId') ?? '') }
    const subscriptionId = findSubscriptionId(values.subscriptionId)
    if (!subscriptionId)
      return {
        values,
        error: 'That is not a subscription ID. It has 32 hexadecimal digits, in groups of 8, 4, 4, 4 and 12.',
      }

    const begun = await beginConnect(member, subscriptionId).catch(catchTooMany)
    if (begun instanceof TooMany) return { values, error: begun.message }
    if (begun.kind === 'already_connected') return { values, connected: begun }
    if (begun.kind === 'refused') return { values, error: describeProblem(begun.code) }
    redirect(`/integrations/azure/connect/${begun.attemptId}/sign-in`)
  },
)

/** Goes on with an account that reads other subscriptions of the tenant already, without a sign-in. */
export const goOnWithAccount = actionFor('admin', async (member, attemptId: string, accountId: string) => {
  await chooseAccount(member, readInput(AttemptId, attemptId), readInput(AccountId, accountId))
  redirect(`/integrations/azure/connect/${attemptId}/checks`)
})

/** Connects subscriptions with an account that reads others already. */
export const addToAccount = actionFor(
  'admin',
  async (member, accountId: string, _state: ConnectFormState, formData: FormData): Promise<ConnectFormState> => {
    const chosen = readInput(Also, formData.getAll('add'))
    if (chosen.length === 0) return { error: 'Choose at least one subscription.' }
    const added = await addSubscriptions(member, readInput(AccountId, accountId), chosen).catch((error: unknown) => {
      if (error instanceof AzureError) return { kind: 'refused' as const, code: error.code }
      return catchTooMany(error)
    })
    if (added instanceof TooMany) return { error: added.message }
    if (added.kind === 'refused') return { error: describeProblem(added.code) }
    if (added.leftOut.length === 0) redirect(`/integrations/azure/accounts/${accountId}`)
    refresh()
    return { error: describeLeftOut(added.connectionIds.length, added.leftOut) }
  },
)

/** What was left out when the rest was connected. */
function describeLeftOut(connected: number, leftOut: string[]): string {
  const [is, it] = leftOut.length === 1 ? ['is', 'it'] : ['are', 'them']
  return `${connected.toLocaleString('en')} connected. Left out ${is} ${leftOut.join(', ')}: Azure does not list ${it} for this account now.`
}

/** Lets an account follow everything that it can read, or one management group of it, and looks at once. */
export const followWithAccount = actionFor(
  'admin',
  async (member, accountId: string, _state: ConnectFormState, form: FormData): Promise<ConnectFormState> => {
    const id = readInput(AccountId, accountId)
    const [keepOut, letIn] = [readInput(IdList, form.get('keepOut')), readInput(IdList, form.get('letIn'))]
    const groupId = String(form.get('groupId') ?? '')
    const group = groupId === '' ? null : await findGroup(member, id, groupId).catch(refused)
    if (group instanceof AzureError) return { error: describeProblem(group.code) }
    if (group === undefined) return { error: describeProblem('followed_group_not_seen') }
    await setFollowing(member, id, { follows: true, group, keepOut, letIn })
    return lookAndShow(member, id)
  },
)

export const stopFollowing = actionFor('admin', async (member, accountId: string) => {
  await setFollowing(member, readInput(AccountId, accountId), { follows: false })
  refresh()
})

/** Looks for new subscriptions now. The page, which is read anew, says how that ended. */
export const lookForNew = actionFor('admin', async (member, accountId: string) => {
  await lookAndShow(member, readInput(AccountId, accountId))
})

/** Leads to the list of the account's subscriptions where there are new ones, whose first syncs can be followed there. */
async function lookAndShow(member: Actor, accountId: string): Promise<null> {
  const { connected } = await lookNow(member, accountId)
  if (connected > 0) redirect(`/integrations/azure/accounts/${accountId}`)
  refresh()
  return null
}

/** The management group with this id: the one that is followed already, or as Azure shows it to the account; else nothing. */
async function findGroup(member: Actor, accountId: string, groupId: string) {
  const { followedGroup } = await findAccount(member, accountId)
  if (followedGroup?.id === groupId) return followedGroup
  const { groups } = await listReadableSubscriptions(member, accountId)
  const found = groups.find(({ id }) => id === groupId)
  return found && { id: found.id, name: found.name }
}

/** Sends the browser to Microsoft. An attempt that can no longer be used leads back to its page, which says why. */
export const startSignIn = actionFor(
  'admin',
  async (member, attemptId: string, options: AzureSignInOptions, form?: FormData) => {
    const page = `/integrations/azure/connect/${readInput(AttemptId, attemptId)}/sign-in`
    const attempt = await getAttempt(member, attemptId)
    if (!attempt || attempt.expired || attempt.confirmed) redirect(page)

    const { optional: which, ...asked } = readInput(Options, options)
    const others = which === 'fewer' ? (attempt.fewerScopes ?? []) : attempt.optionalScopes
    const optional = which === 'ticked' ? readInput(Ticked, form?.getAll('optional') ?? []) : others
    const started = await beginSignInForAttempt(member, attemptId, { ...asked, optional }).catch(refused)
    redirect(started instanceof AzureError ? `${page}?problem=${started.code}` : started)
  },
)

/** Runs the checks again by reading their page again. */
export const checkAgain = actionFor('admin', async () => {
  refresh()
})

const READABLE_NOW = 'The subscription can be read by now, so nothing has to be left out. Connect it with the others.'

/** Stores the chosen connections and starts their first sync. */
export const confirmConnect = actionFor(
  'admin',
  async (member, attemptId: string, _state: ConnectFormState, formData: FormData): Promise<ConnectFormState> => {
    const chosen = readInput(Also, formData.getAll('also'))
    const confirmed = await confirmAttempt(member, readInput(AttemptId, attemptId), {
      alsoSubscriptionIds: chosen,
      withoutOwn: formData.get('withoutOwn') === 'on',
      acceptOtherAccount: formData.get('acceptOtherAccount') === 'on',
      takesOver: formData.get('takesOver') === 'on',
    }).catch(catchTooMany)
    if (confirmed instanceof TooMany) return { chosen, error: confirmed.message }
    if (confirmed.kind === 'no_others') return { chosen, error: 'Choose at least one other subscription.' }
    if (confirmed.kind === 'readable_now' || confirmed.kind === 'refused') {
      // The checks are shown as they are by now, and with them whether to go on without the subscription.
      refresh()
      return { chosen, error: confirmed.kind === 'refused' ? describeProblem(confirmed.code) : READABLE_NOW }
    }
    if (confirmed.kind === 'other_account') {
      return {
        chosen,
        error: `The connection was made with ${confirmed.previous}; now it would be read with ${confirmed.now}. Confirm the change of account, or sign in with the one from before.`,
      }
    }
    redirect(`/integrations/azure/connect/${attemptId}/progress`)
  },
)

function refused(error: unknown): AzureError {
  if (error instanceof AzureError) return error
  throw error
}
