import type { HolderKind } from './assignment-draws'
import type { Random } from './random'
import { addServicePrincipal, addUser } from './tenant'
import type { AssignmentsSpec } from './tenant-spec'
import type { Tenant } from './types'

const NUMBER = 5 // of each kind that has a weight

/**
 * Adds agents that hold roles: accounts of agents, identities of agents, and principals of the invented type `Workload`,
 * which the directory does not know. Returns their ids; none for a kind without a weight.
 */
export function addAgents(
  tenant: Tenant,
  random: Random,
  weights: AssignmentsSpec['principals'] = {},
): Pick<Record<HolderKind, string[]>, 'agentUser' | 'agentServicePrincipal' | 'workload'> {
  const addEach = (weight: number | undefined, add: (place: number) => string) =>
    Array.from({ length: (weight ?? 0) > 0 ? NUMBER : 0 }, (_, index) => add(index + 1))
  return {
    agentUser: addEach(weights.agentUser, (place) => {
      const userPrincipalName = `agent${place}@${tenant.domain}`
      return addUser(tenant, random, { id: random.guid(), displayName: `Agent ${place}`, userPrincipalName }).id
    }),
    agentServicePrincipal: addEach(weights.agentServicePrincipal, (place) => {
      const displayName = `agent-identity-${place}`
      return addServicePrincipal(tenant, { id: random.guid(), appId: random.guid(), displayName }).id
    }),
    workload: addEach(weights.workload, () => random.guid()),
  }
}
