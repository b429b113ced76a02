import type { RoleDefinition } from '@/lib/azure/role-definitions'
import type { AssignmentKind, Privilege, ScopeLevel } from '@/lib/domain/vocabulary'
import type { Access, HeldAssignment } from './access'

/** An assignment with what its role amounts to. */
export type Grant = {
  principalId: string
  roleId: string
  scope: string
  level: ScopeLevel
  kind: AssignmentKind
  endsAt: Date | null
  /** Role, scope and kind: two grants with the same give the same, held twice. */
  what: string
  /** 1 for a role that grants access to 5 for one that reads; 6 when that could not be read. */
  strength: number
  privileged: boolean
  customOwner: boolean
}

const STRENGTH: Record<Privilege, number> = { grants_access: 1, writes: 2, writes_data: 3, reads_data: 4, reads: 5 }
const UNREADABLE = 6

/** The weakest strength with which something can be written, data included. */
export const WRITES_DATA = STRENGTH.writes_data

/** The grants of a subscription, by the principal that the assignment names. */
export function grantsOf({ assignments, roles }: Pick<Access, 'assignments' | 'roles'>): Map<string, Grant[]> {
  const known = new Map(roles.map((role) => [role.id, role]))
  return Map.groupBy(
    assignments.map((assignment) => grantOf(assignment, known.get(assignment.roleId))),
    ({ principalId }) => principalId,
  )
}

function grantOf(assignment: HeldAssignment, role: RoleDefinition | undefined): Grant {
  const { principalId, roleId, scope, scopeLevel, kind, endsAt } = assignment
  return {
    principalId,
    roleId,
    scope,
    level: scopeLevel,
    kind,
    endsAt,
    what: `${roleId} ${scope.toLowerCase()} ${kind}`,
    strength: role ? STRENGTH[role.privilege] : UNREADABLE,
    privileged: role?.privileged ?? false,
    customOwner: role?.ownerEquivalent ?? false,
  }
}
