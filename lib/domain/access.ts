import type { DenyAssignment } from '@/lib/azure/deny-assignments'
import type { GroupMember } from '@/lib/azure/groups'
import type { RoleAssignment } from '@/lib/azure/role-assignments'
import type { RoleDefinition } from '@/lib/azure/role-definitions'
import type { Subscription } from '@/lib/azure/subscriptions'
import type { Summarised } from './holders'
import type {
  AssignmentKind,
  CoverageLine,
  GroupPlan,
  GroupState,
  ManagementGroup,
  PersonStatus,
  PrincipalKind,
  PrincipalVariety,
} from './vocabulary'

/** What is held, or may be activated: an assignment with its kind and the time it holds for. */
export type HeldAssignment = RoleAssignment & { kind: AssignmentKind; startsAt: Date | null; endsAt: Date | null }

/** A group that access runs through. */
export type ReadGroup = {
  id: string
  state: GroupState
  /** Direct members, groups among them; empty for a group that was not opened. */
  members: GroupMember[]
}

/** What is known of a principal now. Fields that could not be read are null: what was known before is then kept. */
export type PrincipalFacts = {
  id: string
  kind: PrincipalKind
  name: string | null
  email: string | null
  userPrincipalName: string | null
  guest: boolean | null
  status: PersonStatus
  variety: PrincipalVariety | null
  lastSignInAt: Date | null
}

/** Everything a run read, whole. Nothing of it is written before all of it is here. */
export type Access = {
  subscription: Subscription
  assignments: HeldAssignment[]
  roles: RoleDefinition[]
  denies: DenyAssignment[]
  managementGroups: ManagementGroup[] | null
  groups: Map<string, ReadGroup>
  /** The groups that hold an assignment or are named in a denial, among them. */
  roots: string[]
  /** Of every group that was opened: how many are below it at any depth, groups not counted. */
  sizes: Map<string, number>
  principals: Map<string, PrincipalFacts>
  /** Whether eligible roles could be read at all. */
  eligibleRead: boolean
  coverage: CoverageLine[]
  plan: GroupPlan
  /** What lists show, worked out before anything is written. */
  summarised: Summarised
}
