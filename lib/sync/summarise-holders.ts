import { type PersonStatus, type PrincipalKind, type RoleCount, SIGNALS, type Signal } from '@/lib/domain/vocabulary'
import type { Access } from './access'
import { type Grant, grantsOf } from './grants-of'
import { reachOf } from './reach-of'
import { type Holding, type Summary, summariseGrants } from './summarise-grants'

/** A role through a group with more members than this is worth a look: few know all who are in it. */
export const LARGE_GROUP = 100

/** A row of `holders`, but for the name it is ordered by, which the database knows best. */
export type Holder = {
  principalId: string
  kind: PrincipalKind
  status: PersonStatus
  /** Null when it could not be read. */
  guest: boolean | null
  summary: Summary
  signals: number
}

export type Summarised = {
  holders: Holder[]
  signals: Partial<Record<Signal, number>>
  roleCounts: Record<string, RoleCount>
}

const GONE: PersonStatus[] = ['disabled', 'deleted', 'not_found']

/**
 * Sums up, for lists, everyone and everything that has access. People in the same groups and without assignments of
 * their own share one summary, so that the work grows with the members of groups, not with members times assignments.
 */
export function summariseHolders(access: Omit<Access, 'summarised'>): Summarised {
  const { principals, sizes } = access
  const grants = grantsOf(access)
  const groups = [...grants.keys()].filter((id) => access.groups.has(id)).sort()
  const throughOf = new Map<string, string[]>()
  for (const groupId of groups) {
    for (const id of reachOf(access.groups, groupId)) {
      const known = throughOf.get(id)
      if (known) known.push(groupId)
      else throughOf.set(id, [groupId])
    }
  }

  const shared = new Map<string, Summary | null>()
  const holdingOf = (own: Grant[], through: string[]): Holding => ({
    own,
    through: through.map((groupId) => ({
      groupId,
      large: (sizes.get(groupId) ?? 0) > LARGE_GROUP,
      grants: grants.get(groupId) ?? [],
    })),
  })
  const summaryOf = (id: string): Summary | null => {
    const through = throughOf.get(id) ?? []
    const own = grants.get(id)
    if (own) return summariseGrants(holdingOf(own, through))
    const key = through.join()
    const known = shared.get(key)
    if (known !== undefined) return known
    const summary = summariseGrants(holdingOf([], through))
    shared.set(key, summary)
    return summary
  }

  const heldByGroups = new Set(groups.flatMap((id) => grants.get(id) ?? []).map(({ what }) => what))
  const holders: Holder[] = []
  for (const id of new Set([...grants.keys(), ...throughOf.keys()])) {
    const facts = principals.get(id)
    const summary = summaryOf(id)
    if (!facts || !summary) continue
    const doubled = (grants.get(id) ?? []).some(({ what }) => heldByGroups.has(what))
    const { kind, status, guest } = facts
    const signals = signalsOf(facts, summary, { doubled, eligibleRead: access.eligibleRead })
    holders.push({ principalId: id, kind, status, guest, summary, signals })
  }
  return { holders, signals: countSignals(holders), roleCounts: countRoles(holders) }
}

type Facts = { kind: PrincipalKind; status: PersonStatus; guest: boolean | null; variety: string | null }

function signalsOf(facts: Facts, summary: Summary, also: { doubled: boolean; eligibleRead: boolean }): number {
  const { kind, status, guest, variety } = facts
  const person = kind === 'user'
  const shows: Record<Signal, boolean> = {
    can_grant: person && summary.canGrant,
    guest_writes: person && guest === true && summary.writes,
    gone: person && GONE.includes(status),
    standing_privileged: person && also.eligibleRead && summary.standingPrivileged,
    direct_despite_group: person && also.doubled,
    large_group: person && summary.large,
    custom_owner: person && summary.customOwner,
    orphan: variety !== 'platform' && status === 'not_found',
  }
  return SIGNALS.reduce((mask, signal, bit) => (shows[signal] ? mask | (1 << bit) : mask), 0)
}

function countSignals(holders: Holder[]): Partial<Record<Signal, number>> {
  const counts: Partial<Record<Signal, number>> = {}
  for (const { signals } of holders) {
    for (const [bit, signal] of SIGNALS.entries()) if (signals & (1 << bit)) counts[signal] = (counts[signal] ?? 0) + 1
  }
  return counts
}

function countRoles(holders: Holder[]): Record<string, RoleCount> {
  const counts: Record<string, RoleCount> = {}
  const of = (roleId: string) => (counts[roleId] ??= { people: 0, others: 0, eligible: 0 })
  for (const { kind, summary } of holders) {
    for (const roleId of summary.heldRoles) of(roleId)[kind === 'user' ? 'people' : 'others'] += 1
    for (const roleId of summary.eligibleOnlyRoles) {
      if (kind === 'user') of(roleId).eligible += 1
      else of(roleId).others += 1
    }
  }
  return counts
}
