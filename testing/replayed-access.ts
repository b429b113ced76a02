import type { Actor } from '@/db/actor'
import { listChanges } from '@/db/queries/changes'
import { openChange } from '@/lib/changes/open-change'
import { ALL_CHANGES, type Cursor } from '@/lib/domain/views'
import type { EffectiveAccess } from './true-access'

/**
 * Who holds what as changes tell it: `principal role scope held` or `… eligible`, in lower case. What is activated is held, as what is
 * assigned outright is.
 */
export type HeldAccess = Set<string>

export const heldAccess = (access: EffectiveAccess): HeldAccess =>
  new Set([...access.keys()].map((key) => key.replace(/ (active|activated)$/, ' held')))

/** The changes that a connection shows between two of its results, the first one first, each with everything that it did. */
export async function changesBetween(actor: Actor, connectionId: string, after: Date, until: Date) {
  const found = []
  let cursor: Cursor | null = null
  do {
    const page = await listChanges(actor, { ...ALL_CHANGES, connectionId, after, until, cursor }, 20)
    found.push(...page.rows)
    cursor = page.next
  } while (cursor)
  const opened = []
  for (const change of found.reverse())
    opened.push({ change, reached: await reachedBy(actor, change.id, connectionId) })
  return opened
}

async function reachedBy(actor: Actor, changeId: string, connectionId: string) {
  const found = []
  let cursor: Cursor | null = null
  do {
    const opened = await openChange(actor, changeId, { connectionId, cursor }, 30)
    if (!opened) throw new Error('A change that is listed cannot be opened.')
    found.push(...opened.reached.rows)
    cursor = opened.reached.next
  } while (cursor)
  return found
}

export type OpenedChange = Awaited<ReturnType<typeof changesBetween>>[number]

/** What is held after changes, from what was held before them. */
export function replay(before: HeldAccess, changes: OpenedChange[]): HeldAccess {
  const held = new Set(before)
  for (const { reached } of changes)
    for (const { principalId, roleId, scope, eligible, effect } of reached) {
      const key = `${principalId} ${roleId} ${scope} ${eligible ? 'eligible' : 'held'}`.toLowerCase()
      if (effect === 'gained' || effect === 'seen') held.add(key)
      else if (effect !== 'altered') held.delete(key)
    }
  return held
}
