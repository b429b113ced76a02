import { and, eq, gt, isNull, lte, or, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Actor } from '@/db/actor'
import type { Published } from './access-rows'

type OfConnection = { organisationId: PgColumn; connectionId: PgColumn; validFrom: PgColumn; validTo: PgColumn }

/** The rows of a table of validity intervals that a snapshot shows. Keeps to the actor's organisation. */
export function inSnapshot(table: OfConnection, actor: Actor, { id, publishedAt }: Published): SQL | undefined {
  return and(
    eq(table.organisationId, actor.organisationId),
    eq(table.connectionId, id),
    lte(table.validFrom, publishedAt),
    or(isNull(table.validTo), gt(table.validTo, publishedAt)),
  )
}
