'use server'

import { refresh } from 'next/cache'
import { z } from 'zod'
import type { FormState } from '@/components/ui/form-state'
import { NotFound } from '@/lib/actor'
import { readInput } from '@/lib/auth/input'
import { actionFor } from '@/lib/auth/refusals'
import { readListAddress, readViewName, SAVED_VIEWS_PER_MEMBER } from '@/lib/domain/saved-views'
import { deleteView as remove, renameView as rename, saveView as save, shareView as share } from '@/lib/saved-views'

const ViewId = z.guid()

const TAKEN = 'There is a view of this name for this list already. Type another name.'
const REFUSALS = {
  taken: TAKEN,
  full: `You have ${SAVED_VIEWS_PER_MEMBER} saved views, the most that one member can have. Delete one first, here or at another list.`,
  too_long: 'These filters are too long to be saved. Choose fewer.',
}

/** Takes the list with its filters, and from the form what the view is called (`name`) and whether everyone may open it (`shared`). */
export const saveView = actionFor(
  'viewer',
  async (member, listAddress: string, _state: FormState, form: FormData): Promise<FormState> => {
    const address = readListAddress(readInput(z.string(), listAddress))
    if (!address) throw new NotFound('There is no list at this address.')
    const [typed, shared] = [String(form.get('name') ?? ''), form.get('shared') === '1']
    const values = { name: typed, shared: shared ? '1' : '' }
    const read = readViewName(typed)
    if ('problem' in read) return { error: read.problem, values }
    const { kind } = await save(member, { name: read.name, address, shared })
    if (kind !== 'saved') return { error: REFUSALS[kind], values }
    refresh()
    return { done: true }
  },
)

export const renameView = actionFor(
  'viewer',
  async (member, viewId: string, _state: FormState, form: FormData): Promise<FormState> => {
    const id = readInput(ViewId, viewId)
    const typed = String(form.get('name') ?? '')
    const read = readViewName(typed)
    if ('problem' in read) return { error: read.problem, values: { name: typed } }
    const { kind } = await rename(member, id, read.name)
    if (kind === 'taken') return { error: TAKEN, values: { name: typed } }
    refresh()
    return { done: true }
  },
)

export const shareView = actionFor('viewer', async (member, viewId: string, shared: boolean) => {
  await share(member, readInput(ViewId, viewId), readInput(z.boolean(), shared))
  refresh()
})

export const deleteView = actionFor('viewer', async (member, viewId: string) => {
  await remove(member, readInput(ViewId, viewId))
  refresh()
})
