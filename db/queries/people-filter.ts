import { and, eq, gt, isNull, lte, ne, or, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { connections, holders, principals } from '@/db/schema'
import { type PersonStatus, PRIVILEGES, type Privilege, type Signal } from '@/lib/domain/vocabulary'
import { showsSignal } from './holder-filter'
import { searchText } from './search-text'

export type PeopleFilter = {
  /** Part of a name or an email; empty for all. */
  search: string
  status: PersonStatus | null
  /** Shown in any of the subscriptions. */
  signal?: Signal | null
  /** A role that amounts to at least this in any of the subscriptions, held or only eligible. */
  minimum?: Privilege | null
}

/** Whoever has access in a connected subscription as its readers see it now: each connection at its own published moment. */
export const holdersNow = and(
  eq(holders.organisationId, connections.organisationId),
  eq(holders.connectionId, connections.id),
  lte(holders.validFrom, connections.publishedAt),
  or(isNull(holders.validTo), gt(holders.validTo, connections.publishedAt)),
  ne(connections.state, 'disconnected'),
)

/** What a filter asks of the person. */
export const personMatches = ({ search, status }: PeopleFilter): SQL | undefined =>
  and(searchText(search, [principals.name, principals.email]), status ? eq(principals.status, status) : undefined)

/** What a filter asks of their access in one of the subscriptions. */
const holdingMatches = ({ signal, minimum }: PeopleFilter): SQL | undefined =>
  and(
    signal ? showsSignal(signal) : undefined,
    minimum
      ? lte(sql`least(${holders.strongest}, ${holders.eligibleStrongest})`, PRIVILEGES.indexOf(minimum) + 1)
      : undefined,
  )

/** Everyone who has access now that meets what a filter asks of it, each once: `tenant_id, principal_id`. */
export const holdersMatching = (actor: Actor, filter: PeopleFilter): SQL => sql`
  select distinct ${holders.tenantId}, ${holders.principalId} from ${holders}
  join ${connections} on ${holdersNow}
  where ${and(eq(holders.organisationId, actor.organisationId), eq(holders.kind, 'user'), holdingMatches(filter))}`
