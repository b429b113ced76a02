import type { Cursor, Direction } from '@/db/queries/keyset'
import type { PeopleFilter } from '@/db/queries/people-filter'
import type { Privilege } from '@/lib/domain/vocabulary'
import {
  cursorParams,
  parseCursor,
  parseDirection,
  parseSearch,
  parseSignal,
  parseStatus,
  query,
  type SearchParams,
} from './access-view'

/** The whole state of a list of people over all subscriptions, as its address holds it. */
export type PeopleView = Required<PeopleFilter> & {
  direction: Direction
  cursor: Cursor | null
  /** The first of the subscriptions that the matrix shows as columns, counted from 0. */
  from: number
}

const MINIMUMS = [
  'grants_access',
  'writes',
  'writes_data',
  'reads_data',
  'reads',
] as const satisfies readonly Privilege[]

/** Reads a view from an address. Whatever is not understood is left at its default. */
export function parsePeopleView(params: SearchParams): PeopleView {
  const from = Number(params.from)
  return {
    search: parseSearch(params),
    status: parseStatus(params),
    signal: parseSignal(params),
    minimum: MINIMUMS.find((minimum) => minimum === params.min) ?? null,
    direction: parseDirection(params),
    cursor: parseCursor(params),
    from: Number.isSafeInteger(from) && from > 0 ? from : 0,
  }
}

/** The query of an address that opens this view, with a leading `?`, or empty for the default view. */
export function formatPeopleView(view: PeopleView): string {
  return query({
    q: view.search,
    status: view.status,
    signal: view.signal,
    min: view.minimum,
    dir: view.direction === 'desc' ? 'desc' : null,
    from: view.from > 0 ? String(view.from) : null,
    ...cursorParams(view.cursor),
  })
}
