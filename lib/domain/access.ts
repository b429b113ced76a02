import type {
  AssignmentKind,
  DenyPrincipal,
  EmailSource,
  GroupState,
  ManagementGroup,
  Permission,
  PrincipalKind,
  PrincipalStatus,
  PrincipalVariety,
  Privilege,
  ScopeLevel,
} from './vocabulary'

/** A subscription as Azure describes it. */
export type Subscription = {
  id: string
  name: string
  /** `Enabled`, `Warned`, `PastDue`, `Disabled` or `Deleted`. */
  state: string
  tenantId: string
  /** The tenants that manage it through Azure Lighthouse; an empty text for one whose id could not be read. */
  managedByTenants: string[]
}

/** A role assignment: who has which role at which scope. */
export type RoleAssignment = {
  /** Its GUID, which is unique within its scope only. */
  id: string
  /** Lower-case scope, a space, and the GUID: unique everywhere. */
  key: string
  principalId: string
  principalKind: PrincipalKind
  /** Whether Azure names the principal as an AI agent. */
  agent: boolean
  roleId: string
  /** As Azure spells it. */
  scope: string
  scopeLevel: ScopeLevel
  condition: string | null
  createdOn: Date | null
  createdBy: string | null
}

/** A role definition with what it amounts to. */
export type RoleDefinition = {
  id: string
  name: string
  custom: boolean
  description: string | null
  permissions: Permission[]
  privilege: Privilege
  privileged: boolean
  /** A custom role that amounts to Owner. */
  ownerEquivalent: boolean
}

/** What a deny assignment denies, and where. */
export type NamedDeny = {
  key: string
  name: string
  description: string | null
  scope: string
  level: ScopeLevel
  permissions: Permission[]
  /** It holds at its scope alone, not below it (`doNotApplyToChildScopes`). */
  sparesChildren: boolean
  /** Made by Azure itself, for a deployment stack or a managed application; nobody can change it. */
  systemProtected: boolean
}

/** A deny assignment as it was read, with whom it names. */
export type DenyAssignment = Omit<NamedDeny, 'level'> & {
  scopeLevel: ScopeLevel
  principals: DenyPrincipal[]
  excluded: DenyPrincipal[]
}

/** Someone or something in a group, or able to become so: how, and until when (null for no end, or none that was told). */
export type GroupMember = {
  id: string
  kind: PrincipalKind
  agent: boolean
  membership: AssignmentKind
  endsAt: Date | null
  /** When the membership was read last, if its list could not be read now. */
  readAt: Date | null
}

/** Who decides on the members of a group, or can activate the right to. */
export type GroupOwner = {
  id: string
  kind: PrincipalKind
  agent: boolean
  ownership: AssignmentKind
  endsAt: Date | null
}

/** An assignment that is held or may be activated, with its kind and the time it is valid for. */
export type HeldAssignment = RoleAssignment & {
  kind: AssignmentKind
  startsAt: Date | null
  endsAt: Date | null
  /** When it was read last, if an earlier reading stands in for it. */
  readAt: Date | null
}

/** The lists from which it is read who is in a group, who can come into it, and who decides on that. */
export type GroupList = 'members' | 'services' | 'eligible' | 'owners'

/** When each list of a group was read last, if an earlier reading stands in for it; null for what is of this reading. */
export type GroupAges = Record<GroupList, Date | null>

/** A group that access runs through. */
export type ReadGroup = {
  id: string
  state: GroupState
  /** Direct members, groups among them; those of an earlier reading where a list could not be read now. */
  members: GroupMember[]
  owners: GroupOwner[]
  ages: GroupAges
}

/** What a run read about a principal. Fields that could not be read are null: what was known before is then kept. */
export type PrincipalFacts = {
  id: string
  kind: PrincipalKind
  name: string | null
  email: string | null
  emailSource: EmailSource | null
  userPrincipalName: string | null
  guest: boolean | null
  status: PrincipalStatus
  /** The first time that the directory did not know it, of the times in a row; null when it does, or was not asked. */
  missingSince: Date | null
  variety: PrincipalVariety | null
  lastSignInAt: Date | null
  /** The tenant that a delegate belongs to: its name where Azure tells it, else its id. */
  organisation: string | null
}

/** An assignment with what its role amounts to. */
export type Grant = {
  principalId: string
  roleId: string
  scope: string
  level: ScopeLevel
  kind: AssignmentKind
  endsAt: Date | null
  /** When the list it comes from was read last, if it could not be read now. */
  readAt: Date | null
  /** Role, scope and kind: two grants with the same identity give the same thing twice. */
  identity: string
  /** See `strengthOf`: 1 for a role that grants access, to 5 for one that reads; 6 when that could not be read. */
  strength: number
  privileged: boolean
  customOwner: boolean
}

/** Rows that could not be understood, by the ids that Microsoft gave them, null where not even that can be read. */
export type OddRows = readonly { id: string | null }[]

/** What lists show of somebody's grants: the same for everyone in the same groups who has no assignments of their own. */
export type Summary = {
  /** The strongest grant, and the group it comes through; held ones before eligible ones. `rank` is its place in that order. */
  shown: Grant
  groupId: string | null
  rank: number
  /** The strongest eligible role. */
  eligibleBest: Grant | null
  grants: number
  direct: number
  eligible: number
  groupIds: string[]
  /** What is held now reaches the whole subscription and grants access; the same for a part of it; and what is eligible. */
  canGrant: boolean
  canGrantBelow: boolean
  couldGrant: boolean
  writes: boolean
  atRoot: boolean
  unknownRole: boolean
  standingPrivileged: boolean
  large: boolean
  customOwner: boolean
  heldRoles: string[]
  eligibleRoles: string[]
  /** When the grant that is shown was read last, if that was not now; and whether that is so of every grant. */
  unreadSince: Date | null
  allUnread: boolean
}

/** What is known of a principal when its access is summed up. `guest` is null when it could not be read. */
export type HolderFacts = Pick<PrincipalFacts, 'kind' | 'status' | 'guest' | 'variety'>

/** A row of `holders`, without the name that lists are ordered by. */
export type Holder = Pick<HolderFacts, 'kind' | 'status' | 'guest'> & {
  principalId: string
  summary: Summary
  /** A mask: its bits are in the order of `SIGNALS`. */
  signals: number
}

/** What the access that is kept at one node comes from. */
export type AccessOfNode = {
  assignments: Pick<HeldAssignment, 'principalId' | 'roleId' | 'scope' | 'scopeLevel' | 'kind' | 'endsAt' | 'readAt'>[]
  roles: ReadonlyMap<string, Pick<RoleDefinition, 'privileged' | 'ownerEquivalent'> & { privilege: Privilege | null }>
  groups: ReadonlyMap<string, ReadGroup>
  /** Of every group that was opened: how many are below it at any depth, groups not counted. */
  sizes: ReadonlyMap<string, number>
  principals: ReadonlyMap<string, HolderFacts>
}

/** Everything of a published result that bears on one person's (or other principal's) access to one subscription. */
export type PersonAccess = {
  person: {
    id: string
    tenantId: string
    kind: PrincipalKind
    name: string | null
    email: string | null
    emailSource: EmailSource | null
    userPrincipalName: string | null
    guest: boolean
    status: PrincipalStatus
    variety: PrincipalVariety | null
    /** The managing tenant of a delegate. */
    organisation: string | null
    lastSignInAt: Date | null
  }
  /** Held by the person, or by a group that reaches them. */
  grants: {
    key: string
    principalId: string
    principalKind: PrincipalKind
    roleId: string
    roleName: string | null
    privilege: Privilege | null
    custom: boolean
    privileged: boolean
    permissions: Permission[]
    scope: string
    level: ScopeLevel
    kind: AssignmentKind
    startsAt: Date | null
    endsAt: Date | null
    condition: string | null
    assignedOn: Date | null
    firstSeen: Date
    /** When it was read last, if that was before this result. */
    readAt: Date | null
  }[]
  /** Every group the person is in, at any depth. */
  groups: {
    id: string
    name: string | null
    state: GroupState
    directMembers: number | null
    members: number | null
    /** When its members were read last, if that was before this result. */
    readAt: Date | null
  }[]
  /** Direct memberships, from the person upward. */
  edges: {
    groupId: string
    memberId: string
    since: Date
    membership: AssignmentKind
    endsAt: Date | null
    /** When the list that it is from was read last, if that was before this result. */
    readAt: Date | null
  }[]
  /** Flat groups that the person is in: through which groups is not known. */
  flat: string[]
  /** Those that name the person, one of their groups or everyone, and do not exclude the person or one of the groups. */
  denies: (NamedDeny & { everyone: boolean })[]
  managementGroups: ManagementGroup[] | null
  subscription: { id: string; label: string; name: string }
}
