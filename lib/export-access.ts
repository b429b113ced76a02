import type { Actor } from '@/db/actor'
import { listMatchingGrants, type MatchingGrant } from '@/db/queries/grants'
import { type HolderQuery, type HolderRow, listHolders } from '@/db/queries/holders'
import type { Cursor } from '@/db/queries/keyset'
import type { Snapshot } from '@/db/queries/snapshot'
import { CSV_START, toCsv } from './csv'

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
