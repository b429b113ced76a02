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

type Options = {
  /** The most ways per person, role, scope and kind. */
  paths: number
  /** Leaves out what a reader with fewer permissions could not see. */
  sees?: (row: ReturnType<typeof effectiveAccess>[number]) => boolean
}

/**
 * What is so in the sandbox's world, by brute force. Without the licence nothing tells an activated role from a standing
 * one, and nobody is eligible.
 */
export function trueAccess({ world, tenantId, subscription }: TestTenant, { paths, sees }: Options) {
  const licensed = world.findTenant(tenantId)?.licence === 'p2'
  const found: EffectiveAccess = new Map()
  for (const row of effectiveAccess(world, subscription.id, { paths })) {
    // Azure Lighthouse tells eligible roles by itself, whatever licence the tenant has.
    const tells = licensed || row.principalType === 'Delegate'
    if ((sees && !sees(row)) || (!tells && row.kind === 'eligible')) continue
    const key = accessKey(row.principalId, row.roleId, row.scope, tells ? row.kind : 'active')
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
