'use server'

import { refresh } from 'next/cache'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import type { FormState } from '@/components/ui/form-state'
import { requireRole } from '@/lib/auth/request'
import { beginReconnect } from '@/lib/connections/attempts'
import { disconnect } from '@/lib/connections/disconnect'
import {
  renameConnection as rename,
  setSchedule as schedule,
  stopUsingPermission as stopUsing,
} from '@/lib/connections/manage'
import { OPTIONAL_SCOPES } from '@/lib/domain/permissions'
import { requestSync } from '@/lib/sync/request-sync'

const ConnectionId = z.guid()
const Label = z.string().trim().min(1).max(90)
const Schedule = z.enum(['hourly', 'every_6_hours', 'daily', 'off'])
const Permission = z.enum(OPTIONAL_SCOPES)
const Disconnect = z.object({ data: z.enum(['keep', 'delete']), typed: z.string().trim().max(200).optional() })

export async function syncNow(connectionId: string): Promise<void> {
  const member = await requireRole('admin')
  await requestSync(member, ConnectionId.parse(connectionId))
  refresh()
}

export async function startReconnect(connectionId: string): Promise<void> {
  const member = await requireRole('admin')
  const { attemptId } = await beginReconnect(member, ConnectionId.parse(connectionId))
  redirect(`/integrations/azure/connect/${attemptId}/sign-in`)
}

/** Signs the connection in again, asking for one optional permission more. */
export async function askForPermission(connectionId: string, scope: string): Promise<void> {
  const member = await requireRole('admin')
  const alsoAsk = Permission.parse(scope)
  const { attemptId } = await beginReconnect(member, ConnectionId.parse(connectionId), { alsoAsk })
  redirect(`/integrations/azure/connect/${attemptId}/sign-in`)
}

export async function stopUsingPermission(connectionId: string, scope: string): Promise<void> {
  const member = await requireRole('admin')
  await stopUsing(member, ConnectionId.parse(connectionId), Permission.parse(scope))
  refresh()
}

export async function renameConnection(connectionId: string, _state: FormState, form: FormData): Promise<FormState> {
  const member = await requireRole('admin')
  const typed = String(form.get('label') ?? '')
  const label = Label.safeParse(typed)
  if (!label.success) return { error: 'A label has 1 to 90 characters.', values: { label: typed } }

  await rename(member, ConnectionId.parse(connectionId), label.data)
  refresh()
  return { done: true }
}

export async function setSchedule(connectionId: string, _state: FormState, form: FormData): Promise<FormState> {
  const member = await requireRole('admin')
  await schedule(member, ConnectionId.parse(connectionId), Schedule.parse(form.get('schedule')))
  refresh()
  return { done: true }
}

export async function disconnectConnection(
  connectionId: string,
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const member = await requireRole('admin')
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
}
