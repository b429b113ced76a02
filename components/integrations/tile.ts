import type { ConnectionStatus } from '@/lib/domain/connection-status'
import type { SignalCount } from '@/lib/domain/vocabulary'

/** A connection as it is shown among others, on a tile or in a row of a table. */
export type Tile = {
  id: string
  integration: string
  href: string
  label: string
  /** Null where the label says it already. */
  subscriptionName: string | null
  subscriptionId: string
  tenantId: string
  /** The tenant's name; its ID is shown where the name is not known. */
  tenantName: string | null
  /** How many people have access; null before the first result. */
  people: number | null
  /** Who can grant access in the whole subscription. */
  canGrant: SignalCount
  /** Of whom nothing could be read at the last sync, so that an earlier reading stands in. */
  unread: number
  /**
   * What changed since the reader was here before, in words, with the address of these changes; without one where none were
   * seen. Null on their first visit.
   */
  changed: { words: string; href: string | null } | null
  /** The state with its cause beside it; the age of the data is told apart. */
  status: ConnectionStatus
  /** When the data was read that is shown; null before the first result. */
  readAt: Date | null
  /** How many other connections wait for the same account to be signed in again. */
  othersWaiting: number
}

/** How many people have access, and how many can grant it: `59 people · 9 can grant access`. */
export function describePeople(people: number, { canGrant, unread }: Pick<Tile, 'canGrant' | 'unread'>): string {
  const counted = people === 1 ? '1 person' : `${people.toLocaleString('en')} people`
  const parts = [counted, `${describeGranting(canGrant)} can grant access`]
  if (unread > 0) parts.push(`${unread.toLocaleString('en')} not read now`)
  return parts.join(' · ')
}

/** Whoever can grant access, people first: `12 and 3 others`. */
export function describeGranting({ people, others }: SignalCount): string {
  if (people + others === 0) return 'none'
  const count = people.toLocaleString('en')
  if (others === 0) return count
  return `${count} and ${others === 1 ? '1 other' : `${others.toLocaleString('en')} others`}`
}
