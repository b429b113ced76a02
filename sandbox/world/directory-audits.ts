import { randomUUID } from 'node:crypto'
import { type GroupName, requireGroup, requireHolder, requirePerson, requireTenant } from './lookups'
import type { DirectoryAudit, Group, GroupActivity, Licence, Tenant } from './types'
import type { World } from './world'

/** A change that may be one of a group. `by` is the person who does it, by object id or user principal name. */
type Audited = { type: string; by?: string; user?: string; principalId?: string } & GroupName

/** How the log names each change of a group that is there already. */
const ACTIVITIES: Readonly<Record<string, GroupActivity>> = {
  add_member: 'Add member to group',
  remove_member: 'Remove member from group',
  add_owner: 'Add owner to group',
  remove_owner: 'Remove owner from group',
  rename_group: 'Update group',
  delete_group: 'Delete group',
}

/**
 * Carries out a change and, when it is one of a group, writes it into the tenant's audit log. Throws WorldRefusal before
 * such a change when `by` names nobody. Activations of memberships, and what ends by itself, are not in the log.
 */
export function applyAudited(world: World, change: Audited, apply: () => unknown): unknown {
  const { type } = change
  const activity = ACTIVITIES[type]
  if (!activity) return type === 'add_group' ? addAudited(world, change, apply) : apply()
  const actorId = actorOf(world, change)
  const { group, tenant } = requireGroup(world, change)
  const from = group.displayName
  const result = apply()
  record(world, tenant, {
    activity,
    actorId,
    group: { id: group.id, displayName: group.displayName },
    memberId: /_(?:member|owner)$/.test(type)
      ? requireHolder(world, { ...change, tenantId: tenant.id }).principalId
      : null,
    renamed: type === 'rename_group' ? { from, to: group.displayName } : null,
  })
  return result
}

/** The same for a group that is not there before. */
function addAudited(world: World, change: Audited, apply: () => unknown): unknown {
  const actorId = actorOf(world, change)
  const tenant = requireTenant(world, change.tenantId ?? '')
  const added = apply() as Group
  const group = { id: added.id, displayName: added.displayName }
  record(world, tenant, { activity: 'Add group', actorId, group, memberId: null, renamed: null })
  return added
}

/** The object id of the person who makes a change; null when it names nobody. */
const actorOf = (world: World, { by }: Audited): string | null =>
  by === undefined ? null : requirePerson(world, { user: by }).user.id

const MAX_AUDITS = 50_000 // half of the most random changes at once; a real log has no limit but its age

function record(world: World, tenant: Tenant, audit: Omit<DirectoryAudit, 'id' | 'at'>): void {
  tenant.audits.push({ id: randomUUID(), at: world.now(), ...audit })
  if (tenant.audits.length > MAX_AUDITS) tenant.audits.splice(0, tenant.audits.length - MAX_AUDITS)
}

const DAY_MS = 86_400_000

/** How many days the log is kept. Source: Microsoft Entra "reference-reports-data-retention" @1572fe18. */
const KEPT_DAYS: Readonly<Record<Licence, number>> = { free: 7, p1: 30, p2: 30 }

/** The entries that the licence still keeps, oldest first. */
export function keptAudits(world: World, tenant: Tenant): DirectoryAudit[] {
  const oldest = world.now() - KEPT_DAYS[tenant.licence] * DAY_MS
  return tenant.audits.filter(({ at }) => at >= oldest)
}

/** Must be called before a licence changes: a better one does not bring back what the old one did not keep. */
export function forgetOldAudits(world: World, tenant: Tenant): void {
  tenant.audits = keptAudits(world, tenant)
}
