/**
 * The closed lists of words that the product knows, each with its type, and the shapes that are stored in their terms.
 * The database's checks, SQL and pages are made from these lists: a word is added here, with a migration of the checks
 * that name it, and nowhere else.
 */

export const MEMBER_ROLES = ['owner', 'admin', 'viewer'] as const
export const SCHEDULES = ['hourly', 'every_6_hours', 'daily', 'off'] as const
export const CONNECTION_STATES = ['active', 'reconnect_needed', 'action_needed', 'disconnected'] as const
export const RUN_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const
export const RUN_TRIGGERS = ['connect', 'reconnect', 'manual', 'schedule', 'retry'] as const
export const RUN_PHASES = [
  'starting',
  'reading_assignments',
  'reading_groups',
  'reading_people',
  'publishing',
  'done',
] as const
export const PRINCIPAL_KINDS = ['user', 'group', 'service_principal', 'foreign_group', 'device', 'other'] as const
export const PRINCIPAL_VARIETIES = ['application', 'managed_identity', 'platform'] as const
/**
 * `deleted` lies in the recycle bin; `not_found` is known nowhere, deleted for good or never there; `not_readable` could
 * not be asked about; `other_tenant` lives in another directory.
 */
export const PERSON_STATUSES = [
  'active',
  'invited',
  'disabled',
  'deleted',
  'not_found',
  'not_readable',
  'other_tenant',
] as const
export const SCOPE_LEVELS = ['root', 'management_group', 'subscription', 'resource_group', 'resource'] as const
export const PRIVILEGES = ['grants_access', 'writes', 'writes_data', 'reads_data', 'reads'] as const
/** `active` is assigned outright, `activated` for some hours through PIM, `eligible` only until someone activates it. */
export const ASSIGNMENT_KINDS = ['active', 'activated', 'eligible'] as const
/** `flat`: who is in it is known, but not through which groups. The others are not opened, each for its own reason. */
export const GROUP_STATES = ['whole', 'flat', 'not_asked', 'not_permitted', 'not_found'] as const
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
export const DATASETS = [
  'assignments',
  'eligible',
  'roles',
  'denies',
  'scopes',
  'people',
  'groups',
  'other_principals',
  'sign_ins',
] as const

export type MemberRole = (typeof MEMBER_ROLES)[number]
export type Schedule = (typeof SCHEDULES)[number]
export type ConnectionState = (typeof CONNECTION_STATES)[number]
export type RunState = (typeof RUN_STATES)[number]
export type RunTrigger = (typeof RUN_TRIGGERS)[number]
export type RunPhase = (typeof RUN_PHASES)[number]
export type PrincipalKind = (typeof PRINCIPAL_KINDS)[number]
export type PrincipalVariety = (typeof PRINCIPAL_VARIETIES)[number]
export type PersonStatus = (typeof PERSON_STATUSES)[number]
export type ScopeLevel = (typeof SCOPE_LEVELS)[number]
/** What a role amounts to, strongest first. */
export type Privilege = (typeof PRIVILEGES)[number]
export type AssignmentKind = (typeof ASSIGNMENT_KINDS)[number]
export type GroupState = (typeof GROUP_STATES)[number]
export type Signal = (typeof SIGNALS)[number]
export type Dataset = (typeof DATASETS)[number]

/** One entry of a role definition's permissions, as Azure has it. */
export type Permission = { actions: string[]; notActions: string[]; dataActions: string[]; notDataActions: string[] }

/** What a run has counted so far. Only what was really read; absent means not reached. */
export type RunCounters = {
  assignments?: number
  groups?: number
  groupsWanted?: number
  people?: number
  peopleWanted?: number
  roles?: number
}

/** One line of the honest ledger: what was read whole, what was not, and why. */
export type CoverageLine = {
  dataset: Dataset
  state: 'whole' | 'partly' | 'not_permitted' | 'not_licensed' | 'not_asked'
  read: number
  missing: number
  /** The problem code behind anything but `whole`, where there is one. */
  why?: string
}

/** How a run set out to open groups, by counting calls, and what it came to. */
export type GroupPlan = {
  /** `members`: from the groups down. `people`: from every person of the directory up. */
  way: 'none' | 'members' | 'people' | 'unopened'
  /** Calls reckoned with, corrected as the reading learned of more; calls made. */
  predicted: number
  made: number
  /** Why this way: a sentence for people. */
  why: string
}

/** A management group above the subscription. */
export type ManagementGroup = { id: string; name: string }

/** Whom a deny assignment names; `everyone` is all principals. */
export type DenyPrincipal = { id: string; kind: PrincipalKind | 'everyone' }

/** How many hold a role in a published result, directly or through groups; `eligible` counts those who hold it only so. */
export type RoleCount = { people: number; others: number; eligible: number }

/** How a sign-in to Microsoft ended, when not well. Never a token, a code or an address. */
export type AttemptProblem = { code: string; aadsts?: number; correlationId?: string; claims?: string; at: string }
