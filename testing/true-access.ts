import { weakestKind } from '@/lib/domain/vocabulary'
import { effectiveAccess } from '@/sandbox/world/truth'
import type { TestTenant } from './rolecall'

/** How somebody has a role: its assignment and the groups from the holder down to them, in lower case. */
export type Way = string

/** Who effectively has what: `principal role scope kind`, in lower case, with all the ways to it. */
export type EffectiveAccess = Map<string, { ways: Set<Way>; truncated: boolean; deniedBy: string[] }>

export const accessKey = (principalId: string, roleId: string, scope: string, kind: string): string =>
  [principalId, roleId, scope, kind].join(' ').toLowerCase()

export const wayOf = (assignmentName: string, groupsFromHolder: string[]): Way =>
  [assignmentName, ...groupsFromHolder].join(' > ').toLowerCase()

/** One way to a role, as the sandbox's brute force has it. */
export type TrueRow = ReturnType<typeof effectiveAccess>[number]

type Options = {
  /** The most ways per person, role, scope and kind. */
  paths: number
  /** Leaves out what a reader with fewer permissions could not see. */
  sees?: (row: TrueRow) => boolean
  /** Whether the reader is told who can become a member of a group, and which memberships are activated ones. */
  eligibleMembers?: boolean
  activatedMembers?: boolean
}

/**
 * What is so in the sandbox's world, by brute force, as far as a reader can be told. Without the licence nothing tells an
 * activated role from a standing one, and nobody is eligible, but for delegates: Azure Lighthouse tells theirs by itself.
 */
export function trueAccess(tenant: TestTenant, options: Options): EffectiveAccess {
  const { paths, sees = () => true, eligibleMembers = false, activatedMembers = false } = options
  const found: EffectiveAccess = new Map()
  for (const row of effectiveAccess(tenant.world, tenant.subscription.id, { paths })) {
    const kind = kindAsTold(tenant, row, { eligibleMembers, activatedMembers })
    if (!kind || !sees(row)) continue
    const key = accessKey(row.principalId, row.roleId, row.scope, kind)
    const known = found.get(key) ?? { ways: new Set(), truncated: false, deniedBy: row.deniedBy.toSorted() }
    known.ways.add(
      wayOf(
        row.assignmentId,
        row.via.map(({ id }) => id),
      ),
    )
    known.truncated ||= row.truncated
    found.set(key, known)
  }
  return found
}

type Told = { eligibleMembers: boolean; activatedMembers: boolean }

/** The kind of a row as a reader can tell it; null for a row that cannot be seen. */
function kindAsTold({ world, tenantId }: TestTenant, row: TrueRow, told: Told): TrueRow['kind'] | null {
  if (row.principalType === 'Delegate') return row.kind
  const tenant = world.findTenant(tenantId)
  const licensed = tenant?.licence === 'p2'
  const isEligible = tenant?.eligibilities.get(row.assignmentId) !== undefined
  if (isEligible && !licensed) return null
  const isActivated = tenant?.assignments.get(row.assignmentId)?.schedule?.assignmentType === 'Activated'
  const own = isEligible ? 'eligible' : isActivated && licensed ? 'activated' : 'active'
  if (row.via.some(({ kind }) => kind === 'eligible') && !(told.eligibleMembers && licensed)) return null
  const memberships = row.via.map(({ kind }) => (kind === 'activated' && !told.activatedMembers ? 'active' : kind))
  return weakestKind(own, ...memberships)
}
