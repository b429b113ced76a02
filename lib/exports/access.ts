import type { Actor } from '@/db/actor'
import { listMatchingGrants, type MatchingGrant } from '@/db/queries/grants'
import { type HolderQuery, type HolderRow, listHolders } from '@/db/queries/holders'
import type { Snapshot } from '@/db/queries/snapshot'
import type { Cursor } from '@/lib/domain/views'
import { CSV_START, toCsv } from './csv'

/** Which holders to export; people when `who` is left out. */
type ExportQuery = Omit<HolderQuery, 'who'> & Partial<Pick<HolderQuery, 'who'>>

const BATCH = 500 // holders that are in memory at a time, each with all their grants: few reads and little memory

/**
 * The access of everyone in a list, as CSV in the order of the list: a row for each role, scope and kind that somebody has,
 * and for each group it comes through, as far as the list's filters ask for it. It is read batch by batch as the browser
 * takes it, and all of it is of the one snapshot.
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
    start: (controller) => controller.enqueue(encoder.encode(CSV_START + toCsv([Object.keys(COLUMNS)]))),
    pull: async (controller) => {
      const page = await listHolders(actor, snapshot, { who: 'people', ...query, cursor }, batch)
      const ids = page.rows.map(({ principalId }) => principalId)
      const grants = await listMatchingGrants(actor, snapshot, ids, query)
      const held = Map.groupBy(grants, ({ principalId }) => principalId)
      const rows = page.rows.flatMap((holder) =>
        (held.get(holder.principalId) ?? []).map((grant) => Object.values(COLUMNS).map((cell) => cell(holder, grant))),
      )
      if (rows.length > 0) controller.enqueue(encoder.encode(toCsv(rows)))
      cursor = page.next
      if (!cursor) controller.close()
    },
  })
}

/** The columns in their order, each with what it holds of a holder and one of their grants. */
const COLUMNS: Record<string, (holder: HolderRow, grant: MatchingGrant) => string | null> = {
  name: (holder) => holder.name ?? holder.principalId,
  email: (holder) => holder.email,
  status: (holder) => holder.status,
  guest: (holder) => (holder.guest ? 'yes' : 'no'),
  role: (_, grant) => grant.roleName ?? grant.roleId,
  // Of a role whose definition was never read it is not known either whether it is a custom one.
  role_type: (_, grant) => (grant.roleName === null ? 'unknown' : grant.custom ? 'custom' : 'built-in'),
  privilege: (_, grant) => grant.privilege,
  scope: (_, grant) => grant.scope,
  scope_level: (_, grant) => grant.level,
  how: (_, grant) => (grant.groupId ? 'Through group' : 'Direct'),
  group: (_, grant) => grant.groupId && (grant.groupName ?? grant.groupId),
  kind: (_, grant) => grant.kind,
  starts: (_, grant) => grant.startsAt?.toISOString() ?? null,
  ends: (_, grant) => grant.endsAt?.toISOString() ?? null,
  condition: (_, grant) => grant.condition,
  licence: () => 'Microsoft Azure',
  assigned_on: (_, grant) => grant.assignedOn?.toISOString() ?? null,
  first_seen: (_, grant) => grant.firstSeen.toISOString(),
  // Two people may have one name and one address. New columns come last, so that those who read by position go on.
  object_id: (holder) => holder.principalId,
  tenant_id: (holder) => holder.tenantId,
  principal_type: (holder) => holder.kind,
  /** The kind of service principal, or that it is an agent; the tenant of a delegate; what the email is taken from. */
  variety: (holder) => holder.variety,
  organisation: (holder) => holder.organisation,
  email_source: (holder) => holder.emailSource,
  /** When it was read last, if an earlier reading stands in for one that was refused. */
  not_read_since: (_, grant) => grant.readAt?.toISOString() ?? null,
}
