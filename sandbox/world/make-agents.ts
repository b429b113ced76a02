import type { HolderKind } from './assignment-draws'
import type { Random } from './random'
import { addAssignment, addServicePrincipal, addUser } from './tenant'
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
    agentUser: addEach(weights.agentUser, (place) => addAgentUser(tenant, random, place)),
    agentServicePrincipal: addEach(weights.agentServicePrincipal, (place) => addAgentIdentity(tenant, random, place)),
    workload: addEach(weights.workload, () => random.guid()),
  }
}

const ROOMY = 20 // assignments in a subscription that leave room beside those of the accounts

/**
 * Adds an agent of each kind to a world that has no weights for its holders. Each holds a role in every subscription, among
 * the assignments asked for, if there is room for it.
 */
export function addAgentsIfRoomy(tenant: Tenant, random: Random, assignments: number): void {
  if (assignments < ROOMY) return
  const holders = [
    { principalId: addAgentUser(tenant, random, 1), principalType: 'AgentUser', role: 'Contributor' },
    {
      principalId: addAgentIdentity(tenant, random, 1),
      principalType: 'AgentServicePrincipal',
      role: 'Monitoring Contributor',
    },
  ] as const
  for (const { id } of tenant.subscriptions.list())
    for (const holder of holders) addAssignment(tenant, random, { ...holder, scope: `/subscriptions/${id}` })
}

function addAgentUser(tenant: Tenant, random: Random, place: number): string {
  const userPrincipalName = `holder-agent${place}@${tenant.domain}`
  const identityParentId = addAgentIdentity(tenant, random, place)
  const facts = { displayName: `Agent ${place} that holds a role`, userPrincipalName, mail: null, identityParentId }
  return addUser(tenant, random, { id: random.guid(), ...facts }).id
}

function addAgentIdentity(tenant: Tenant, random: Random, place: number): string {
  const displayName = `agent-identity-${place}`
  const facts = {
    displayName,
    servicePrincipalType: 'ServiceIdentity',
    agentIdentityBlueprintId: random.guid(),
  } as const
  return addServicePrincipal(tenant, { id: random.guid(), appId: random.guid(), ...facts }).id
}
