import { writeFileSync } from 'node:fs'
import { startSandbox } from '@/sandbox/server'
import { applyChange } from '@/sandbox/world/changes'
import { makeTenant } from '@/sandbox/world/make-tenant'
import type { TenantSpec } from '@/sandbox/world/tenant-spec'

// A sandbox with the worlds that complete access is measured on, which exact numbers of people and groups hold roles in.
// Writes what it made to the file it is given, and serves until it is ended.

type Holding = { assignments: number; people: number; groups: number }

const [port = '', portalUrl = '', file = ''] = process.argv.slice(2)
const sandbox = await startSandbox({ port: Number(port), portalUrl })
const ROLES = ['Reader', 'Contributor', 'Monitoring Reader', 'Storage Blob Data Reader', 'Owner']

/** A tenant in whose subscription so many people and groups hold so many assignments, each at a resource group of its own. */
function make(spec: TenantSpec, { assignments, people, groups }: Holding) {
  const { world } = sandbox
  const made = makeTenant(world, { licence: 'p2', managementGroupDepth: 3, consented: true, assignments: 0, ...spec })
  const [subscription] = made.subscriptions
  const tenant = world.findTenant(made.tenantId)
  if (!tenant || !subscription) throw new Error('The tenant was not made.')
  const holders = [
    ...tenant.groups.list().slice(0, groups),
    ...tenant.users
      .list()
      .filter(({ id }) => !made.accounts.some(({ objectId }) => objectId === id))
      .slice(0, people),
  ]
  for (let index = 0; index < assignments; index++) {
    const scope = `/subscriptions/${subscription.id}/resourceGroups/rg-${Math.floor(index / holders.length)}`
    applyChange(world, {
      type: 'assign',
      tenantId: made.tenantId,
      principalId: holders[index % holders.length]?.id ?? '',
      role: ROLES[index % ROLES.length] ?? '',
      scope,
    })
  }
  return made
}

const deep = (people: number, groups: number, assignments: number) =>
  make(
    { seed: `deep ${people}`, people, groups: { count: groups, size: 20, depth: 3, largest: people } },
    { assignments, people: 100, groups },
  )

writeFileSync(
  file,
  JSON.stringify({
    wide: make(
      { seed: 'wide', people: 20_000, groups: { count: 3_000, sizes: { min: 3, max: 40 }, depth: 2 } },
      { assignments: 1_000, people: 350, groups: 50 },
    ),
    small: deep(5_000, 30, 400),
    medium: deep(20_000, 100, 1_500),
    large: deep(50_000, 300, 4_000),
  }),
)
