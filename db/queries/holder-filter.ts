import { and, eq, notInArray, type SQL, sql } from 'drizzle-orm'
import { holders, principals } from '@/db/schema'
import { type PersonStatus, SIGNALS, type Signal } from '@/lib/domain/vocabulary'
import type { GrantFilter } from './grant-filter'
import { searchText } from './search-text'

export type HolderFilter = GrantFilter & {
  /** `groups` are those of the directory that hold assignments; `others` are neither people nor those, groups of another tenant among them. */
  who: 'people' | 'others' | 'groups'
  /** Part of a name or an email; empty for all. */
  search: string
  status: PersonStatus | null
  signal: Signal | null
}

const KINDS: Record<HolderFilter['who'], SQL> = {
  people: eq(holders.kind, 'user'),
  groups: eq(holders.kind, 'group'),
  others: notInArray(holders.kind, ['user', 'group']),
}

/** What a filter leaves of the holders, but for what it asks of their grants. A search needs `toHolder` joined. */
export function holderMatches({ who, search, status, signal }: HolderFilter): SQL | undefined {
  return and(
    KINDS[who],
    searchText(search, [principals.name, principals.email]),
    status ? eq(holders.status, status) : undefined,
    signal ? showsSignal(signal) : undefined,
  )
}

export const showsSignal = (signal: Signal): SQL =>
  sql`${holders.signals} & ${sql.raw(String(1 << SIGNALS.indexOf(signal)))} <> 0`

/** The signals of a bit mask, in the order of `SIGNALS`. */
export const signalsOf = (mask: number): Signal[] => SIGNALS.filter((_, bit) => mask & (1 << bit))

/** Joins a holder to what is known of them; a left join, since somebody nothing was ever read about is still one. */
export const toHolder = and(
  eq(principals.organisationId, holders.organisationId),
  eq(principals.tenantId, holders.tenantId),
  eq(principals.id, holders.principalId),
)
