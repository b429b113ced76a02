/**
 * The closed lists of words that the product knows, each with its type, and the shapes that are stored in their terms.
 * The checks of the database, SQL and pages are made from these lists. A word is added here and nowhere else, with a
 * migration of the checks that name it.
 */

export const MEMBER_ROLES = ['owner', 'admin', 'viewer'] as const
export type MemberRole = (typeof MEMBER_ROLES)[number]

/**
 * `waiting`: signed in, and has to be let in by an owner. `removed`: an owner has taken the access away, or refused it, and only an owner
 * can give it.
 */
export const MEMBER_STATES = ['active', 'waiting', 'removed'] as const
export type MemberState = (typeof MEMBER_STATES)[number]

/**
 * Who of a tenant becomes a member by signing in: everyone; whoever is in a named group or holds a named app role, by `join-groups.ts`; only
 * whom an owner has invited; or whom an owner lets in, so that everyone else waits. Whoever was invited comes in under each of these.
 */
export const JOIN_RULES = ['everyone', 'groups', 'invitation', 'approval'] as const
export type JoinRule = (typeof JOIN_RULES)[number]

/** What made somebody a member: a rule by which they joined, or an owner who invited them or let them in. */
export const JOIN_WAYS = ['everyone', 'groups', 'owner'] as const
export type JoinWay = (typeof JOIN_WAYS)[number]

/**
 * Why the rule `groups` did not admit somebody. `groups_not_told`: a group is named, and Microsoft did not say which groups they are in.
 * `in_none_named`: by what Microsoft said, they are in no named group and hold no named app role.
 */
export const JOIN_DOUBTS = ['groups_not_told', 'in_none_named'] as const
export type JoinDoubt = (typeof JOIN_DOUBTS)[number]

/** For how long an organisation keeps what is no longer so, the shortest first: see `lib/domain/retention.ts`. */
export const HISTORY_LENGTHS = ['90_days', '1_year', '2_years', '3_years', '7_years', 'for_ever'] as const
export type HistoryLength = (typeof HISTORY_LENGTHS)[number]

export const SCHEDULES = ['hourly', 'every_6_hours', 'daily', 'off'] as const
export type Schedule = (typeof SCHEDULES)[number]

/** What is stored of an account: `signed_out` when nothing that is connected lives on it, so that its sign-in was deleted. */
export const ACCOUNT_STATES = ['active', 'reconnect_needed', 'signed_out'] as const
export type AccountState = (typeof ACCOUNT_STATES)[number]

/** Whose sign-in an account is: a person's, or that of an application, which does not end when a person leaves. */
export const ACCOUNT_KINDS = ['person', 'application'] as const
export type AccountKind = (typeof ACCOUNT_KINDS)[number]

/** How an application proves itself to Entra ID, the best first. */
export const CREDENTIAL_KINDS = ['certificate', 'federated', 'managed_identity', 'secret'] as const
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number]

/** What is stored of a connection; {@link CONNECTION_STATUSES} is what is shown of it. */
export const CONNECTION_STATES = ['active', 'reconnect_needed', 'action_needed', 'disconnected', 'deleting'] as const
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

/** What a deletion of a connection goes through, in this order. All but the last are the names of tables. */
export const DELETION_STEPS = [
  'connection_nodes',
  'change_effects',
  'changes',
  'holders',
  'deny_assignments',
  'assignments',
  'nodes',
  'directory_groups',
  'group_members',
  'group_owners',
  'group_nesting',
  'sync_runs',
  'principals',
  'role_definitions',
  'connection',
] as const
export type DeletionStep = (typeof DELETION_STEPS)[number]

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

/**
 * `foreign_group` is a group of another directory; `delegate` is anyone of another tenant who holds a role through Azure
 * Lighthouse; `other` is what could not be told.
 */
export const PRINCIPAL_KINDS = [
  'user',
  'group',
  'service_principal',
  'foreign_group',
  'delegate',
  'device',
  'other',
] as const
export type PrincipalKind = (typeof PRINCIPAL_KINDS)[number]

/** `agent` is an identity of an AI agent: a user account or a service principal of its own kind. */
export const PRINCIPAL_VARIETIES = ['application', 'managed_identity', 'platform', 'agent'] as const
export type PrincipalVariety = (typeof PRINCIPAL_VARIETIES)[number]

/**
 * `deleted` is among the directory's deleted users; `not_found` is known nowhere, because it was deleted for good or never
 * existed; `unconfirmed` was not found either, but only once, which also happens to an account made moments ago;
 * `not_readable` could not be asked about; `other_tenant` belongs to another directory.
 */
export const PRINCIPAL_STATUSES = [
  'active',
  'invited',
  'disabled',
  'deleted',
  'not_found',
  'unconfirmed',
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
 * is held comes before what is only eligible. Memberships of groups are of the same three kinds; a role through a group is
 * of the later kind of the two (see `weakestKind`).
 */
export const ASSIGNMENT_KINDS = ['active', 'activated', 'eligible'] as const
export type AssignmentKind = (typeof ASSIGNMENT_KINDS)[number]

/**
 * `whole`: opened, with the groups inside it. `partly`: opened, but some rows of its members could not be understood.
 * `flat`: the people in it are known, but not through which groups. The others were not opened, each for its own reason.
 */
export const GROUP_STATES = [
  'whole',
  'partly',
  'flat',
  'not_asked',
  'not_permitted',
  'not_readable',
  'not_found',
] as const
export type GroupState = (typeof GROUP_STATES)[number]

/**
 * How a run opens groups. `members`: from the groups down. `people`: from every person of the directory up. `none`: there
 * were no groups to open; `unopened`: there were, and they stayed closed.
 */
export const GROUP_PLAN_WAYS = ['none', 'members', 'people', 'unopened'] as const
export type GroupPlanWay = (typeof GROUP_PLAN_WAYS)[number]

/**
 * What is worth a second look about a holder, in the order of the bits of `holders.signals`: a new one is added at the end.
 * Those that say what somebody can do now count what is held, never what is only eligible.
 */
export const SIGNALS = [
  'can_grant',
  'guest_writes',
  'gone',
  'standing_privileged',
  'direct_despite_group',
  'large_group',
  'custom_owner',
  'orphan',
  'can_grant_below',
  'could_grant',
  'disabled',
  'at_root',
  'unknown_role',
  'adds_members',
  'delegated',
  'not_read',
] as const
export type Signal = (typeof SIGNALS)[number]

/** The kinds of data that a run reads, in the order in which its coverage lists them. */
export const DATASETS = [
  'assignments',
  'eligible',
  'delegations',
  'roles',
  'groups',
  'services_in_groups',
  'eligible_members',
  'activated_members',
  'group_owners',
  'people',
  'other_principals',
  'kinds',
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

/**
 * Why somebody has other access than before. `assignment`, `eligibility`, `activation` and `delegation` are assignments by how they
 * are held; `group` is one that was deleted or restored; `role` a definition that can do more or less; `person` an account that was
 * disabled, deleted or restored; `move` a subscription under another management group; `reading` is none of these: something can
 * be read now that could not be before, or the reverse, so that nobody is said to have gained or lost anything by it.
 */
export const CHANGE_CAUSES = [
  'assignment',
  'eligibility',
  'activation',
  'delegation',
  'membership',
  'group',
  'role',
  'person',
  'move',
  'reading',
] as const
export type ChangeCause = (typeof CHANGE_CAUSES)[number]

/** Whether what caused a change began, ended, or went on as something else. */
export const CHANGE_TURNS = ['begun', 'ended', 'changed'] as const
export type ChangeTurn = (typeof CHANGE_TURNS)[number]

/**
 * What a change does to (principal, role, scope): `altered` is held as before and can do more or less, or on other conditions; `seen` and
 * `unseen` were read for the first time or can be read no more, and were not necessarily given or taken.
 */
export const EFFECTS = ['gained', 'lost', 'altered', 'seen', 'unseen'] as const
export type Effect = (typeof EFFECTS)[number]

/** The lists of a node's assignments that can be refused while the others are read. */
export type NodeList = Extract<Dataset, 'eligible' | 'delegations'>

/** How far a kind of data was read. `not_readable`: Microsoft's refusal was neither about a right nor about a licence. */
export const COVERAGE_STATES = [
  'whole',
  'partly',
  'not_permitted',
  'not_readable',
  'not_licensed',
  'not_asked',
] as const
export type CoverageState = (typeof COVERAGE_STATES)[number]

/** Holders are listed apart: people, other principals, and the groups of the directory that hold assignments. */
export const HOLDER_LISTS = ['people', 'others', 'groups'] as const
export type HolderList = (typeof HOLDER_LISTS)[number]

/**
 * The lists whose filters can be saved under a name: the people and the others of one subscription, the people over all subscriptions as
 * a list and as a matrix, and the changes.
 */
export const SAVED_LISTS = ['people', 'others', 'all_people', 'matrix', 'changes'] as const
export type SavedList = (typeof SAVED_LISTS)[number]

/** What may be said of a role that somebody has in one of two results: `not_comparable` where the other one could not know. */
export const DIFFERENCES = ['gained', 'lost', 'not_comparable'] as const
export type Difference = (typeof DIFFERENCES)[number]

/** What an email is taken from: see `principals.email_source`. */
export const EMAIL_SOURCES = ['mail', 'other_mail', 'decoded', 'user_principal_name'] as const
export type EmailSource = (typeof EMAIL_SOURCES)[number]

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

/** The kind of a role that is held through memberships: that of the weakest step, since all of them have to hold. */
export const weakestKind = (...kinds: AssignmentKind[]): AssignmentKind =>
  kinds.reduce((one, other) => (rankOf(ASSIGNMENT_KINDS, other) > rankOf(ASSIGNMENT_KINDS, one) ? other : one))

/**
 * What a membership or ownership of a group is told apart by: whose it is, and whether it is only eligible. An activated one
 * is the same as the plain one that it appears as in the list of members or owners.
 */
export const membershipKey = (id: string, kind: AssignmentKind): string =>
  `${id} ${kind === 'eligible' ? 'eligible' : 'held'}`

/** A privilege as it is stored: 1 for one that grants access, to 5 for one that reads; 6 when it could not be read. */
export const strengthOf = (privilege: Privilege | null): number => rankOf(PRIVILEGES, privilege) + 1

/** One entry of a role definition's permissions, as Azure has it. */
export type Permission = { actions: string[]; notActions: string[]; dataActions: string[]; notDataActions: string[] }

/**
 * What more is to be told of a change, by its cause: what a condition, an end, a status or a role was before and is now; which list can be
 * read, or not; and which management groups a subscription left and came under, by their scopes.
 */
export type ChangeDetail = {
  condition?: { before: string | null; after: string | null }
  endsAt?: { before: string | null; after: string | null }
  kind?: { before: AssignmentKind; after: AssignmentKind }
  status?: { before: PrincipalStatus; after: PrincipalStatus }
  privilege?: { before: Privilege | null; after: Privilege | null }
  list?: Dataset
  left?: string[]
  joined?: string[]
}

/** How many rows of each table a deletion has deleted so far. */
export type DeletedRows = Partial<Record<DeletionStep, number>>

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
  /** Whether the permission behind it is granted all the same, so that asking for it again would change nothing. */
  granted?: boolean
  /** The request that was refused, by the name of its list, with the status and Microsoft's own code. */
  refusal?: Refusal
  /** The first of the rows that could not be understood, by the ids that Microsoft gave them. */
  odd?: string[]
  /** How many facts of an earlier reading stand in for what could not be read now, and when (ISO 8601) that reading was. */
  kept?: Kept['kept']
  keptSince?: Kept['keptSince']
  /** Set where at least half of the rows of an earlier result are gone, although they were read twice. */
  drop?: Drop
  /** Of role assignments: how many Azure itself counts. */
  counted?: AzureCount
}

/**
 * How many role assignments Azure counted at and below a subscription, how many Rolecall read there then, when (ISO 8601) that was, and
 * how many Azure allows; null where it did not say.
 */
export type AzureCount = { azure: number; read: number; limit: number | null; at: string }

/** The formats of an export. Each is an archive; a workbook is one too, in which the proof lies beside the sheets. */
export const EXPORT_FORMATS = ['xlsx', 'csv', 'jsonl'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

/** How far an export is that a worker prepares. */
export const PREPARED_STATES = ['queued', 'running', 'done', 'failed'] as const
export type PreparedState = (typeof PREPARED_STATES)[number]

/** How many rows an earlier result had, and when (ISO 8601) it was published. */
export type Drop = { before: number; since: string }

/** A request that Microsoft refused: the list's name, the HTTP status if there was an answer, and Microsoft's code. */
export type Refusal = { request: string; status: number | null; microsoftCode: string | null }

/** What is left of an earlier reading: how many facts, and when they were read. */
export type Kept = { kept: number; keptSince: string }

/** How many of those who show a signal are people, and how many are not. */
export type SignalCount = { people: number; others: number }
export type SignalCounts = Partial<Record<Signal, SignalCount>>

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

/**
 * How many hold a role in a published result, directly or through groups, and how many can only activate it; `others` and
 * `eligibleOthers` are not people, and no groups of the directory either.
 */
export type RoleCount = { people: number; others: number; eligible: number; eligibleOthers: number }

/** How a sign-in to Microsoft failed. Never holds a token, an authorisation code or an address. */
export type AttemptProblem = {
  code: string
  aadsts?: number
  correlationId?: string
  claims?: string
  /** How many minutes the clock of the server was ahead of Microsoft's; negative: behind. */
  clockAheadMinutes?: number
  /** Of an attempt that was confirmed: the subscriptions that it was asked to connect and left out. */
  leftOut?: LeftOut[]
  /** When it happened; left out where the attempt was confirmed, which has a time of its own. */
  at?: string
}

/** A subscription that an attempt did not connect, and the code of the problem that kept it from it. */
export type LeftOut = { subscriptionId: string; code: string }

/** The two halves of the audit log: what was changed, which every member sees, and what only those who look after security do. */
export const AUDIT_KINDS = ['change', 'security'] as const
export type AuditKind = (typeof AUDIT_KINDS)[number]

/** Limits of Microsoft's that workers share: Resource Manager counts reads and writes (each POST is one) apart. */
export const REQUEST_BUDGETS = ['arm_reads', 'arm_writes', 'graph'] as const
export type RequestBudget = (typeof REQUEST_BUDGETS)[number]
