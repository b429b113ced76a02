'use server'

import { refresh } from 'next/cache'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import { askToConfirm } from '@/app/confirm/ask-to-confirm'
import type { ApplicationFormState } from '@/components/connect/application-form'
import type { FormState } from '@/components/ui/form-state'
import { readInput } from '@/lib/auth/input'
import { actionFor } from '@/lib/auth/refusals'
import { discardDraft as discard, draftApplication, draftCredential } from '@/lib/connections/application-drafts'
import { confirmApplication } from '@/lib/connections/confirm-application'
import { removeApplication } from '@/lib/connections/remove-application'
import { describeProblem } from '@/lib/domain/problems'
import { CREDENTIAL_KINDS } from '@/lib/domain/vocabulary'
import { catchTooMany, TooMany } from '@/lib/limits'

const Id = z.guid()
const ClientId = z.guid().toLowerCase()
/** The longest texts that are taken: a certificate with its key and the chain above it, and Microsoft's secrets of some 40 letters. */
const Proof = z.object({
  credential: z.enum(CREDENTIAL_KINDS),
  pem: z.string().max(50_000).optional(),
  secret: z.string().trim().max(1_000).optional(),
})

function readProof(form: FormData) {
  const [pem, secret] = [form.get('pem') ?? undefined, form.get('secret') ?? undefined]
  return readInput(Proof, { credential: form.get('credential'), pem, secret })
}

/** Begins an account of an application: finds its tenant, makes or takes its credential, and leads to what is to be registered. */
export const beginApplication = actionFor(
  'admin',
  async (member, _state: ApplicationFormState, form: FormData): Promise<ApplicationFormState> => {
    const proof = readProof(form)
    const [tenant, typed] = [String(form.get('tenant') ?? '').trim(), String(form.get('clientId') ?? '').trim()]
    const values = { tenant, clientId: typed }
    const clientId = ClientId.safeParse(typed)
    const isOfMachine = proof.credential === 'managed_identity' && typed === ''
    if (!clientId.success && !isOfMachine)
      return { values, errors: { clientId: 'That is not a client ID: it has 32 hexadecimal digits in five groups.' } }
    const wanted = { ...proof, tenant, clientId: clientId.data ?? null }
    const begun = await draftApplication(member, wanted).catch(catchTooMany)
    if (!(begun instanceof TooMany) && begun.kind === 'drafted')
      redirect(`/integrations/azure/applications/${begun.draftId}`)
    return describeRefusal(begun, values)
  },
)

/** Begins a new credential of an application account. */
export const beginCredential = actionFor(
  'admin',
  async (member, accountId: string, _state: ApplicationFormState, form: FormData): Promise<ApplicationFormState> => {
    const begun = await draftCredential(member, readInput(Id, accountId), readProof(form)).catch(catchTooMany)
    if (!(begun instanceof TooMany) && begun.kind === 'drafted')
      redirect(`/integrations/azure/applications/${begun.draftId}`)
    return describeRefusal(begun, {})
  },
)

type Refused = TooMany | { kind: 'refused'; code: string } | { kind: 'bad_certificate'; problem: string }

function describeRefusal(refused: Refused, values: { tenant?: string; clientId?: string }): ApplicationFormState {
  if (refused instanceof TooMany) return { values, error: refused.message }
  if (refused.kind === 'bad_certificate') return { values, errors: { pem: refused.problem } }
  const words = describeProblem(refused.code)
  return refused.code === 'tenant_unknown' ? { values, errors: { tenant: words } } : { values, error: words }
}

/** Adds the account, or gives it its credential, and leads to the subscriptions that it can read. */
export const finishApplication = actionFor(
  'admin',
  async (member, draftId: string, _state: FormState, _form: FormData): Promise<FormState> => {
    const confirmed = await confirmApplication(member, readInput(Id, draftId)).catch(catchTooMany).catch(askToConfirm)
    if (confirmed instanceof TooMany) return { error: confirmed.message }
    if (confirmed.kind === 'confirm') return { confirm: true }
    if (confirmed.kind === 'refused') return { error: describeProblem(confirmed.code) }
    if (confirmed.kind === 'other_application')
      return { error: 'This credential is of another application than the account, so it was not taken.' }
    redirect(`/integrations/azure/accounts/${confirmed.accountId}/add`)
  },
)

export const discardDraft = actionFor('admin', async (member, draftId: string) => {
  await discard(member, readInput(Id, draftId))
  redirect('/integrations/azure')
})

/** Runs the checks again by reading their page again. */
export const checkApplicationAgain = actionFor('admin', async () => {
  refresh()
})

export const removeAccount = actionFor(
  'admin',
  async (member, accountId: string, _state: FormState, _form: FormData): Promise<FormState> => {
    const id = readInput(Id, accountId)
    const removed = await removeApplication(member, id).catch(askToConfirm)
    if (removed === 'used') return { error: 'A subscription is read with it by now. Disconnect that first.' }
    if (removed !== 'removed') return { confirm: true }
    refresh()
    return { done: true }
  },
)
