import type { Memberships, Registry, ScopedIndex } from './collections'

/** A person as the directory knows them. Times are ISO strings, as on the wire. */
export type User = {
  id: string
  displayName: string
  givenName: string | null
  surname: string | null
  userPrincipalName: string
  mail: string | null
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
  /** Where a guest's own account lives. */
  home: { tenantId: string; objectId: string } | null
  /** Refresh tokens issued before this moment (ms) are revoked. */
  tokensValidFrom: number
  /** The tenant's sequence when this person last changed; what a delta query is answered from. */
  changedAt: number
  traits: Traits
  /** Present for those who can sign in to the sandbox. */
  account: { kind: string; note: string } | null
}

/** What makes an error meetable by hand. */
export type Traits = {
  /** A Conditional Access policy blocks Azure management (AADSTS53003). */
  blocked?: boolean
  /** Azure management asks for multi-factor authentication (AADSTS50076). */
  mfa?: boolean
  /** The application demands an assignment this person lacks (AADSTS50105). */
  unassigned?: boolean
  /** The AADSTS code every request of a token for Azure management is answered with: 50079, 70043, 53000 and the like. */
  error?: number
}

/** Its members are in the tenant's `memberships`. */
export type Group = {
  id: string
  displayName: string
  description: string | null
  createdDateTime: string
  securityEnabled: boolean
  /** May hold Entra roles, and only administrators may change who is in it. */
  isAssignableToRole: boolean
  /** Its members are read with Member.Read.Hidden only. */
  hiddenMembership: boolean
}

/** A group in the bin, without its members. */
export type DeletedGroup = Group & { deletedDateTime: string }

export type ServicePrincipal = {
  id: string
  appId: string
  displayName: string
  servicePrincipalType: 'Application' | 'ManagedIdentity' | 'Legacy' | 'SocialIdp'
  accountEnabled: boolean
  /** The tenant that owns the application; Microsoft's own for platform identities. */
  appOwnerOrganizationId: string | null
  /** The resource a managed identity belongs to, and whether it is the resource's own. */
  alternativeNames: string[]
  createdDateTime: string
}

export type Device = { id: string; displayName: string; deviceId: string; accountEnabled: boolean }

export type PrincipalType = 'User' | 'Group' | 'ServicePrincipal' | 'ForeignGroup' | 'Device'

export type Assignment = {
  id: string
  roleId: string
  principalId: string
  principalType: PrincipalType
  /** As Azure spells it, case included. */
  scope: string
  condition: string | null
  description: string | null
  createdOn: string
  createdBy: string | null
  /** Present when Privileged Identity Management made it: how long it holds, and which eligibility it was activated from. */
  schedule: Schedule | null
}

export type Schedule = {
  assignmentType: 'Assigned' | 'Activated'
  startDateTime: string
  /** Null: permanent. */
  endDateTime: string | null
  eligibilityId: string | null
}

/** A role that can be activated but is not held. */
export type Eligibility = {
  id: string
  roleId: string
  principalId: string
  principalType: PrincipalType
  scope: string
  condition: string | null
  createdOn: string
  startDateTime: string
  /** Null: permanent. */
  endDateTime: string | null
}

export type Permission = { actions: string[]; notActions: string[]; dataActions: string[]; notDataActions: string[] }

export type DenyPrincipal = {
  /** All zeros with type SystemDefined: everyone. */
  id: string
  type: 'SystemDefined' | PrincipalType
}

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
  /** By name as created; those that only occur in the scope of an assignment are listed too. */
  resourceGroups: string[]
  note: string
}

/** What an application was allowed: by everyone's administrator (userId null) or by one person. */
export type Consent = { clientId: string; userId: string | null; scopes: Set<string> }

/** How many items a page of each list holds at most. */
export type PageSizes = {
  /** Role assignments and role definitions. */
  assignments: number
  /** Eligibility and assignment schedule instances, deny assignments. */
  instances: number
  /** Subscriptions, tenants, resource groups, management groups. */
  subscriptions: number
  /** People, groups, service principals: a `$top` above it is cut to it. */
  users: number
  /** Members and memberships. */
  members: number
}

/** Which of Azure's token buckets are on. True: with the documented figures; numbers: with these. */
export type Throttling = {
  arm: boolean | { bucket: number; refillPerSecond: number }
  graph: boolean | { units: number; windowSeconds: number }
}

/** What the tenant has paid for: P1 shows sign-in activity, P2 has Privileged Identity Management. */
export type Licence = 'free' | 'p1' | 'p2'

export type Tenant = {
  id: string
  name: string
  domain: string
  demo: boolean
  licence: Licence
  users: Registry<User>
  deletedUsers: Registry<User>
  /** People deleted for good, with the sequence of the moment. */
  purgedUsers: Map<string, number>
  groups: Registry<Group>
  deletedGroups: Registry<DeletedGroup>
  memberships: Memberships
  servicePrincipals: Registry<ServicePrincipal>
  devices: Registry<Device>
  managementGroups: Registry<ManagementGroup>
  subscriptions: Registry<Subscription>
  assignments: ScopedIndex<Assignment>
  eligibilities: ScopedIndex<Eligibility>
  denyAssignments: Registry<DenyAssignment>
  customRoles: Registry<RoleDefinition>
  consents: Consent[]
  /** Application permissions an administrator granted, by client id: what `.default` gives an application by itself. */
  appRoles: Map<string, Set<string>>
  pageSizes: PageSizes
  throttling: Throttling
  /** What a caller without any role gets when they list role assignments. */
  powerless: 'forbidden' | 'empty'
  /** Whether role assignments name their role now with the subscription in front and now without, as seen in the wild. */
  mixedRoleIds: boolean
  /** People may ask their administrator for consent instead of being turned away (AADSTS90095). */
  consentWorkflow?: boolean
  /** Counts the changes of people, for delta queries. */
  sequence: number
}

type Secret = { value: string; expired: boolean }

export type Application = {
  clientId: string
  name: string
  secrets: Secret[]
  redirectUris: string[]
  /** Those of `redirectUris` that belong to a page in the browser: their codes are redeemed across origins only. */
  spaRedirectUris?: string[]
  /** What `.default` stands for: scopes in full. */
  registeredScopes: string[]
  /** The only tenant it is known in; null: in every one. */
  homeTenantId: string | null
  /** Signs in without a secret, as command lines do. */
  publicClient: boolean
  /** Microsoft's own, which nobody is asked to consent to. */
  preauthorized: boolean
}
