import { flatString, type Random } from './random'
import { roleIdOf } from './roles'
import type { AssignmentsSpec } from './tenant-spec'
import type { PrincipalType } from './types'

export type HolderKind =
  | 'user'
  | 'group'
  | 'servicePrincipal'
  | 'foreignGroup'
  | 'device'
  | 'deleted'
  | 'unknown'
  | 'agentUser'
  | 'agentServicePrincipal'
  | 'workload'
type HolderWeights = NonNullable<AssignmentsSpec['principals']>

const TYPES: Record<HolderKind, PrincipalType> = {
  user: 'User',
  group: 'Group',
  servicePrincipal: 'ServicePrincipal',
  foreignGroup: 'ForeignGroup',
  device: 'Device',
  deleted: 'User',
  unknown: 'User',
  agentUser: 'AgentUser',
  agentServicePrincipal: 'AgentServicePrincipal',
  workload: 'Workload',
}

export type Holder = { id: string; type: PrincipalType; index: number }
/** `turn` counts calls: without weights the holders are taken one after another by it; with weights it is ignored. */
export type HolderSource = { size: number; draw(random: Random, turn: number): Holder }

/** Creates the source of holders: without weights everyone one after another, else drawn by the weights of the kinds. */
export function createHolders(ids: Record<HolderKind, readonly string[]>, weights?: HolderWeights): HolderSource {
  const kinds: HolderKind[] = [
    'deleted',
    'group',
    'servicePrincipal',
    'user',
    'foreignGroup',
    'device',
    'unknown',
    'agentUser',
    'agentServicePrincipal',
    'workload',
  ]
  const used = kinds.filter((kind) => (weights ? (weights[kind] ?? 0) > 0 : ids[kind].length > 0))
  const all: Holder[] = []
  const ranges = used.map((kind) => {
    const start = all.length
    for (const id of ids[kind]) all.push({ id, type: TYPES[kind], index: all.length })
    return { start, length: ids[kind].length, weight: weights?.[kind] ?? 0 }
  })
  const total = ranges.reduce((sum, { weight }) => sum + weight, 0)
  const holderAt = (index: number): Holder => {
    const found = all[index]
    if (!found) throw new Error('There is nobody to hold a role.')
    return found
  }
  return {
    size: all.length,
    draw(random, turn) {
      if (total === 0) return holderAt(turn % all.length)
      let dice = random.next() * total
      for (const { start, length, weight } of ranges) {
        if (dice < weight) return holderAt(start + random.below(length))
        dice -= weight
      }
      return holderAt(all.length - 1)
    },
  }
}

const RESOURCES = [
  'providers/Microsoft.Storage/storageAccounts/data',
  'providers/Microsoft.KeyVault/vaults/keys',
  'providers/Microsoft.Compute/virtualMachines/vm-01',
]
const DEFAULT_RESOURCE_GROUPS = 40 // used by assignments when no number was asked for

type ScopeWeights = NonNullable<AssignmentsSpec['scopes']>
/** `code` identifies the scope, whichever case it is written in. */
type DrawnScope = { scope: string; code: number }

/** Draws scopes; `codes` is how many different ones there are. The same scope is always the same string, to save memory. */
type ScopeSource = { codes: number; draw(random: Random): DrawnScope }

/** Creates the source of scopes at and below a subscription, drawn by weight. */
export function createScopes(
  subscriptionId: string,
  resourceGroups = DEFAULT_RESOURCE_GROUPS,
  weights: ScopeWeights = { subscription: 3, resourceGroup: 5, resource: 2 },
): ScopeSource {
  const base = flatString(`/subscriptions/${subscriptionId}`)
  const { subscription = 0, resourceGroup = 0, resource = 0 } = weights
  const total = subscription + resourceGroup + resource
  const known = new Map<number, string>()
  // Resource -1 stands for the group itself. Both functions are created once, because millions of scopes are drawn.
  const writeScope = (otherCase: boolean, group: number, which: number): string => {
    const path = `${base}/${otherCase ? 'resourcegroups/RG' : 'resourceGroups/rg'}-${group}`
    return flatString(which < 0 ? path : `${path}/${RESOURCES[which]}`)
  }
  const scopeFor = (code: number, otherCase: boolean, group: number, which: number): string => {
    const key = code * 2 + (otherCase ? 1 : 0)
    const found = known.get(key) ?? writeScope(otherCase, group, which)
    known.set(key, found)
    return found
  }
  return {
    codes: 1 + resourceGroups * (1 + RESOURCES.length),
    draw(random) {
      const dice = random.next() * total
      if (dice < subscription || total === 0 || resourceGroups === 0) return { scope: base, code: 0 }
      const group = random.below(resourceGroups)
      // Azure keeps the case in which an assignment's scope was written, so the same group occurs in several spellings.
      const otherCase = random.below(8) === 0
      const inGroup = dice < subscription + resourceGroup
      const which = inGroup ? -1 : random.below(RESOURCES.length)
      const code = 1 + (inGroup ? group : resourceGroups + group * RESOURCES.length + which)
      return { scope: scopeFor(code, otherCase, group, which), code }
    },
  }
}

const CONTAINERS = 'Microsoft.Storage/storageAccounts/blobServices/containers'
const ASSIGNABLE = `{${roleIdOf('Reader')}, ${roleIdOf('Virtual Machine Contributor')}}`
const DELEGATED = (
  [
    ['write', '@Request'],
    ['delete', '@Resource'],
  ] as const
)
  .map(
    ([action, source]) =>
      `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/${action}'})) OR (${source}[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals ${ASSIGNABLE}))`,
  )
  .join(' AND ')

/** Conditions like those in Azure's documentation, each with a role that supports it. */
const CONDITIONS: readonly { roleId: string; condition: string }[] = [
  {
    roleId: roleIdOf('Storage Blob Data Reader'),
    condition: `((!(ActionMatches{'${CONTAINERS}/blobs/read'} AND NOT SubOperationMatches{'Blob.List'})) OR (@Resource[${CONTAINERS}/blobs/tags:Project<$key_case_sensitive$>] StringEquals 'Cascade'))`,
  },
  {
    roleId: roleIdOf('Storage Blob Data Contributor'),
    condition: `((!(ActionMatches{'${CONTAINERS}/blobs/write'})) OR (@Resource[${CONTAINERS}:name] StringEquals 'uploads'))`,
  },
  { roleId: roleIdOf('Role Based Access Control Administrator'), condition: DELEGATED },
]

/** Draws a condition together with a role that supports it. */
export function pickCondition(random: Random): { roleId: string; condition: string } {
  return random.pick(CONDITIONS)
}
