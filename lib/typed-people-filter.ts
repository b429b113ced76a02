import type { Actor } from '@/db/actor'
import { listRolesAnywhere } from '@/db/queries/roles-anywhere'
import { matchRoles, parseTypedFilter } from '@/lib/domain/typed-filter'
import type { PeopleView } from '@/lib/domain/views'
import { type AllResults, canBeAsked, type ShownConnection } from '@/lib/past-results'

/** A view with what was typed as filters, sentences about what was not understood, and the roles by whose names it is shown. */
export type PeopleAskedFor = { view: PeopleView; problems: string[]; roles: { id: string; name: string | null }[] }

/**
 * The view of the people over all subscriptions that an address asks for: what stands in its search field as a filter becomes one, before any
 * filter of the same kind that the address has by itself, as on the lists of a subscription. Only the rest is searched for.
 *
 * @param all what is shown of all connections, which is only waited for where a name has to be looked up
 */
export async function readTypedPeopleFilter(
  actor: Actor,
  all: AllResults | Promise<AllResults>,
  view: PeopleView,
): Promise<PeopleAskedFor> {
  const typed = parseTypedFilter(view.search, 'all_people')
  const isAboutRoles = typed.roles.length > 0 || view.roleIds.length > 0
  const roles = isAboutRoles ? await listRolesAnywhere(actor, (await all).results) : []
  const byName = matchRoles(typed.roles, roles)
  const named = typed.subscription === null ? null : findSubscription((await all).connections, typed.subscription)
  return {
    view: {
      ...view,
      search: typed.search,
      status: typed.status ?? view.status,
      notStatus: typed.notStatus.length > 0 ? typed.notStatus : view.notStatus,
      guest: typed.guest ?? view.guest,
      held: typed.held === 'held' || typed.held === 'eligible' ? typed.held : view.held,
      minimum: typed.minimum ?? view.minimum,
      roleIds: byName.roleIds.length > 0 ? byName.roleIds : view.roleIds,
      connectionId: named?.id ?? view.connectionId,
    },
    problems: [...typed.problems, ...byName.problems, ...(named?.problem ? [named.problem] : [])],
    roles,
  }
}

/** The one subscription that a typed label or ID means; else why it was left out. */
function findSubscription(connections: readonly ShownConnection[], typed: string) {
  const wanted = typed.toLowerCase()
  const shown = connections.filter(canBeAsked)
  const same = shown.filter(({ label, subscriptionId }) => [label.toLowerCase(), subscriptionId].includes(wanted))
  const fitting = same.length > 0 ? same : shown.filter(({ label }) => label.toLowerCase().includes(wanted))
  if (fitting.length === 1) return { id: fitting[0]?.id ?? null, problem: null }
  const why =
    fitting.length === 0
      ? 'no subscription that is shown here has that name.'
      : `it fits ${fitting.length} subscriptions. Type more of the name, or choose one under Subscription.`
  return { id: null, problem: `“subscription:${typed}” was left out: ${why}` }
}
