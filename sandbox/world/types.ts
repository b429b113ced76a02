import type { KeyObject } from 'node:crypto'
import type { Memberships, Registry, ScopedIndex } from './collections'

/** A person as the directory knows them. Times are ISO strings, as on the wire. */
export type User = {
  id: string
  displayName: string
  givenName: string | null
  surname: string | null
  userPrincipalName: string
  mail: string | null
  /** Further addresses: for many guests the only place of their real one. */
  otherMails: readonly string[]
  jobTitle: string | null
  department: string | null
  officeLocation: string | null
  mobilePhone: string | null
  businessPhones: string[]
  preferredLanguage: string | null
  accountEnabled: boolean
  userType: 'Member' | 'Guest'
  externalUserState: 'PendingAcceptance' | 'Accepted' | null
  externalUserStateChangeDateTime: string | null
  createdDateTime: string
  deletedDateTime: string | null
  lastSignInDateTime: string | null
  /** Template ids of the directory roles held. */
  directoryRoles: string[]
  /** Template ids of the directory roles that can be activated. */
  eligibleDirectoryRoles?: string[]
  /** The account of a guest in its home tenant. */
  home: { tenantId: string; objectId: string } | null
  /** Refresh tokens issued before this moment (ms) are revoked. */
  tokensValidFrom: number
  /** The tenant's sequence number of this person's last change, for delta queries. */
  changedAt: number
  traits: Traits
  /** Present for people who can sign in to the sandbox. */
  account: { kind: string; note: string } | null
  /** The agent identity that this account belongs to, when it is that of an agent (Graph's `agentUser`); null for people. */
  identityParentId: string | null
}

/** Traits of a person that make sign-ins fail, so that each error can be tried by hand. */
export type Traits = {
  /** A Conditional Access policy blocks Azure management (AADSTS53003). */
  blocked?: boolean
  /** Azure management asks for multi-factor authentication (AADSTS50076). */
  mfa?: boolean
  /** The application requires an assignment that this person lacks (AADSTS50105). */
  unassigned?: boolean
  /** Every request for a token for Azure management fails with this AADSTS code: 50079, 70043, 53000 and the like. */
  error?: number
}

/** A group; its members are in the tenant's `memberships`. */
export type Group = {
  id: string
  displayName: string
  description: string | null
  createdDateTime: string
  securityEnabled: boolean
  /** May hold Entra roles, and only administrators may change who is in it. */
  isAssignableToRole: boolean
  /** Its members can only be read with Member.Read.Hidden. */
  hiddenMembership: boolean
}

/**
 * A membership or an ownership of a group that Privileged Identity Management keeps: one that can be activated, one that was
 * activated, or one that was assigned. While an activated or assigned one lasts, its principal is an ordinary member or owner.
 */
export type GroupSchedule = {
  /** Starts with the group and `member` or `owner`, as in Graph. */
  id: string
  kind: 'eligible' | 'activated' | 'assigned'
  groupId: string
  /** A person, an agent, a service principal or a group. */
  principalId: string
  accessId: 'member' | 'owner'
  startDateTime: string
  /** Null: permanent. */
  endDateTime: string | null
  /** The schedule that it was activated from. */
  eligibilityId: string | null
}

/** A group in the recycle bin (deleted, can be restored), without its members. */
export type DeletedGroup = Group & { deletedDateTime: string }

export type ServicePrincipal = {
  id: string
  appId: string
  displayName: string
  /** Agent identities are `ServiceIdentity`. */
  servicePrincipalType: 'Application' | 'ManagedIdentity' | 'Legacy' | 'SocialIdp' | 'ServiceIdentity'
  accountEnabled: boolean
  /** The tenant that owns the application; Microsoft's own for platform identities. */
  appOwnerOrganizationId: string | null
  /** The resource a managed identity belongs to, and whether it is the resource's own. */
  alternativeNames: string[]
  createdDateTime: string
  /** The application id of the blueprint that it was made from, when it is an agent's (Graph's `agentIdentity`); else null. */
  agentIdentityBlueprintId: string | null
}

export type Device = { id: string; displayName: string; deviceId: string; accountEnabled: boolean }

export type PrincipalType =
  | 'User'
  | 'Group'
  | 'ServicePrincipal'
  | 'ForeignGroup'
  | 'Device'
  // Agents, as ARM writes them since July 2026 (Azure/azure-rest-api-specs 44846).
  | 'AgentUser'
  | 'AgentServicePrincipal'
  // Invented: a type that no client knows.
  | 'Workload'

export type Assignment = {
  id: string
  roleId: string
  principalId: string
  principalType: PrincipalType
  /** What lists show as the principal's type instead of `principalType`; null: the type is missing, as seen in Azure. */
  shownType?: string | null
  /** As it was written when the assignment was made, in any case. */
  scope: string
  condition: string | null
  description: string | null
  createdOn: string
  createdBy: string | null
  /** Present when Privileged Identity Management made it: when it is in force, and from which eligibility it was activated. */
  schedule: Schedule | null
}

export type Schedule = {
  assignmentType: 'Assigned' | 'Activated'
  startDateTime: string
  /** Null: permanent. */
  endDateTime: string | null
  eligibilityId: string | null
  /** What the activation was asked for with. */
  justification?: string
  ticketNumber?: string
  ticketSystem?: string
}

/** A role that a principal can activate but does not hold yet. */
export type Eligibility = {
  id: string
  roleId: string
  principalId: string
  principalType: PrincipalType
  /** As in `Assignment`. */
  shownType?: string | null
  scope: string
  condition: string | null
  createdOn: string
  startDateTime: string
  /** Null: permanent. */
  endDateTime: string | null
}

export type Permission = {
  actions: string[]
  notActions: string[]
  dataActions: string[]
  notDataActions: string[]
  /** Restricts the actions, as in a few built-in roles. */
  condition?: string
  conditionVersion?: string
}

export type DenyPrincipal = {
  id: string
  type: 'SystemDefined' | PrincipalType
}

/** Everyone in the tenant. */
export const EVERYONE: DenyPrincipal = { id: '00000000-0000-0000-0000-000000000000', type: 'SystemDefined' }

export type DenyAssignment = {
  id: string
  name: string
  description: string
  permissions: Permission[]
  scope: string
  doNotApplyToChildScopes: boolean
  principals: DenyPrincipal[]
  excludePrincipals: DenyPrincipal[]
  isSystemProtected: boolean
  createdOn: string
}

export type RoleDefinition = {
  id: string
  name: string
  description: string
  custom: boolean
  assignableScopes: string[]
  permissions: Permission[]
  createdOn: string
  updatedOn: string
}

/** What a change did to access, for the activity log. */
export type ActivityEvent = {
  /** Milliseconds. */
  at: number
  /** The object id of a person or service principal, `pim` for Privileged Identity Management, null where nobody is known. */
  by: string | null
  operationId: string
  /** Of the events of its start and of its end. */
  eventIds: [start: string, end: string]
  /** Its number in the tenant's log: what is only recalled of Azure is written in one form and another by turns. */
  turn: number
} & (
  | {
      of: 'assignment'
      operation: 'write' | 'delete'
      assignment: Pick<Assignment, 'id' | 'roleId' | 'principalId' | 'principalType' | 'scope'>
    }
  | { of: 'role'; operation: 'write' | 'delete'; role: RoleDefinition }
  /** A Global Administrator became User Access Administrator at the root. */
  | { of: 'elevation' }
)

/** A principal of the managing tenant with a role. */
export type DelegatedAuthorization = {
  principalId: string
  principalIdDisplayName: string | null
  roleId: string
  /** The roles that the holder of User Access Administrator may assign to managed identities. */
  delegatedRoleIds: string[]
}

/** A principal of the managing tenant that can activate a role. */
export type EligibleAuthorization = {
  principalId: string
  principalIdDisplayName: string | null
  roleId: string
  justInTimeAccessPolicy: {
    multiFactorAuthProvider: 'Azure' | 'None'
    /** ISO 8601, such as PT8H. */
    maximumActivationDuration: string
    managedByTenantApprovers: { principalId: string; principalIdDisplayName?: string }[]
  }
}

/** What was delegated to another tenant by Azure Lighthouse: a registration assignment with its definition. */
export type Delegation = {
  id: string
  definitionId: string
  name: string
  description: string
  /** A subscription or a resource group. */
  scope: string
  managedByTenantId: string
  managedByTenantName: string
  authorizations: DelegatedAuthorization[]
  eligibleAuthorizations: EligibleAuthorization[]
  createdOn: string
  createdBy: string | null
}

export type ManagementGroup = { id: string; displayName: string; parentId: string | null }

export type SubscriptionState = 'Enabled' | 'Warned' | 'PastDue' | 'Disabled' | 'Deleted'

export type Subscription = {
  id: string
  name: string
  tenantId: string
  state: SubscriptionState
  managementGroupId: string
  quotaId: string
  tags: Record<string, string>
  /** Names as created. ARM also lists resource groups that only occur in the scope of an assignment. */
  resourceGroups: string[]
  note: string
}

/** The scopes that an application may use: for everyone, by an administrator (userId null), or for one person. */
type Consent = { clientId: string; userId: string | null; scopes: Set<string> }

/** The most items on a page of each list. */
export type PageSizes = {
  /** Role assignments and role definitions. */
  assignments: number
  /** Eligibility and assignment schedule instances, deny assignments. */
  instances: number
  /** Subscriptions, tenants, resource groups, management groups. */
  subscriptions: number
  /** People, groups, service principals; a larger `$top` is reduced to it. */
  users: number
  /** Members and memberships. */
  members: number
}

/** Whether Azure's throttling is on. True: with the documented figures; an object: with these figures. */
export type Throttling = {
  arm: boolean | { bucket: number; refillPerSecond: number }
  graph: boolean | { units: number; windowSeconds: number }
}

/** What the Entra audit log says of a change. Source: Microsoft Entra "audit log activity reference". */
export type AuditActivity =
  | 'Add member to group'
  | 'Remove member from group'
  | 'Add owner to group'
  | 'Remove owner from group'
  | 'Add group'
  | 'Update group'
  | 'Delete group'
  | 'Add user'
  | 'Update user'
  | 'Disable account'
  | 'Enable account'
  | 'Delete user'
  | 'Hard Delete user'
  | 'Restore user'

/** One entry of the Entra audit log. */
export type DirectoryAudit = {
  id: string
  /** Shared by the entries of one change. */
  correlationId: string
  /** When it happened, in milliseconds. */
  at: number
  activity: AuditActivity
  /** The person or service principal who did it; null where nobody is known. */
  actorId: string | null
  /** The group or the person that it is about. */
  subject: { type: 'Group' | 'User'; id: string; name: string }
  /** The member or owner that came or went. */
  memberId: string | null
  /** The property that changed, and its values as they are shown. */
  changed: { property: string; from: string | boolean; to: string | boolean } | null
  /** Its number in the tenant's log: what is only recalled of Entra is written in one form and another by turns. */
  turn: number
}

/** The tenant's licence: P1 shows sign-in activity, P2 also has Privileged Identity Management. */
export type Licence = 'free' | 'p1' | 'p2'

/** How long replicas of the directory lag behind with an object: until a moment (ms), or for so many more look-ups. */
export type Lag = { until: number } | { lookups: number }

export type Tenant = {
  id: string
  name: string
  domain: string
  demo: boolean
  licence: Licence
  users: Registry<User>
  deletedUsers: Registry<User>
  /** People deleted permanently, with the sequence number of the deletion. */
  purgedUsers: Map<string, number>
  groups: Registry<Group>
  deletedGroups: Registry<DeletedGroup>
  memberships: Memberships
  /** The owners of groups, kept like members. */
  owners: Memberships
  groupSchedules: Registry<GroupSchedule>
  servicePrincipals: Registry<ServicePrincipal>
  devices: Registry<Device>
  managementGroups: Registry<ManagementGroup>
  subscriptions: Registry<Subscription>
  assignments: ScopedIndex<Assignment>
  eligibilities: ScopedIndex<Eligibility>
  denyAssignments: Registry<DenyAssignment>
  delegations: Registry<Delegation>
  /** In the order of time. */
  activity: ActivityEvent[]
  customRoles: Registry<RoleDefinition>
  consents: Consent[]
  /** Application permissions that an administrator granted, by client id: what `.default` stands for without a user. */
  appRoles: Map<string, Set<string>>
  /** The people and groups that are assigned to applications, by client id. */
  appAssignments: Map<string, readonly AppAssignment[]>
  pageSizes: PageSizes
  throttling: Throttling
  /** The answer to a caller without any role who lists role assignments: 403 or an empty list. */
  powerless: 'forbidden' | 'empty'
  /** Whether role ids in role assignments appear both with and without the subscription in front, as seen in Azure. */
  mixedRoleIds: boolean
  /** Whether people can request consent from an administrator instead of being refused (AADSTS90095). */
  consentWorkflow?: boolean
  /** The people and service principals that Graph does not know yet, by id, and until when. */
  lagging: Map<string, Lag>
  /** The Entra audit log, oldest first. */
  audits: DirectoryAudit[]
  /** How long it takes until an event can be read, in milliseconds: in the activity log, and in the Entra audit log. */
  logDelays: { activity: number; audits: number }
  /** Counts the changes of people, for delta queries. */
  sequence: number
}

type Secret = { value: string; expired: boolean }

/** A certificate that is registered with an application: its public key, the SHA-256 and SHA-1 of its DER, and its times in milliseconds. */
export type AppCertificate = {
  publicKey: KeyObject
  sha256: string
  sha1: string
  validFrom: number
  validTo: number
}

/** A federated credential of an application: whose tokens it trusts, for whom, and from when on Entra ID knows of it (ms). */
export type FederatedCredential = { issuer: string; subject: string; audience: string; knownFrom: number }

/** The machine that asks the metadata address: the managed identities that it has, by the object ids of their service principals. */
export type Machine = { tenantId: string; systemAssigned: string | null; userAssigned: string[] }

/** A person or a group that is assigned to an application, with the value of an app role, or null for the default access. */
export type AppAssignment = { principalId: string; appRole: string | null }

/** Which groups of a person an application's tokens name. */
export const GROUP_MEMBERSHIP_CLAIMS = ['SecurityGroup', 'DirectoryRole', 'ApplicationGroup', 'All'] as const
export type GroupMembershipClaims = (typeof GROUP_MEMBERSHIP_CLAIMS)[number]

export type Application = {
  clientId: string
  name: string
  secrets: Secret[]
  certificates?: AppCertificate[]
  federatedCredentials?: FederatedCredential[]
  redirectUris: string[]
  /** Those of `redirectUris` that belong to a single-page application: their codes are only redeemed across origins. */
  spaRedirectUris?: string[]
  /** The optional claims that its registration asks for in id tokens. Of those the sandbox knows `auth_time`. */
  optionalIdTokenClaims?: string[]
  /** `groupMembershipClaims` of its registration: null names no groups. */
  groupMembershipClaims?: GroupMembershipClaims | null
  /** The values of the app roles that it defines for people and groups. */
  appRoles?: string[]
  /** What `.default` stands for, as consent is recorded: `graph/User.Read`. */
  registeredScopes: string[]
  /** The only tenant that knows it; null when every tenant does. */
  homeTenantId: string | null
  /** Signs in without a secret, as command-line tools do. */
  publicClient: boolean
  /** One of Microsoft's own, which needs no consent. */
  preauthorized: boolean
}
