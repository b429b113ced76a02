import type { ScopeLevel } from '@/lib/domain/vocabulary'
import { type Grant, WRITES_DATA } from './grants-of'

/** Grants as somebody has them: their own, and those of the groups they are in. */
export type Holding = { own: Grant[]; through: { groupId: string; large: boolean; grants: Grant[] }[] }

/** What lists show of somebody's grants, whoever they are: the same for everyone in the same groups. */
export type Summary = {
  shown: Grant
  groupId: string | null
  /** An eligible role stronger than anything held. */
  eligibleBetter: Grant | null
  grants: number
  direct: number
  eligible: number
  groups: number
  canGrant: boolean
  writes: boolean
  standingPrivileged: boolean
  large: boolean
  customOwner: boolean
  heldRoles: string[]
  eligibleOnlyRoles: string[]
}

const WIDEST_FIRST: ScopeLevel[] = ['root', 'management_group', 'subscription', 'resource_group', 'resource']
const HELD_FIRST = ['active', 'activated', 'eligible']

type Way = { grant: Grant; groupId: string | null }

/** Strongest first; of equals what is held before what is eligible, wide before narrow, direct before through a group. */
function byStrength(one: Way, other: Way): number {
  return (
    one.grant.strength - other.grant.strength ||
    HELD_FIRST.indexOf(one.grant.kind) - HELD_FIRST.indexOf(other.grant.kind) ||
    WIDEST_FIRST.indexOf(one.grant.level) - WIDEST_FIRST.indexOf(other.grant.level) ||
    Number(one.groupId !== null) - Number(other.groupId !== null) ||
    compareText(one.grant.what, other.grant.what) ||
    compareText(one.groupId ?? '', other.groupId ?? '')
  )
}

const compareText = (one: string, other: string) => (one < other ? -1 : Number(one > other))

/** Sums up a holding; null for one without any grant. */
export function summariseGrants({ own, through }: Holding): Summary | null {
  const ways: Way[] = [
    ...own.map((grant) => ({ grant, groupId: null })),
    ...through.flatMap(({ groupId, grants }) => grants.map((grant) => ({ grant, groupId }))),
  ]
  const held = ways.filter(({ grant }) => grant.kind !== 'eligible').sort(byStrength)
  const eligible = ways.filter(({ grant }) => grant.kind === 'eligible').sort(byStrength)
  const shown = held[0] ?? eligible[0]
  if (!shown) return null

  const strongestEligible = eligible[0]?.grant ?? null
  const heldRoles = new Set(held.map(({ grant }) => grant.roleId))
  const eligibleRoles = new Set(eligible.map(({ grant }) => grant.roleId))
  return {
    shown: shown.grant,
    groupId: shown.groupId,
    eligibleBetter:
      strongestEligible && held[0] && strongestEligible.strength < held[0].grant.strength ? strongestEligible : null,
    grants: distinct(ways),
    direct: new Set(own.map(({ what }) => what)).size,
    eligible: distinct(eligible),
    groups: through.length,
    canGrant: ways.some(({ grant }) => grant.strength === 1),
    writes: ways.some(({ grant }) => grant.strength <= WRITES_DATA),
    standingPrivileged: held.some(({ grant }) => grant.kind === 'active' && grant.endsAt === null && grant.privileged),
    large: through.some((group) => group.large),
    customOwner: ways.some(({ grant }) => grant.customOwner),
    heldRoles: [...heldRoles],
    eligibleOnlyRoles: [...eligibleRoles.difference(heldRoles)],
  }
}

const distinct = (ways: Way[]) => new Set(ways.map(({ grant }) => grant.what)).size
