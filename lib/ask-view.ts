import type { Cursor } from '@/db/queries/keyset'
import { cursorParams, parseCursor, query, type SearchParams } from './access-view'
import type { Plane } from './rbac/plane-of'

/** What a page that asks "who can …?" is asked, as its address says it. Texts are as typed: whether they make sense is judged elsewhere. */
export type AskView = {
  /** A role's GUID. */
  roleId: string | null
  /** An Azure resource ID as typed; empty for anywhere. */
  scope: string
  /** An operation as typed; empty for any. */
  operation: string
  /** Whether it is asked about as managing a resource or as what is in one; null for the likelier of the two. */
  plane: Plane | null
  who: 'people' | 'others'
  cursor: Cursor | null
}

const PLANES: readonly Plane[] = ['control', 'data']
const ROLE_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
/** Longest text kept from an address, in characters: the deepest resources of Azure stay well below. */
const LONGEST_TEXT = 1024

/** Reads the questions from an address. A role that is no GUID is not asked for. */
export function parseAskView(params: SearchParams): AskView {
  const role = text(params.role).toLowerCase()
  return {
    roleId: ROLE_ID.test(role) ? role : null,
    scope: text(params.scope),
    operation: text(params.operation),
    plane: PLANES.find((plane) => plane === params.plane) ?? null,
    who: text(params.who) === 'others' ? 'others' : 'people',
    cursor: parseCursor(params),
  }
}

/** The query of an address that asks this, with a leading `?`, or empty when nothing is asked. */
export function formatAskView({ roleId, scope, operation, plane, who, cursor }: AskView): string {
  return query({ role: roleId, scope, operation, plane, who: who === 'people' ? null : who, ...cursorParams(cursor) })
}

function text(value: string | string[] | undefined): string {
  const one = (Array.isArray(value) ? value[0] : value) ?? ''
  return one.replaceAll('\0', '').trim().slice(0, LONGEST_TEXT)
}
