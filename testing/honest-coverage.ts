import { getConnection } from '@/db/queries/connections'
import { getGroup } from '@/db/queries/groups'
import { ALL_PEOPLE, listHolders } from '@/db/queries/holders'
import { MOST_PATHS } from '@/lib/domain/access-paths'
import type { CoverageLine, Dataset } from '@/lib/domain/vocabulary'
import { groupEdgesAt } from '@/sandbox/world/group-edges'
import { ownersOf } from '@/sandbox/world/group-owners'
import { effectiveAccess } from '@/sandbox/world/truth'
import type { TestTenant } from './rolecall'
import { shownAccess } from './shown-access'
import { accessKey, type TrueRow } from './true-access'

/** What has to be read to see a way to a role: worked out from the way alone. */
function neededFor({ principalType, kind, via }: TrueRow): Dataset[] {
  if (principalType === 'Delegate') return ['delegations']
  const isService = principalType === 'ServicePrincipal' || principalType === 'AgentServicePrincipal'
  // The last step into the innermost group has a list of its own for service principals, and for who is eligible.
  const hasOwnList = isService || via.at(-1)?.kind === 'eligible'
  return [
    'assignments',
    ...(kind === 'active' ? [] : (['eligible'] as const)),
    ...(via.length > (hasOwnList ? 1 : 0) ? (['groups'] as const) : []),
    ...(via.length > 0 && isService ? (['services_in_groups'] as const) : []),
    ...(via.some((step) => step.kind === 'eligible') ? (['eligible_members'] as const) : []),
    ...(via.some((step) => step.kind === 'activated') ? (['activated_members'] as const) : []),
    // A principal that nobody can place may be a group, which is then not opened.
    ...(via.length > 0 ? (['kinds'] as const) : []),
  ]
}

const isWhole = (coverage: CoverageLine[], dataset: Dataset) =>
  coverage.find((line) => line.dataset === dataset)?.state === 'whole'

async function listHolderRows(tenant: TestTenant, id: string) {
  const connection = await getConnection(tenant.owner, id)
  if (!connection) throw new Error('There is no such connection.')
  const lists = await Promise.all(
    (['people', 'others', 'groups'] as const).map((who) =>
      listHolders(tenant.owner, connection, { ...ALL_PEOPLE, who }, 1_000),
    ),
  )
  return { connection, rows: lists.flatMap(({ rows }) => rows) }
}

/** Whether a group holds a role, or lies in one that does, without anybody having to become a member first. */
function isReachedByMembers({ world, tenantId }: TestTenant, groupId: string): boolean {
  const tenant = world.findTenant(tenantId)
  if (!tenant) throw new Error('There is no such tenant.')
  const edges = groupEdgesAt(tenant, world.now())
  const held = [...tenant.assignments.values(), ...tenant.eligibilities.values()].map(({ principalId }) => principalId)
  const reached = new Set(held.filter((id) => tenant.groups.has(id)))
  // A loop over a set also visits what is added during the loop.
  for (const id of reached)
    for (const one of edges.membersOf(id)) if (one.kind !== 'eligible' && tenant.groups.has(one.id)) reached.add(one.id)
  return reached.has(groupId)
}

/**
 * Compares what a connection shows with what is so in the sandbox's world, right after a publish, and gives a sentence for
 * each thing that is not honest: something that is so, is not shown, and is covered by no line of the coverage that says
 * so; or something that is shown, is not so, and is not marked as an earlier reading.
 */
export async function findDishonesty(tenant: TestTenant, id: string, coverage: CoverageLine[]): Promise<string[]> {
  const { world, subscription } = tenant
  const found: string[] = []
  const shown = await shownAccess(tenant.owner, id)
  const rows = effectiveAccess(world, subscription.id, { paths: MOST_PATHS })
  for (const row of rows) {
    if (shown.has(accessKey(row.principalId, row.roleId, row.scope, row.kind))) continue
    if (neededFor(row).every((dataset) => isWhole(coverage, dataset)))
      found.push(`Not shown, and everything that tells it is called whole: ${JSON.stringify(row)}`)
  }

  // And the other way round: what is shown and is not so is from an earlier reading, and marked as such.
  const { connection, rows: holders } = await listHolderRows(tenant, id)
  const isSo = new Set(rows.map((row) => row.principalId))
  for (const { principalId, kind, unreadSince, signals } of holders) {
    if (isSo.has(principalId) || kind === 'group' || kind === 'foreign_group') continue
    if (unreadSince === null || !signals.includes('not_read'))
      found.push(`${principalId} (${kind}) is shown, holds nothing, and is not marked as an earlier reading.`)
  }

  for (const owner of ownersOf(world, subscription.id)) {
    const group = await getGroup(tenant.owner, connection, owner.groupId)
    const isShown = group?.ownedBy.some((one) => one.id === owner.principalId && one.ownership === owner.kind)
    const needed: Dataset[] = ['assignments', 'groups', 'group_owners', 'eligible', 'kinds']
    if (owner.kind === 'eligible' || !isReachedByMembers(tenant, owner.groupId)) needed.push('eligible_members')
    if (owner.kind === 'activated') needed.push('activated_members')
    if (!isShown && needed.every((dataset) => isWhole(coverage, dataset)))
      found.push(`An owner is not shown, and everything that tells it is called whole: ${JSON.stringify(owner)}`)
  }
  return found
}
