'use server'

import { refresh } from 'next/cache'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import type { FormState } from '@/components/ui/form-state'
import { actionFor } from '@/lib/auth/refusals'
import { beginReconnect } from '@/lib/connections/attempts'
import { disconnect } from '@/lib/connections/disconnect'
import {
  renameConnection as rename,
  setSchedule as schedule,
  stopUsingPermission as stopUsing,
} from '@/lib/connections/manage'
import { OPTIONAL_SCOPES } from '@/lib/domain/permissions'
import { SCHEDULES } from '@/lib/domain/vocabulary'
import { requestSync } from '@/lib/sync/request-sync'

const ConnectionId = z.guid()
const Label = z.string().trim().min(1).max(90)
const Schedule = z.enum(SCHEDULES)
const Permission = z.enum(OPTIONAL_SCOPES)
const Disconnect = z.object({ data: z.enum(['keep', 'delete']), typed: z.string().trim().max(200).optional() })

export const syncNow = actionFor('admin', async (member, connectionId: string) => {
  await requestSync(member, ConnectionId.parse(connectionId))
  refresh()
})

export const startReconnect = actionFor('admin', async (member, connectionId: string) => {
  const { attemptId } = await beginReconnect(member, ConnectionId.parse(connectionId))
  redirect(`/integrations/azure/connect/${attemptId}/sign-in`)
})

/** Begins to sign the connection in again, asking for one more optional permission. */
export const askForPermission = actionFor('admin', async (member, connectionId: string, scope: string) => {
  const alsoAsk = Permission.parse(scope)
  const { attemptId } = await beginReconnect(member, ConnectionId.parse(connectionId), { alsoAsk })
  redirect(`/integrations/azure/connect/${attemptId}/sign-in`)
})

export const stopUsingPermission = actionFor('admin', async (member, connectionId: string, scope: string) => {
  await stopUsing(member, ConnectionId.parse(connectionId), Permission.parse(scope))
  refresh()
})

export const renameConnection = actionFor(
  'admin',
  async (member, connectionId: string, _state: FormState, form: FormData): Promise<FormState> => {
    const typed = String(form.get('label') ?? '')
    const label = Label.safeParse(typed)
    if (!label.success) return { error: 'A label has 1 to 90 characters.', values: { label: typed } }

    await rename(member, ConnectionId.parse(connectionId), label.data)
    refresh()
    return { done: true }
  },
)

export const setSchedule = actionFor(
  'admin',
  async (member, connectionId: string, _state: FormState, form: FormData): Promise<FormState> => {
    await schedule(member, ConnectionId.parse(connectionId), Schedule.parse(form.get('schedule')))
    refresh()
    return { done: true }
  },
)

export const disconnectConnection = actionFor(
  'admin',
  async (member, connectionId: string, _state: FormState, form: FormData): Promise<FormState> => {
    const choice = Disconnect.parse({ data: form.get('data'), typed: form.get('typed') ?? undefined })
    const { kind } = await disconnect(member, ConnectionId.parse(connectionId), choice)

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
