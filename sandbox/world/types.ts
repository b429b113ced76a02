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
  /** Template ids of the directory roles held. */
  directoryRoles: string[]
  /** Where a guest's own account lives. */
  home: { tenantId: string; objectId: string } | null
  /** Refresh tokens issued before this moment (ms) are revoked. */
  tokensValidFrom: number
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
}

export type Group = {
  id: string
  displayName: string
  description: string | null
  createdDateTime: string
  members: Set<string>
}

export type ServicePrincipal = {
  id: string
  appId: string
  displayName: string
  servicePrincipalType: 'Application' | 'ManagedIdentity'
}

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
}

export type Permission = { actions: string[]; notActions: string[]; dataActions: string[]; notDataActions: string[] }

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
  note: string
}

/** What an application was allowed: by everyone's administrator (userId null) or by one person. */
export type Consent = { clientId: string; userId: string | null; scopes: Set<string> }

export type Tenant = {
  id: string
  name: string
  domain: string
  demo: boolean
  premium: boolean
  users: Map<string, User>
  deletedUsers: Map<string, User>
  groups: Map<string, Group>
  servicePrincipals: Map<string, ServicePrincipal>
  managementGroups: Map<string, ManagementGroup>
  subscriptions: Map<string, Subscription>
  assignments: Map<string, Assignment>
  customRoles: Map<string, RoleDefinition>
  consents: Consent[]
  pageSizes: { assignments: number; subscriptions: number; users: number }
  /** What a caller without any role gets when they list role assignments. */
  powerless: 'forbidden' | 'empty'
  /** Grows with every change; what was computed for an older version is thrown away. */
  version: number
}

export type Secret = { value: string; expired: boolean }

export type Application = {
  clientId: string
  name: string
  secrets: Secret[]
  redirectUris: string[]
  /** What `.default` stands for: scopes in full. */
  registeredScopes: string[]
}
