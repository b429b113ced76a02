import type { RoleDefinition } from '@/lib/azure/role-definitions'
import type { CoverageLine, ManagementGroup } from '@/lib/domain/vocabulary'
import type { HeldAssignment } from './access'

type Read = {
  assignments: HeldAssignment[]
  roles: RoleDefinition[]
  eligibilities: { licensed: boolean; permitted: boolean; rows: unknown[] }
  denies: { permitted: boolean; rows: unknown[] }
  managementGroups: ManagementGroup[] | null
}

/** The lines of the ledger about what Resource Manager told. */
export function coverageOfAzure(read: Read): CoverageLine[] {
  const { assignments, roles, eligibilities, denies, managementGroups } = read
  const known = new Set(roles.map(({ id }) => id))
  const unnamed = new Set(assignments.map(({ roleId }) => roleId).filter((id) => !known.has(id))).size
  const above = new Set(
    assignments.filter(({ scopeLevel }) => scopeLevel === 'management_group').map(({ scope }) => scope.toLowerCase()),
  ).size
  const held = assignments.filter(({ kind }) => kind !== 'eligible').length
  return [
    { dataset: 'assignments', state: 'whole', read: held, missing: 0 },
    eligibleLine(eligibilities),
    { dataset: 'roles', state: unnamed ? 'partly' : 'whole', read: known.size, missing: unnamed },
    denies.permitted
      ? { dataset: 'denies', state: 'whole', read: denies.rows.length, missing: 0 }
      : { dataset: 'denies', state: 'not_permitted', read: 0, missing: 0, why: 'denies_not_permitted' },
    managementGroups
      ? { dataset: 'scopes', state: 'whole', read: managementGroups.length, missing: 0 }
      : { dataset: 'scopes', state: 'not_permitted', read: 0, missing: above, why: 'management_groups_not_readable' },
  ]
}

function eligibleLine({ licensed, permitted, rows }: Read['eligibilities']): CoverageLine {
  const line = { dataset: 'eligible' as const, read: rows.length, missing: 0 }
  if (!licensed) return { ...line, state: 'not_licensed', why: 'pim_not_licensed' }
  if (!permitted) return { ...line, state: 'not_permitted', why: 'pim_not_permitted' }
  return { ...line, state: 'whole' }
}
