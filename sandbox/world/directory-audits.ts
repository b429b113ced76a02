import { randomUUID } from 'node:crypto'
import {
  type GroupName,
  requireActor,
  requireGroup,
  requireHolder,
  requirePerson,
  requireTenant,
  WorldRefusal,
} from './lookups'
import type { AuditActivity, DirectoryAudit, Group, Licence, Tenant, User } from './types'
import type { World } from './world'

/** A change that may be one of a group or a person. `by` is who makes it, see `requireActor`. */
type Audited = {
  type: string
  by?: string
  user?: string
  principalId?: string
  displayName?: string
  permanently?: boolean
} & GroupName

/** What is written of a change. */
type Entry = Pick<DirectoryAudit, 'activity' | 'subject'> & Partial<Pick<DirectoryAudit, 'memberId' | 'changed'>>

/** What is known before a change is carried out: whose log it is written to, and what is written once it has succeeded. */
type Plan = { tenant: Tenant; write: (result: unknown) => Entry[] }

/**
 * Carries out a change and, when it is one of a group or a person, writes it into the tenant's audit log. Throws WorldRefusal
 * before such a change when `by` names nobody. Activations of memberships, and what ends by itself, are not in the log.
 */
export function applyAudited(world: World, change: Audited, apply: () => unknown): unknown {
  const plan = planEntries(world, change)
  if (!plan) return apply()
  const { tenant, write } = plan
  const actorId = requireActor(world, tenant, change.by)
  const result = apply()
  const correlationId = randomUUID()
  for (const entry of write(result)) {
    const common = { id: randomUUID(), correlationId, at: world.now(), actorId, turn: nextTurn(tenant) }
    tenant.audits.push({
      ...{ memberId: null, changed: null, ...common },
      ...entry,
    })
  }
  if (tenant.audits.length > MAX_AUDITS) tenant.audits.splice(0, tenant.audits.length - MAX_AUDITS)
  return result
}

const nextTurn = ({ audits }: Tenant) => (audits.at(-1)?.turn ?? -1) + 1

const MAX_AUDITS = 50_000 // half of the most random changes at once; a real log has no limit but its age

/** The plan of a change; null when the log does not have changes of its type. */
function planEntries(world: World, change: Audited): Plan | null {
  const { type } = change
  switch (type) {
    case 'add_member':
    case 'remove_member':
    case 'add_owner':
    case 'remove_owner':
      return planMembership(world, change, type)
    case 'add_group': {
      const tenant = requireTenant(world, change.tenantId ?? '')
      return { tenant, write: (added) => [{ activity: 'Add group', subject: groupOf(added as Group) }] }
    }
    case 'delete_group':
    case 'rename_group': {
      const { group, tenant } = requireGroup(world, change)
      const before = groupOf(group)
      if (type === 'delete_group') return { tenant, write: () => [{ activity: 'Delete group', subject: before }] }
      return { tenant, write: () => [updateOf('Update group', groupOf(group), before.name, group.displayName)] }
    }
    case 'add_person': {
      const tenant = requireTenant(world, change.tenantId ?? '')
      const write = (added: unknown): Entry[] => [{ activity: 'Add user', subject: personOf(added as User) }]
      return { tenant, write }
    }
    case 'restore': {
      const { user, tenant } = requireDeleted(world, change)
      return { tenant, write: () => [{ activity: 'Restore user', subject: personOf(user) }] }
    }
    case 'delete':
    case 'disable':
    case 'enable':
    case 'rename':
      return planPerson(world, change, type)
    default:
      return null
  }
}

const MEMBERSHIPS = {
  add_member: 'Add member to group',
  remove_member: 'Remove member from group',
  add_owner: 'Add owner to group',
  remove_owner: 'Remove owner from group',
} as const

function planMembership(world: World, change: Audited, type: keyof typeof MEMBERSHIPS): Plan {
  const { group, tenant } = requireGroup(world, change)
  const { principalId: memberId } = requireHolder(world, { ...change, tenantId: tenant.id })
  return { tenant, write: () => [{ activity: MEMBERSHIPS[type], subject: groupOf(group), memberId }] }
}

function planPerson(world: World, change: Audited, type: 'delete' | 'disable' | 'enable' | 'rename'): Plan {
  const { user, tenant } = requirePerson(world, { ...change, user: change.user ?? '' })
  const subject = personOf(user)
  const { displayName } = user
  switch (type) {
    case 'delete': {
      const deleted: Entry = { activity: 'Delete user', subject }
      const purged: Entry = { activity: 'Hard Delete user', subject }
      return { tenant, write: () => (change.permanently ? [deleted, purged] : [deleted]) }
    }
    case 'rename':
      return { tenant, write: () => [updateOf('Update user', subject, displayName, user.displayName)] }
    default:
      return { tenant, write: () => switchEntries(tenant, subject, type) }
  }
}

/**
 * What is written when a person is disabled or enabled: an entry that says so, one of an update of their property, or both.
 * All three are recalled, so they come by turns.
 */
function switchEntries(tenant: Tenant, subject: Entry['subject'], type: 'disable' | 'enable'): Entry[] {
  const enabled = type === 'enable'
  const said: Entry = { activity: enabled ? 'Enable account' : 'Disable account', subject }
  const changed = { property: 'AccountEnabled', from: !enabled, to: enabled }
  const updated: Entry = { activity: 'Update user', subject, changed }
  return [[said, updated], [said], [updated]][nextTurn(tenant) % 3] as Entry[]
}

function requireDeleted(world: World, change: Audited): { user: User; tenant: Tenant } {
  for (const tenant of change.tenantId ? [requireTenant(world, change.tenantId)] : world.tenants.values()) {
    const user = tenant.deletedUsers.get(String(change.user).toLowerCase())
    if (user) return { user, tenant }
  }
  throw new WorldRefusal(`There is no deleted person ${change.user}.`)
}

const groupOf = ({ id, displayName }: Group): Entry['subject'] => ({ type: 'Group', id, name: displayName })
const personOf = ({ id, userPrincipalName }: Pick<User, 'id' | 'userPrincipalName'>): Entry['subject'] => ({
  type: 'User',
  id,
  name: userPrincipalName,
})

const updateOf = (activity: AuditActivity, subject: Entry['subject'], from: string, to: string): Entry => ({
  activity,
  subject,
  changed: from === to ? null : { property: 'DisplayName', from, to },
})

const DAY_MS = 86_400_000

/** How many days the log is kept. Source: Microsoft Entra "reference-reports-data-retention" @1572fe18. */
const KEPT_DAYS: Readonly<Record<Licence, number>> = { free: 7, p1: 30, p2: 30 }

/** The entries that can be read: those that the licence still keeps and whose delay is over, oldest first. */
export function readableAudits(world: World, tenant: Tenant): DirectoryAudit[] {
  const newest = world.now() - tenant.logDelays.audits
  return keptAudits(world, tenant).filter(({ at }) => at <= newest)
}

function keptAudits(world: World, tenant: Tenant): DirectoryAudit[] {
  const oldest = world.now() - KEPT_DAYS[tenant.licence] * DAY_MS
  return tenant.audits.filter(({ at }) => at >= oldest)
}

/** Must be called before a licence changes: a better one does not bring back what the old one did not keep. */
export function forgetOldAudits(world: World, tenant: Tenant): void {
  tenant.audits = keptAudits(world, tenant)
}
