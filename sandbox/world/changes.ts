import { z } from 'zod'
import { type AssignmentChange, changeAssignments } from './change-access'
import { type AppAssignmentChange, changeAppAssignments } from './change-app-assignments'
import { type ApplicationChange, changeApplications } from './change-applications'
import { changeGroups, changePeople, type GroupChange, type PeopleChange } from './change-directory'
import { changeDirectoryRoles, type DirectoryRoleChange } from './change-directory-roles'
import { changeEligibilities, type EligibilityChange } from './change-eligibility'
import { changeGroupSchedules, type GroupScheduleChange } from './change-group-schedules'
import { changeRoles, type RoleChange } from './change-roles'
import {
  changePlatform,
  changeSubscriptions,
  changeTenant,
  type PlatformChange,
  type SubscriptionChange,
  type TenantChange,
} from './change-tenant'
import { changeDelegations, type DelegationChange } from './delegations'
import { applyAudited } from './directory-audits'
import { findSchedules, isScheduledAt, settleGroupAccess } from './group-schedules'
import { type ChangeHandlers, requireTenant, WorldRefusal } from './lookups'
import { createRandom, FAMILY_NAMES, GIVEN_NAMES, type Random } from './random'
import { describeIssue, PageSize } from './tenant-spec'
import { GROUP_MEMBERSHIP_CLAIMS, type Subscription, type Tenant, type User } from './types'
import type { World } from './world'

export type Change = NamedChange | RandomChanges

/** One change, by its `type`. `by` is who the logs say made it: a person or service principal, the administrator when left out. */
export type NamedChange =
  | ((PeopleChange | GroupChange) & { by?: string })
  | DirectoryRoleChange
  | GroupScheduleChange
  | AssignmentChange
  | RoleChange
  | EligibilityChange
  | DelegationChange
  | SubscriptionChange
  | TenantChange
  | ApplicationChange
  | AppAssignmentChange
  | PlatformChange

/**
 * Applies a change to the running world and returns what the change reports; random changes return the list of changes
 * made. Throws WorldRefusal when the change names something that does not exist or is not possible.
 */
export function applyChange(world: World, change: Change): unknown {
  if (typeof change !== 'object' || change === null) throw new WorldRefusal('A change is an object with a type.')
  return 'random' in change ? drawChanges(world, change, (one) => applyNamed(world, one)) : applyNamed(world, change)
}

function applyNamed(world: World, change: NamedChange): unknown {
  if (!Object.hasOwn(HANDLERS, change.type))
    throw new WorldRefusal(`There is no change of type ${String(change.type)}.`)
  checkValues(change)
  const handle = HANDLERS[change.type] as (world: World, change: NamedChange) => unknown
  try {
    return applyAudited(world, change, () => handle(world, change))
  } finally {
    for (const tenant of world.tenants.values()) settleGroupAccess(tenant, world.now())
  }
}

const HANDLERS: ChangeHandlers<NamedChange> = {
  ...changePeople,
  ...changeGroups,
  ...changeDirectoryRoles,
  ...changeGroupSchedules,
  ...changeAssignments,
  ...changeRoles,
  ...changeEligibilities,
  ...changeDelegations,
  ...changeSubscriptions,
  ...changeTenant,
  ...changeApplications,
  ...changeAppAssignments,
  ...changePlatform,
}

/** Throws WorldRefusal when a change lacks a value or has an impossible one. */
function checkValues(change: NamedChange): void {
  const parsed = VALUES[change.type]?.safeParse(change)
  if (parsed?.success === false) throw new WorldRefusal(parsed.error.issues.slice(0, 1).map(describeIssue).join(' '))
}

const CENTURY_MS = 100 * 365 * 86_400_000
const text = z.string().min(1)
const time = z.iso.datetime({ offset: true })
const accessId = z.enum(['member', 'owner']).optional()
const bucket = z.strictObject({ bucket: z.number().positive(), refillPerSecond: z.number().min(0) })
const units = z.strictObject({ units: z.number().positive(), windowSeconds: z.number().positive() })

/** The plain values of changes. What they name is looked up when the change is made. */
const VALUES: Partial<Record<NamedChange['type'], z.ZodObject>> = {
  delete: z.object({ permanently: z.boolean().optional() }),
  rename: z.object({
    displayName: text.optional(),
    mail: text.nullish(),
    userPrincipalName: text.optional(),
  }),
  set_traits: z.object({
    traits: z.strictObject({
      blocked: z.boolean().optional(),
      mfa: z.boolean().optional(),
      unassigned: z.boolean().optional(),
      error: z.int().optional(),
    }),
  }),
  add_person: z.object({
    displayName: text,
    id: z.guid().optional(),
    userPrincipalName: text.optional(),
    mail: text.nullish(),
    otherMails: z.array(text).optional(),
    userType: z.enum(['Member', 'Guest']).optional(),
  }),
  lag: z.object({ seconds: z.number().positive().optional(), lookups: z.int().positive().optional() }),
  hide_members: z.object({ hidden: z.boolean().optional() }),
  add_member: z.object({ scheduled: z.boolean().optional(), endDateTime: time.nullish() }),
  make_eligible_member: z.object({ accessId, startDateTime: time.optional(), endDateTime: time.nullish() }),
  remove_eligible_member: z.object({ accessId }),
  activate_membership: z.object({ accessId, endDateTime: time.optional() }),
  deactivate_membership: z.object({ accessId }),
  add_group: z.object({ displayName: text, isAssignableToRole: z.boolean().optional() }),
  rename_group: z.object({ displayName: text }),
  set_directory_roles: z.object({ roles: z.array(text).optional(), eligible: z.array(text).optional() }),
  rename_management_group: z.object({ displayName: text }),
  rename_subscription: z.object({ displayName: text }),
  set_subscription_state: z.object({ state: z.enum(['Enabled', 'Warned', 'PastDue', 'Disabled', 'Deleted']) }),
  withdraw_consent: z.object({ scopes: z.array(text).optional() }),
  grant_consent: z.object({ scopes: z.array(text).optional() }),
  set_powerless: z.object({ powerless: z.enum(['forbidden', 'empty']) }),
  set_page_size: z.object({ pageSize: PageSize }),
  set_throttling: z.object({
    arm: z.union([z.boolean(), bucket]).optional(),
    graph: z.union([z.boolean(), units]).optional(),
  }),
  set_log_delays: z.object({ activity: z.number().min(0).optional(), audits: z.number().min(0).optional() }),
  write_role: z.object({
    role: text,
    actions: z.array(text).optional(),
    notActions: z.array(text).optional(),
    dataActions: z.array(text).optional(),
    notDataActions: z.array(text).optional(),
    assignableScopes: z.array(text).optional(),
  }),
  set_secret: z.object({ value: text }),
  add_application: z.object({ displayName: text, managedIdentity: z.boolean().optional() }),
  assign_to_application: z.object({ appRole: text.optional() }),
  unassign_from_application: z.object({ appRole: text.optional() }),
  define_app_roles: z.object({ roles: z.array(text) }),
  set_group_claims: z.object({ groupMembershipClaims: z.enum(GROUP_MEMBERSHIP_CLAIMS).nullable() }),
  set_application_enabled: z.object({ enabled: z.boolean() }),
  grant_app_roles: z.object({ roles: z.array(text) }),
  add_certificate: z.object({ certificate: text }),
  add_federated_credential: z.object({
    issuer: text,
    subject: text,
    audience: text.optional(),
    afterSeconds: z.number().min(0).optional(),
  }),
  issue_federated_token: z.object({
    issuer: text,
    subject: text,
    audience: text.optional(),
    seconds: z.number().optional(),
  }),
  set_machine: z.object({
    systemAssigned: z.guid().nullish(),
    userAssigned: z.array(z.guid()).optional(),
  }),
  delegate: z.object({
    name: text.optional(),
    managedByTenantId: z.guid().optional(),
    managedByTenantName: text.optional(),
    authorizations: z
      .array(
        z.strictObject({
          principalId: z.guid(),
          principalIdDisplayName: text.optional(),
          role: text,
          delegatedRoles: z.array(text).optional(),
        }),
      )
      .optional(),
    eligibleAuthorizations: z
      .array(
        z.strictObject({
          principalId: z.guid(),
          principalIdDisplayName: text.optional(),
          role: text,
          multiFactorAuthProvider: z.enum(['Azure', 'None']).optional(),
          maximumActivationDuration: text.optional(),
          managedByTenantApprovers: z
            .array(z.strictObject({ principalId: z.guid(), principalIdDisplayName: text.optional() }))
            .optional(),
        }),
      )
      .optional(),
  }),
  assign: z.object({ principalType: text.nullish() }),
  activate: z.object({
    justification: text.optional(),
    ticketNumber: text.optional(),
    ticketSystem: text.optional(),
  }),
  make_eligible: z.object({ principalType: text.nullish() }),
  rotate_keys: z.object({ forgetOld: z.boolean().optional() }),
  set_token_lifetime: z.object({
    seconds: z
      .number()
      .positive()
      .max(CENTURY_MS / 1_000),
  }),
  advance_clock: z.object({ ms: z.number().min(-CENTURY_MS).max(CENTURY_MS) }),
}

/** Asks for this many random changes, reproducible by seed, in one tenant or in all that have subscriptions. */
type RandomChanges = { random: number; seed?: string | number; tenantId?: string; type?: undefined }

const MAX_CHANGES = 100_000

/**
 * Draws changes and applies them one after another, each drawn from the world as the earlier ones left it. The same world
 * and seed give the same changes.
 */
function drawChanges(
  world: World,
  { random: wanted, seed = 0, tenantId }: RandomChanges,
  apply: (change: NamedChange) => void,
): NamedChange[] {
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > MAX_CHANGES)
    throw new WorldRefusal(`random is a number of changes from 0 to ${MAX_CHANGES}.`)
  const tenants = tenantId
    ? [requireTenant(world, tenantId)]
    : [...world.tenants.values()].filter((tenant) => tenant.subscriptions.size > 0)
  if (tenants.length === 0) throw new WorldRefusal('There is no tenant with a subscription.')
  const random = createRandom(`changes/${tenantId ?? ''}/${seed}`)
  const pickActor = createActorPicker(world, createRandom(`actors/${tenantId ?? ''}/${seed}`))
  const done: NamedChange[] = []
  for (let misses = 0; done.length < wanted; ) {
    const recipe = random.pick(RECIPES)
    const tenant = random.pick(tenants)
    const drawn = recipe({ world, tenant, random })
    if (drawn) {
      const by = TAKES_ACTOR.test(drawn.type) ? pickActor(tenant) : undefined
      const change = by === undefined ? drawn : { ...drawn, by }
      apply(change)
      done.push(change)
    } else if (++misses > 1_000 + wanted * 20) {
      throw new WorldRefusal('There is too little in that tenant to be changed at random.')
    }
  }
  return done
}

/** The changes of which one of the logs says who made them. */
const TAKES_ACTOR = /^(assign|unassign|disable|enable|delete|restore|rename|add_person|(add|remove)_(member|owner))$/

/** Draws who makes a change: one of those whom random changes leave alone, an account or an application. */
function createActorPicker(world: World, random: Random): (tenant: Tenant) => string | undefined {
  const actorsOf = new Map<Tenant, string[]>()
  return (tenant) => {
    const known = actorsOf.get(tenant)
    const actors =
      known ??
      [
        ...tenant.users.list().filter(({ account }) => account !== null),
        ...tenant.servicePrincipals.list().filter(({ appId }) => world.applications.has(appId)),
      ].map(({ id }) => id)
    if (!known) actorsOf.set(tenant, actors)
    return actors.length === 0 ? undefined : random.pick(actors)
  }
}

/** What a recipe draws from. */
type Scene = { world: World; tenant: Tenant; random: Random }
/** Draws one kind of change; null when the tenant has nothing that could be changed that way. */
type Recipe = (scene: Scene) => NamedChange | null

const RECIPES: readonly Recipe[] = [
  grantRecipe('assign'),
  grantRecipe('make_eligible'),
  personRecipe('disable'),
  personRecipe('enable'),
  personRecipe('delete'),
  (scene) => {
    const { tenant, random } = scene
    const subscription = pickSubscription(scene)
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
    const user = pickPerson(scene)
    const displayName = `${random.pick(GIVEN_NAMES)} ${random.pick(FAMILY_NAMES)}`
    return user && { type: 'rename', tenantId: tenant.id, user: user.id, displayName }
  },
  (scene) => {
    const { tenant, random } = scene
    const [group, principalId] = [pickFrom(random, tenant.groups.list()), pickMember(scene)]
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
    const subscription = pickSubscription(scene)
    const held = subscription ? tenant.eligibilities.inSubscription(subscription.id) : []
    const one = pickFrom(random, held)
    return one && { type: 'remove_eligible', tenantId: tenant.id, eligibilityId: one.id }
  },
  (scene) => {
    const { tenant, random } = scene
    const [group, user] = [pickFrom(random, tenant.groups.list()), pickPerson(scene)]
    return group && user && { type: 'add_owner', tenantId: tenant.id, groupId: group.id, principalId: user.id }
  },
  ({ tenant, random }) => {
    const group = pickFrom(random, tenant.groups.list(), ({ id }) => tenant.owners.membersOf(id).size > 0)
    const principalId = group && pickFrom(random, tenant.owners.memberList(group.id))
    return principalId ? { type: 'remove_owner', tenantId: tenant.id, groupId: group.id, principalId } : null
  },
  (scene) => {
    const { tenant, random } = scene
    const [group, principalId] = [pickFrom(random, tenant.groups.list()), pickHolder(scene)]
    if (!group || !principalId || principalId === group.id || tenant.licence !== 'p2') return null
    const access = { groupId: group.id, principalId, accessId: 'member' } as const
    if (findSchedules(tenant, access, ['eligible']).length > 0) return null
    return { type: 'make_eligible_member', tenantId: tenant.id, ...access }
  },
  scheduleRecipe('remove_eligible_member'),
  scheduleRecipe('activate_membership'),
  scheduleRecipe('deactivate_membership'),
  ({ tenant, random }) => {
    const displayName = `${random.pick(GIVEN_NAMES)} ${random.pick(FAMILY_NAMES)}`
    return { type: 'add_person', tenantId: tenant.id, displayName }
  },
  (scene) => {
    const subscription = pickSubscription(scene)
    return subscription && { type: 'add_deny', tenantId: scene.tenant.id, scope: pickScope(scene, subscription) }
  },
  ({ tenant, random }) => {
    const deny = pickFrom(random, tenant.denyAssignments.list())
    return deny && { type: 'remove_deny', denyId: deny.id }
  },
  (scene) => {
    const subscription = pickSubscription(scene)
    const group =
      subscription && scene.random.below(3) === 0 ? pickFrom(scene.random, subscription.resourceGroups) : null
    if (!subscription) return null
    const scope = `/subscriptions/${subscription.id}${group === null ? '' : `/resourceGroups/${group}`}`
    return { type: 'delegate', scope }
  },
  ({ tenant, random }) => {
    const delegation = pickFrom(random, tenant.delegations.list())
    return delegation && { type: 'end_delegation', delegationId: delegation.id }
  },
]

function grantRecipe(type: 'assign' | 'make_eligible'): Recipe {
  return (scene) => {
    const { tenant, random } = scene
    if (type === 'make_eligible' && tenant.licence !== 'p2') return null
    const [principalId, subscription] = [pickHolder(scene), pickSubscription(scene)]
    if (!principalId || !subscription) return null
    return { type, tenantId: tenant.id, principalId, role: random.pick(ROLES), scope: pickScope(scene, subscription) }
  }
}

function scheduleRecipe(type: 'remove_eligible_member' | 'activate_membership' | 'deactivate_membership'): Recipe {
  return ({ tenant, random, world }) => {
    if (tenant.licence !== 'p2') return null
    const kind = type === 'deactivate_membership' ? 'activated' : 'eligible'
    const one = pickFrom(random, tenant.groupSchedules.list(), (found) => {
      const kept = found.accessId === 'member' ? tenant.memberships : tenant.owners
      const isIn = kept.membersOf(found.groupId).has(found.principalId)
      return found.kind === kind && (type !== 'activate_membership' || (!isIn && isScheduledAt(found, world.now())))
    })
    if (!one) return null
    return { type, tenantId: tenant.id, groupId: one.groupId, principalId: one.principalId, accessId: one.accessId }
  }
}

const ROLES = ['Reader', 'Contributor', 'Owner', 'Key Vault Secrets User', 'Monitoring Reader', 'Network Contributor']

function personRecipe(type: 'disable' | 'enable' | 'delete'): Recipe {
  return (scene) => {
    const user = pickPerson(scene, (one) => type === 'delete' || one.accountEnabled === (type === 'disable'))
    return user && { type, tenantId: scene.tenant.id, user: user.id }
  }
}

const pickPerson = ({ tenant, random }: Scene, fits: (user: User) => boolean = () => true) =>
  pickFrom(random, tenant.users.list(), (user) => isOrdinary(user) && fits(user))

function pickHolder(scene: Scene): string | null {
  const { tenant, random } = scene
  if (random.below(4) === 0) return pickFrom(random, tenant.groups.list())?.id ?? null
  return pickPerson(scene)?.id ?? null
}

/** A holder, or now and then a service principal. */
function pickMember(scene: Scene): string | null {
  const { tenant, random } = scene
  if (random.below(5) > 0) return pickHolder(scene)
  return pickFrom(random, tenant.servicePrincipals.list(), ({ id }) => !isProtected(scene, id))?.id ?? null
}

function pickSubscription({ tenant, random }: Scene): Subscription | null {
  return pickFrom(random, tenant.subscriptions.list())
}

function pickScope({ tenant, random }: Scene, { id }: Subscription): string {
  const held = random.below(2) === 0 ? pickFrom(random, tenant.assignments.inSubscription(id)) : null
  return held?.scope ?? `/subscriptions/${id}`
}

/** Draws an item that fits; null when thirty draws found none. */
function pickFrom<T>(random: Random, list: readonly T[], fits: (one: T) => boolean = () => true): T | null {
  for (let attempt = 0; attempt < 30 && list.length > 0; attempt++) {
    const one = random.pick(list)
    if (fits(one)) return one
  }
  return null
}

/** Whether random changes may touch a person. They leave accounts that can sign in and applications alone: otherwise nobody could read the world any more. */
function isOrdinary(user: User): boolean {
  return user.account === null && user.home === null && user.directoryRoles.length === 0
}

/** Whether random changes must leave the access of a principal alone, see `isOrdinary`. */
function isProtected({ world, tenant }: Scene, principalId: string): boolean {
  const user = tenant.users.get(principalId)
  if (user) return !isOrdinary(user)
  return world.applications.has(tenant.servicePrincipals.get(principalId)?.appId ?? '')
}
