import { effectiveAccess } from '../world/effective-access'
import type { World } from '../world/world'
import { ControlRefusal } from './control-refusal'

const TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/

function readTime(world: World, text: string): number {
  if (text === 'now') return world.now()
  const at = TIME.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) throw new ControlRefusal('at is "now" or a time like 2026-01-31T12:00:00Z.')
  return at
}

/** Who has access to a subscription at a time, or (`of=assignments`) every assignment that applies to it now. */
export function showTruth(world: World, subscriptionId: string, query: URLSearchParams): unknown[] {
  if (!world.findSubscription(subscriptionId))
    throw new ControlRefusal(`There is no subscription ${subscriptionId}.`, 404)
  const of = query.get('of') ?? 'access'
  const at = readTime(world, query.get('at') ?? 'now')
  if (of === 'access') return effectiveAccess(world, subscriptionId.toLowerCase(), { at })
  if (of === 'assignments') return world.truth(subscriptionId)
  throw new ControlRefusal('of is "access" or "assignments".')
}
