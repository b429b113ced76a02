/**
 * The closed lists of words that the product knows, each with its type, and the shapes that are stored in their terms.
 * The checks of the database, SQL and pages are made from these lists. A word is added here and nowhere else, with a
 * migration of the checks that name it.
 */

export const MEMBER_ROLES = ['owner', 'admin', 'viewer'] as const
export type MemberRole = (typeof MEMBER_ROLES)[number]

export const SCHEDULES = ['hourly', 'every_6_hours', 'daily', 'off'] as const
export type Schedule = (typeof SCHEDULES)[number]

/** What is stored of a connection; {@link CONNECTION_STATUSES} is what is shown of it. */
export const CONNECTION_STATES = ['active', 'reconnect_needed', 'action_needed', 'disconnected'] as const
export type ConnectionState = (typeof CONNECTION_STATES)[number]

export const CONNECTION_STATUSES = [
  'synced',
  'syncing',
  'gaps',
  'failed',
  'reconnect',
  'action',
  'stale',
  'paused',
  'disconnected',
] as const
export type ConnectionStatusState = (typeof CONNECTION_STATUSES)[number]

export const RUN_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const
export type RunState = (typeof RUN_STATES)[number]

export const RUN_TRIGGERS = ['connect', 'reconnect', 'manual', 'schedule', 'retry'] as const
export type RunTrigger = (typeof RUN_TRIGGERS)[number]

/** In the order in which a run passes through them. */
export const RUN_PHASES = [
  'starting',
  'reading_assignments',
  'reading_groups',
  'reading_people',
  'publishing',
  'done',
] as const
export type RunPhase = (typeof RUN_PHASES)[number]

export const PRINCIPAL_KINDS = ['user', 'group', 'service_principal', 'foreign_group', 'device', 'other'] as const
export type PrincipalKind = (typeof PRINCIPAL_KINDS)[number]

export const PRINCIPAL_VARIETIES = ['application', 'managed_identity', 'platform'] as const
export type PrincipalVariety = (typeof PRINCIPAL_VARIETIES)[number]

/**
 * `deleted` is among the directory's deleted users; `not_found` is known nowhere, because it was deleted for good or never
 * existed; `not_readable` could not be asked about; `other_tenant` belongs to another directory.
 */
export const PRINCIPAL_STATUSES = [
  'active',
  'invited',
  'disabled',
  'deleted',
  'not_found',
  'not_readable',
  'other_tenant',
] as const
export type PrincipalStatus = (typeof PRINCIPAL_STATUSES)[number]

/** The widest first: what is held at the root reaches furthest. */
export const SCOPE_LEVELS = ['root', 'management_group', 'subscription', 'resource_group', 'resource'] as const
export type ScopeLevel = (typeof SCOPE_LEVELS)[number]

/** What a role amounts to, the strongest first. */
export const PRIVILEGES = ['grants_access', 'writes', 'writes_data', 'reads_data', 'reads'] as const
export type Privilege = (typeof PRIVILEGES)[number]

/** Managing a resource (Azure Resource Manager), or working with what is inside it. */
export const PLANES = ['control', 'data'] as const
export type Plane = (typeof PLANES)[number]

/**
 * `active` is assigned outright, `activated` for some hours through PIM, `eligible` only until someone activates it. What
 * is held comes before what is only eligible.
 */
export const ASSIGNMENT_KINDS = ['active', 'activated', 'eligible'] as const
export type AssignmentKind = (typeof ASSIGNMENT_KINDS)[number]

/**
 * `whole`: opened, with the groups inside it. `flat`: its members are known, but not through which groups. The others were
 * not opened, each for its own reason.
 */
export const GROUP_STATES = ['whole', 'flat', 'not_asked', 'not_permitted', 'not_found'] as const
export type GroupState = (typeof GROUP_STATES)[number]

/**
 * How a run opens groups. `members`: from the groups down. `people`: from every person of the directory up. `none`: there
 * were no groups to open; `unopened`: there were, and they stayed closed.
 */
export const GROUP_PLAN_WAYS = ['none', 'members', 'people', 'unopened'] as const
export type GroupPlanWay = (typeof GROUP_PLAN_WAYS)[number]

/** What is worth a second look about a holder, in the order of the bits of `holders.signals`. */
export const SIGNALS = [
  'can_grant',
  'guest_writes',
  'gone',
  'standing_privileged',
  'direct_despite_group',
  'large_group',
  'custom_owner',
  'orphan',
] as const
export type Signal = (typeof SIGNALS)[number]

/** The kinds of data that a run reads, in the order in which its coverage lists them. */
export const DATASETS = [
  'assignments',
  'eligible',
  'roles',
  'groups',
  'people',
  'other_principals',
  'denies',
  'scopes',
  'sign_ins',
] as const
export type Dataset = (typeof DATASETS)[number]

/** Why a run opened groups its way: see {@link GroupPlan}. */
export const GROUP_PLAN_REASONS = [
  'no_groups',
  'from_groups',
  'people_uncounted',
  'too_many_people',
  'from_people',
] as const
export type GroupPlanReason = (typeof GROUP_PLAN_REASONS)[number]

/** How far a kind of data was read. */
export const COVERAGE_STATES = ['whole', 'partly', 'not_permitted', 'not_licensed', 'not_asked'] as const
export type CoverageState = (typeof COVERAGE_STATES)[number]

/** Holders are listed apart: people, other principals, and the groups of the directory that hold assignments. */
export const HOLDER_LISTS = ['people', 'others', 'groups'] as const
export type HolderList = (typeof HOLDER_LISTS)[number]

/** By an assignment of one's own, or through a group. */
export const WAYS_HELD = ['direct', 'group'] as const
export type WayHeld = (typeof WAYS_HELD)[number]

/**
 * The place of a word in its list, from 0, so that the order of a list is written down once. An unknown word (null) comes
 * after all others.
 */
export function rankOf<Word extends string>(list: readonly Word[], word: Word | null): number {
  return word === null ? list.length : list.indexOf(word)
}

/** A privilege as it is stored: 1 for one that grants access, to 5 for one that reads; 6 when it could not be read. */
export const strengthOf = (privilege: Privilege | null): number => rankOf(PRIVILEGES, privilege) + 1

/** One entry of a role definition's permissions, as Azure has it. */
export type Permission = { actions: string[]; notActions: string[]; dataActions: string[]; notDataActions: string[] }

/** What a run has counted so far: only what was really read. A count is absent until the run gets to it. */
export type RunCounters = {
  assignments?: number
  groups?: number
  groupsWanted?: number
  people?: number
  peopleWanted?: number
  roles?: number
}

/** What was read of one kind of data, what was not, and why. */
export type CoverageLine = {
  dataset: Dataset
  state: CoverageState
  read: number
  missing: number
  /** The problem code behind anything but `whole`, where there is one. */
  why?: string
}

/** The numbers that each reason is explained with. */
type GroupPlanNumbers = {
  no_groups: object
  from_groups: { groups: number }
  people_uncounted: object
  /** `calls`: what asking every person would take. `mostCalls`: what a run may spend on it. */
  too_many_people: { users: number; calls: number; mostCalls: number }
  from_people: { users: number; calls: number }
}

/** Why a run opened groups its way: a code, with the numbers of people (`users`), groups and calls behind it. */
export type GroupPlanWhy = {
  [Reason in GroupPlanReason]: { reason: Reason } & GroupPlanNumbers[Reason]
}[GroupPlanReason]

/** How a run planned to open groups, and how many calls to Microsoft Graph that took. */
export type GroupPlan = {
  way: GroupPlanWay
  /** Calls expected, corrected as more groups are found. */
  predicted: number
  /** Calls made so far. */
  made: number
  why: GroupPlanWhy
}

/** A management group above the subscription. */
export type ManagementGroup = { id: string; name: string }

/** Whom a deny assignment names; `everyone` is all principals. */
export type DenyPrincipal = { id: string; kind: PrincipalKind | 'everyone' }

/** How many hold a role in a published result, directly or through groups; `eligible` counts people who can only activate it. */
export type RoleCount = { people: number; others: number; eligible: number }

/** How a sign-in to Microsoft failed. Never holds a token, an authorisation code or an address. */
export type AttemptProblem = { code: string; aadsts?: number; correlationId?: string; claims?: string; at: string }
