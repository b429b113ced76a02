'use server'

import { refresh } from 'next/cache'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import { askToConfirm } from '@/app/confirm/ask-to-confirm'
import type { FormState } from '@/components/ui/form-state'
import { readInput } from '@/lib/auth/input'
import { actionFor } from '@/lib/auth/refusals'
import { beginReconnect, findApplicationToReconnect } from '@/lib/connections/attempts'
import { disconnect } from '@/lib/connections/disconnect'
import {
  renameConnection as rename,
  setSchedule as schedule,
  stopUsingPermission as stopUsing,
} from '@/lib/connections/manage'
import { LABEL_RULE, readLabel } from '@/lib/domain/connection-label'
import { OPTIONAL_SCOPES } from '@/lib/domain/permissions'
import { SCHEDULES } from '@/lib/domain/vocabulary'
import { requestSync } from '@/lib/sync/request-sync'

const ConnectionId = z.guid()
const Schedule = z.enum(SCHEDULES)
const Permission = z.enum(OPTIONAL_SCOPES)
const Disconnect = z.object({ data: z.enum(['keep', 'delete']), typed: z.string().trim().max(200).optional() })

export const syncNow = actionFor('admin', async (member, connectionId: string) => {
  await requestSync(member, readInput(ConnectionId, connectionId))
  refresh()
})

/** Begins to sign in again; an application is given another credential instead. */
export const startReconnect = actionFor('admin', async (member, connectionId: string) => {
  const id = readInput(ConnectionId, connectionId)
  const application = await findApplicationToReconnect(member, id)
  if (application !== null) redirect(`/integrations/azure/accounts/${application}/credential`)
  const { attemptId } = await beginReconnect(member, id)
  redirect(`/integrations/azure/connect/${attemptId}/sign-in`)
})

/** Begins to sign the connection in again, asking for one more optional permission. */
export const askForPermission = actionFor('admin', async (member, connectionId: string, scope: string) => {
  const alsoAsk = readInput(Permission, scope)
  const { attemptId } = await beginReconnect(member, readInput(ConnectionId, connectionId), { alsoAsk })
  redirect(`/integrations/azure/connect/${attemptId}/sign-in`)
})

export const stopUsingPermission = actionFor('admin', async (member, connectionId: string, scope: string) => {
  await stopUsing(member, readInput(ConnectionId, connectionId), readInput(Permission, scope))
  refresh()
})

export const renameConnection = actionFor(
  'admin',
  async (member, connectionId: string, _state: FormState, form: FormData): Promise<FormState> => {
    const typed = form.get('label')
    const label = readLabel(typed)
    if (label === null) return { error: LABEL_RULE, values: { label: String(typed ?? '') } }

    await rename(member, readInput(ConnectionId, connectionId), label)
    refresh()
    return { done: true }
  },
)

export const setSchedule = actionFor(
  'admin',
  async (member, connectionId: string, _state: FormState, form: FormData): Promise<FormState> => {
    await schedule(member, readInput(ConnectionId, connectionId), readInput(Schedule, form.get('schedule')))
    refresh()
    return { done: true }
  },
)

export const disconnectConnection = actionFor(
  'admin',
  async (member, connectionId: string, _state: FormState, form: FormData): Promise<FormState> => {
    const choice = readInput(Disconnect, { data: form.get('data'), typed: form.get('typed') ?? undefined })
    const { kind } = await disconnect(member, readInput(ConnectionId, connectionId), choice).catch(askToConfirm)

    if (kind === 'confirm') return { confirm: true, values: { typed: choice.typed ?? '' } }
    if (kind === 'mistyped') {
      return {
        error: 'That is not the label. Type it exactly as it stands above.',
        values: { typed: choice.typed ?? '' },
      }
    }
    if (choice.data === 'delete') redirect('/integrations')
    refresh()
    return { done: true }
  },
)
