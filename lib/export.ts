import { stringify } from 'csv-stringify/sync'
import type { Actor } from '@/db/actor'
import { listMatchingGrants, type MatchingGrant } from '@/db/queries/grants'
import { type HolderQuery, type HolderRow, listHolders } from '@/db/queries/holders'
import type { Snapshot } from '@/db/queries/snapshot'
import type { Cursor } from '@/lib/domain/views'

/** Without `who`, people. */
export type ExportQuery = Omit<HolderQuery, 'who'> & Partial<Pick<HolderQuery, 'who'>>

/** Holders read, written and let go at a time, each with all their grants: few reads, and little memory. */
const BATCH = 500

const COLUMNS = [
  'name',
  'email',
  'status',
  'guest',
  'role',
  'role_type',
  'privilege',
  'scope',
  'scope_level',
  'how',
  'group',
  'kind',
  'starts',
  'ends',
  'condition',
  'licence',
  'assigned_on',
  'first_seen',
]

/**
 * What those of a list have in a snapshot, as CSV: a row for each role, scope and kind they have, and for each group it
 * comes through, as far as the list's filters leave them. Read batch by batch as the browser takes them, in the order of
 * the list; all of them are of the one snapshot.
 */
export function exportAccess(
  actor: Actor,
  snapshot: Snapshot,
  query: ExportQuery,
  batch = BATCH,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let cursor: Cursor | null = null
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(CSV_START + toCsv([COLUMNS]))),
    pull: async (controller) => {
      const page = await listHolders(actor, snapshot, { who: 'people', ...query, cursor }, batch)
      const ids = page.rows.map(({ principalId }) => principalId)
      const grants = await listMatchingGrants(actor, snapshot, ids, query)
      const held = Map.groupBy(grants, ({ principalId }) => principalId)
      const rows = page.rows.flatMap((holder) =>
        (held.get(holder.principalId) ?? []).map((grant) => cells(holder, grant)),
      )
      if (rows.length > 0) controller.enqueue(encoder.encode(toCsv(rows)))
      cursor = page.next
      if (!cursor) controller.close()
    },
  })
}

function cells(holder: HolderRow, grant: MatchingGrant): (string | null)[] {
  return [
    holder.name ?? holder.principalId,
    holder.email,
    holder.status,
    holder.guest ? 'yes' : 'no',
    grant.roleName ?? grant.roleId,
    grant.custom ? 'custom' : 'built-in',
    grant.privilege,
    grant.scope,
    grant.level,
    grant.groupId ? 'Through group' : 'Direct',
    grant.groupId && (grant.groupName ?? grant.groupId),
    grant.kind,
    grant.startsAt?.toISOString() ?? null,
    grant.endsAt?.toISOString() ?? null,
    grant.condition,
    'Microsoft Azure',
    grant.assignedOn?.toISOString() ?? null,
    grant.firstSeen.toISOString(),
  ]
}

/** What makes a spreadsheet read a cell as a formula, full-width forms included; tab, CR, LF and NUL are skipped by some before they look. */
const FORMULA_START = /^[=+\-@\t\r\n\0＝＋－＠]/

/** Tells Excel that the file is UTF-8; it guesses a national code page otherwise. */
export const CSV_START = '\uFEFF'

/** A value no spreadsheet runs: display names come from other people's directories. */
export function formulaSafe(value: string): string {
  return FORMULA_START.test(value) ? `'${value}` : value
}

/** Lines of CSV (RFC 4180, CRLF), every cell formula-safe. Absent values are empty cells. */
export function toCsv(rows: readonly (readonly (string | null)[])[]): string {
  return stringify(
    rows.map((row) => row.map((value) => formulaSafe(value ?? ''))),
    { record_delimiter: 'windows', quoted_string: true },
  )
}

/** A file name that every system takes and that cannot break out of a header: letters, digits, dashes. */
export function csvFileName(label: string, at: Date): string {
  const words = label
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-zA-Z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .toLowerCase()
  return `${['rolecall', words, at.toISOString().slice(0, 10)].filter(Boolean).join('-')}.csv`
}
