import { type AnyColumn, and, eq, gt, isNull, lte, or, type SQL } from 'drizzle-orm'
import type { Actor } from '@/db/actor'

/** A connection's published result, which there is. */
export type Published = { id: string; publishedAt: Date }

type OfConnection = {
  organisationId: AnyColumn
  connectionId: AnyColumn
  validFrom: AnyColumn
  validTo: AnyColumn
}

/** The rows of a connection's table that were valid at the moment of a published result. Keeps to the actor's organisation. */
export function validAt(table: OfConnection, actor: Actor, { id, publishedAt }: Published): SQL | undefined {
  return and(
    eq(table.organisationId, actor.organisationId),
    eq(table.connectionId, id),
    lte(table.validFrom, publishedAt),
    or(isNull(table.validTo), gt(table.validTo, publishedAt)),
  )
}
