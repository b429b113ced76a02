import { type AssignmentChange, changeAssignments } from './change-assignments'
import { changeEligibilities, type EligibilityChange } from './change-eligibilities'
import { changeGroups, type GroupChange } from './change-groups'
import type { ChangeHandlers } from './change-handlers'
import { changePeople, type PeopleChange } from './change-people'
import { changePlatform, type PlatformChange } from './change-platform'
import { changeSubscriptions, type SubscriptionChange } from './change-subscriptions'
import { changeTenant, type TenantChange } from './change-tenant'
import { checkValues } from './check-values'
import { drawChanges, type RandomChanges } from './random-changes'
import { UnknownThing } from './unknown-thing'
import type { World } from './world'

/** One thing that happens, by its type. */
export type NamedChange =
  | PeopleChange
  | GroupChange
  | AssignmentChange
  | EligibilityChange
  | SubscriptionChange
  | TenantChange
  | PlatformChange

export type Change = NamedChange | RandomChanges

const HANDLERS: ChangeHandlers<NamedChange> = {
  ...changePeople,
  ...changeGroups,
  ...changeAssignments,
  ...changeEligibilities,
  ...changeSubscriptions,
  ...changeTenant,
  ...changePlatform,
}

function applyNamed(world: World, change: NamedChange): unknown {
  if (!Object.hasOwn(HANDLERS, change.type))
    throw new UnknownThing(`There is no change of type ${String(change.type)}.`)
  checkValues(change)
  const handle = HANDLERS[change.type] as (world: World, change: NamedChange) => unknown
  return handle(world, change)
}

/**
 * Changes the world while it runs; throws UnknownThing when it names what is not there. Random changes give the list of
 * what was done.
 */
export function applyChange(world: World, change: Change): unknown {
  if (typeof change !== 'object' || change === null) throw new UnknownThing('A change is an object with a type.')
  return 'random' in change ? drawChanges(world, change, (one) => applyNamed(world, one)) : applyNamed(world, change)
}
