import { createRandom } from '@/sandbox/world/random'
import type { TenantSpec } from '@/sandbox/world/tenant-spec'

/**
 * A small world with a bit of everything that a subscription's access can be made of: rings of groups, owners and eligible
 * members of groups, service principals and agents, roles of one resource group, delegations, denials, every way to be gone.
 * A fourth of the worlds have no licence, and so nothing eligible.
 */
export function fullWorld(seed: string): TenantSpec {
  const random = createRandom(seed)
  const people = 4 + random.below(14)
  const eligibility = random.below(4) === 0 ? 0 : 2 + random.below(7)
  const count = random.below(7)
  const privileged: TenantSpec =
    eligibility === 0
      ? { licence: 'free' }
      : { licence: 'p2', eligibility, activated: random.below(3), timeBound: random.below(4) }
  return {
    seed,
    people,
    guests: random.below(3),
    disabled: random.below(3),
    deleted: random.below(4),
    devices: random.below(2),
    servicePrincipals: random.below(4),
    agents: random.below(3),
    groups: {
      count,
      sizes: { min: 0, max: Math.min(people, 5) },
      depth: random.below(4),
      cycles: random.below(3),
      eligible: eligibility > 0 && count > 0 ? random.below(5) : 0,
    },
    customRoles: random.below(3),
    ownerRoles: random.below(3),
    narrowRoles: random.below(2),
    managementGroupDepth: random.below(4),
    assignments: 10 + random.below(30),
    conditions: random.below(3),
    denyAssignments: random.below(3),
    delegations: random.below(3),
    pageSize: 1 + random.below(40),
    ...privileged,
  }
}
