import type { Actor } from '@/db/actor'
import type { Snapshot } from '@/db/queries/access-rows'
import type { Cursor } from '@/db/queries/keyset'
import { type AccessQuery, type AccessRow, listAccess } from '@/db/queries/list-access'
import { CSV_START, toCsv } from './csv'
import { howReached } from './how-reached'

/** Rows read, written and let go at a time: large enough for few reads, small enough for little memory. */
const BATCH = 1000

const COLUMNS = [
  'name',
  'email',
  'status',
  'guest',
  'role',
  'role_type',
  'scope',
  'scope_level',
  'how',
  'licence',
  'assigned_on',
  'first_seen',
]

/** A snapshot's rows as CSV, read batch by batch as the browser takes them. All of them are of the one snapshot. */
export function exportAccess(
  actor: Actor,
  snapshot: Snapshot,
  query: AccessQuery,
  batch = BATCH,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let cursor: Cursor | null = null
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(CSV_START + toCsv([COLUMNS]))),
    pull: async (controller) => {
      const page = await listAccess(actor, snapshot, { ...query, cursor }, batch)
      if (page.rows.length > 0) controller.enqueue(encoder.encode(toCsv(page.rows.map(cells))))
      cursor = page.next
      if (!cursor) controller.close()
    },
  })
}

function cells(row: AccessRow): (string | null)[] {
  return [
    row.name ?? row.personId,
    row.email,
    row.status,
    row.guest ? 'yes' : 'no',
    row.roleName ?? row.roleId,
    row.custom ? 'custom' : 'built-in',
    row.scope,
    row.level,
    howReached(row.level),
    'Microsoft Azure',
    row.assignedOn?.toISOString() ?? null,
    row.firstSeen.toISOString(),
  ]
}
