import { flatString } from './flat-string'
import type { Random } from './random'
import type { AssignmentsSpec } from './tenant-spec'

const RESOURCES = [
  'providers/Microsoft.Storage/storageAccounts/data',
  'providers/Microsoft.KeyVault/vaults/keys',
  'providers/Microsoft.Compute/virtualMachines/vm-01',
]
const RESOURCE_GROUPS = 40 // that assignments lie in when none were asked for by number

type Weights = NonNullable<AssignmentsSpec['scopes']>
/** `code` is the same for two spellings of one scope. */
type DrawnScope = { scope: string; code: number }

/** How many different scopes a subscription has, and a draw of one; each is one string however often it is drawn. */
type ScopeSource = { codes: number; draw(random: Random): DrawnScope }

/** The scopes at and below a subscription, drawn by weight. */
export function createScopes(
  subscriptionId: string,
  resourceGroups = RESOURCE_GROUPS,
  weights: Weights = { subscription: 3, resourceGroup: 5, resource: 2 },
): ScopeSource {
  const base = flatString(`/subscriptions/${subscriptionId}`)
  const { subscription = 0, resourceGroup = 0, resource = 0 } = weights
  const total = subscription + resourceGroup + resource
  const known = new Map<number, string>()
  // Resource -1 is the group itself. Both functions are made once: draws come by the million.
  const spell = (odd: boolean, group: number, which: number): string => {
    const path = `${base}/${odd ? 'resourcegroups/RG' : 'resourceGroups/rg'}-${group}`
    return flatString(which < 0 ? path : `${path}/${RESOURCES[which]}`)
  }
  const spelled = (code: number, odd: boolean, group: number, which: number): string => {
    const key = code * 2 + (odd ? 1 : 0)
    const found = known.get(key) ?? spell(odd, group, which)
    known.set(key, found)
    return found
  }
  return {
    codes: 1 + resourceGroups * (1 + RESOURCES.length),
    draw(random) {
      const dice = random.next() * total
      if (dice < subscription || total === 0 || resourceGroups === 0) return { scope: base, code: 0 }
      const group = random.below(resourceGroups)
      // Azure keeps the spelling an assignment was made with, so the same group comes in several.
      const odd = random.below(8) === 0
      const inGroup = dice < subscription + resourceGroup
      const which = inGroup ? -1 : random.below(RESOURCES.length)
      const code = 1 + (inGroup ? group : resourceGroups + group * RESOURCES.length + which)
      return { scope: spelled(code, odd, group, which), code }
    },
  }
}
