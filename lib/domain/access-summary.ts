import type { PersonAccess } from './access'
import type { RoleAccess } from './access-paths'
import { scopeWords } from './scopes'
import { rankOf, SCOPE_LEVELS, strengthOf } from './vocabulary'
import { isolateName, roleWords } from './words'

/**
 * What somebody has in a subscription, in one sentence: the strongest role that they hold, where and through what, how many more there
 * are, and the strongest one that they could activate beyond it. Null for nobody with any role.
 *
 * @param accesses as `explainAccess` gives them
 */
export function accessSummary(access: PersonAccess, accesses: readonly RoleAccess[], isPast: boolean): string | null {
  const held = accesses.filter(({ kind }) => kind !== 'eligible').toSorted(byStrength)
  const [strongest] = held
  const [stronger] = accesses
    .filter((one) => one.kind === 'eligible' && (!strongest || rank(one) < rank(strongest)))
    .toSorted(byStrength)
  if (!strongest && !stronger) return null
  const could = stronger && `${isPast ? 'could' : 'can'} activate ${nameOf(stronger)} ${placeOf(access, stronger)}`
  if (!strongest) return `${isPast ? 'Held no role' : 'Holds no role now'}, and ${could}.`
  const more = new Set(held.map(({ roleId }) => roleId)).size - 1
  const others = more === 0 ? '' : `, and ${more.toLocaleString('en')} more ${more === 1 ? 'role' : 'roles'}`
  const holds = `${isPast ? 'Held' : 'Holds'} ${nameOf(strongest)} ${placeOf(access, strongest)} ${wayOf(access, strongest)}`
  return `${holds}${others}${could ? `; ${could}` : ''}.`
}

const rank = ({ privilege }: RoleAccess) => strengthOf(privilege)

/** The strongest role first, and of equally strong ones the one that is held at the widest scope. */
const byStrength = (one: RoleAccess, other: RoleAccess) =>
  rank(one) - rank(other) || rankOf(SCOPE_LEVELS, one.level) - rankOf(SCOPE_LEVELS, other.level)

const nameOf = ({ roleId, roleName }: RoleAccess) => isolateName(roleWords({ id: roleId, name: roleName }))

function placeOf({ managementGroups, subscription }: PersonAccess, { scope, level }: RoleAccess): string {
  return `at ${scopeWords({ scope, level, managementGroups, subscriptionName: subscription.name }).place}`
}

/** How a role is held: directly, or through the group that has it. */
function wayOf({ groups }: PersonAccess, { paths }: RoleAccess): string {
  const direct = paths.some((path) => path.groups.length === 0)
  const ways = new Set(paths.map((path) => path.groups.at(-1)?.id))
  const more = ways.size === 1 ? '' : ` and ${ways.size - 1} more ${ways.size === 2 ? 'way' : 'ways'}`
  if (direct) return `directly${more}`
  const holder = paths[0]?.groups.at(-1)?.id
  const name = groups.find(({ id }) => id === holder)?.name ?? holder ?? 'a group'
  return `through ${isolateName(name)}${more}`
}
