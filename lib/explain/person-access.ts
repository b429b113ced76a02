import type {
  AssignmentKind,
  GroupState,
  ManagementGroup,
  Permission,
  PersonStatus,
  PrincipalKind,
  Privilege,
  ScopeLevel,
} from '@/db/schema'

/** Everything of a published result that bears on one person's access to one subscription. */
export type PersonAccess = {
  person: {
    id: string
    tenantId: string
    kind: PrincipalKind
    name: string | null
    email: string | null
    userPrincipalName: string | null
    guest: boolean
    status: PersonStatus
    lastSignInAt: Date | null
  }
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
  }[]
  groups: {
    id: string
    name: string | null
    state: GroupState
    directMembers: number | null
    members: number | null
  }[]
  edges: { groupId: string; memberId: string; since: Date }[]
  flat: string[]
  denies: {
    key: string
    name: string
    description: string | null
    scope: string
    level: ScopeLevel
    permissions: Permission[]
    sparesChildren: boolean
    systemProtected: boolean
    everyone: boolean
  }[]
  managementGroups: ManagementGroup[] | null
  subscription: { id: string; label: string; name: string }
}
