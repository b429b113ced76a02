import type { NamedChange } from './changes'
import { tenantOf } from './named-in-change'
import { FAMILY_NAMES, GIVEN_NAMES } from './names'
import { createRandom, type Random } from './random'
import type { Subscription, Tenant, User } from './types'
import { UnknownThing } from './unknown-thing'
import type { World } from './world'

/** As many changes as said, drawn from a seed; in one tenant, else in any that has subscriptions. */
export type RandomChanges = { random: number; seed?: string | number; tenantId?: string; type?: undefined }

const MOST = 100_000
const ROLES = ['Reader', 'Contributor', 'Owner', 'Key Vault Secrets User', 'Monitoring Reader', 'Network Contributor']

type Scene = { world: World; tenant: Tenant; random: Random }
/** One kind of change, or null where nothing there can be changed so. */
type Recipe = (scene: Scene) => NamedChange | null

/** Those who sign in keep their standing, and so do applications: a world that locks its readers out shows nothing. */
function isOrdinary(user: User): boolean {
  return user.account === null && user.home === null && user.directoryRoles.length === 0
}

function pickFrom<T>(random: Random, list: readonly T[], fits: (one: T) => boolean = () => true): T | null {
  for (let attempt = 0; attempt < 30 && list.length > 0; attempt++) {
    const one = random.pick(list)
    if (fits(one)) return one
  }
  return null
}

const personIn = ({ tenant, random }: Scene, fits: (user: User) => boolean = () => true) =>
  pickFrom(random, tenant.users.list(), (user) => isOrdinary(user) && fits(user))

function isProtected({ world, tenant }: Scene, principalId: string): boolean {
  const user = tenant.users.get(principalId)
  if (user) return !isOrdinary(user)
  return world.applications.has(tenant.servicePrincipals.get(principalId)?.appId ?? '')
}

function holderIn(scene: Scene): string | null {
  const { tenant, random } = scene
  if (random.below(4) === 0) return pickFrom(random, tenant.groups.list())?.id ?? null
  return personIn(scene)?.id ?? null
}

function subscriptionIn({ tenant, random }: Scene): Subscription | null {
  return pickFrom(random, tenant.subscriptions.list())
}

function scopeIn({ tenant, random }: Scene, { id }: Subscription): string {
  const held = random.below(2) === 0 ? pickFrom(random, tenant.assignments.inSubscription(id)) : null
  return held?.scope ?? `/subscriptions/${id}`
}

function granting(type: 'assign' | 'make_eligible'): Recipe {
  return (scene) => {
    const { tenant, random } = scene
    if (type === 'make_eligible' && tenant.licence !== 'p2') return null
    const [principalId, subscription] = [holderIn(scene), subscriptionIn(scene)]
    if (!principalId || !subscription) return null
    return { type, tenantId: tenant.id, principalId, role: random.pick(ROLES), scope: scopeIn(scene, subscription) }
  }
}

function onPerson(type: 'disable' | 'enable' | 'delete'): Recipe {
  return (scene) => {
    const user = personIn(scene, (one) => type === 'delete' || one.accountEnabled === (type === 'disable'))
    return user && { type, tenantId: scene.tenant.id, user: user.id }
  }
}

const RECIPES: readonly Recipe[] = [
  granting('assign'),
  granting('make_eligible'),
  onPerson('disable'),
  onPerson('enable'),
  onPerson('delete'),
  (scene) => {
    const { tenant, random } = scene
    const subscription = subscriptionIn(scene)
    const held = subscription ? tenant.assignments.inSubscription(subscription.id) : []
    const one = pickFrom(random, held, ({ principalId }) => !isProtected(scene, principalId))
    return one && { type: 'unassign', tenantId: tenant.id, assignmentId: one.id }
  },
  ({ tenant, random }) => {
    const user = pickFrom(random, tenant.deletedUsers.list())
    return user && { type: 'restore', tenantId: tenant.id, user: user.id }
  },
  (scene) => {
    const { tenant, random } = scene
    const user = personIn(scene)
    const displayName = `${random.pick(GIVEN_NAMES)} ${random.pick(FAMILY_NAMES)}`
    return user && { type: 'rename', tenantId: tenant.id, user: user.id, displayName }
  },
  (scene) => {
    const { tenant, random } = scene
    const [group, principalId] = [pickFrom(random, tenant.groups.list()), holderIn(scene)]
    if (!group || !principalId || principalId === group.id) return null
    return { type: 'add_member', tenantId: tenant.id, groupId: group.id, principalId }
  },
  ({ tenant, random }) => {
    const group = pickFrom(random, tenant.groups.list(), ({ id }) => tenant.memberships.membersOf(id).size > 0)
    const principalId = group && pickFrom(random, tenant.memberships.memberList(group.id))
    return principalId ? { type: 'remove_member', tenantId: tenant.id, groupId: group.id, principalId } : null
  },
  (scene) => {
    const { tenant, random } = scene
    const subscription = subscriptionIn(scene)
    const held = subscription ? tenant.eligibilities.inSubscription(subscription.id) : []
    const one = pickFrom(random, held)
    return one && { type: 'remove_eligible', tenantId: tenant.id, eligibilityId: one.id }
  },
  (scene) => {
    const subscription = subscriptionIn(scene)
    return subscription && { type: 'add_deny', tenantId: scene.tenant.id, scope: scopeIn(scene, subscription) }
  },
  ({ tenant, random }) => {
    const deny = pickFrom(random, tenant.denyAssignments.list())
    return deny && { type: 'remove_deny', denyId: deny.id }
  },
]

/** Draws changes one after another, each valid in the world the former ones left, and applies them; the same for the same world and seed. */
export function drawChanges(
  world: World,
  { random: wanted, seed = 0, tenantId }: RandomChanges,
  apply: (change: NamedChange) => void,
): NamedChange[] {
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > MOST)
    throw new UnknownThing(`random is a number of changes from 0 to ${MOST}.`)
  const tenants = tenantId
    ? [tenantOf(world, tenantId)]
    : [...world.tenants.values()].filter((tenant) => tenant.subscriptions.size > 0)
  if (tenants.length === 0) throw new UnknownThing('There is no tenant with a subscription.')
  const random = createRandom(`changes/${tenantId ?? ''}/${seed}`)
  const done: NamedChange[] = []
  for (let vain = 0; done.length < wanted; ) {
    const change = random.pick(RECIPES)({ world, tenant: random.pick(tenants), random })
    if (change) {
      apply(change)
      done.push(change)
    } else if (++vain > 1_000 + wanted * 20) {
      throw new UnknownThing('There is too little in that tenant to be changed at random.')
    }
  }
  return done
}
