import { and, eq, inArray, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import { getDb } from '@/db/client'
import { changes } from '@/db/schema/changes'
import { type AuthorizationEvent, readAuthorizationEvents } from '@/lib/azure/activity-log'
import type { Azure } from '@/lib/azure/client/clients'
import { type DirectoryEvent, type PersonEvent, readDirectoryEvents } from '@/lib/azure/directory-audits'
import type { Initiator } from '@/lib/domain/initiators'
import { LISTED_HOURS } from '@/lib/domain/retention'
import type { ChangeCause, PrincipalStatus } from '@/lib/domain/vocabulary'
import { log } from '@/lib/log'

/** Of whose changes the initiators are to be named: an account, and the subscription that it has just read. */
type Named = {
  organisationId: string
  accountId: string
  connectionId: string
  /** The optional permissions that the tenant grants. */
  granted: readonly string[]
}

/** For how long after a change Microsoft's logs are asked who did it: they may tell it late, but not for ever. */
const ASKED_FOR_HOURS = 6

/** Minutes after which the logs are asked again about a change that they did not tell of. */
const ASKED_AGAIN_MINUTES = 10

/** The logs are asked from this long before a change could have happened on, since the clocks of two services differ. */
const SLACK_MS = 5 * 60_000

/** Changes that are named at once. */
const MOST_NAMED = 500

/** What the activity log tells of, and what the audit log of the directory does. */
const OF_AZURE: readonly ChangeCause[] = ['assignment', 'role']
const OF_DIRECTORY: readonly ChangeCause[] = ['membership', 'group', 'person']

/** What it takes to read the audit log of the directory. */
const AUDIT_SCOPES = ['AuditLog.Read.All', 'Directory.Read.All']

/**
 * Asks Microsoft's logs who made the latest changes, where these do not say it themselves or only by an id that nobody knows: the
 * activity log of the subscription and of what is above it, and the audit log of the directory where the account may read it. Called
 * after a publish. What cannot be read leaves the changes without a name; a failure is only logged, because the result is published.
 *
 * A change is asked about for six hours, every ten minutes at most, by whichever sync comes first.
 */
export async function nameInitiators(azure: Azure, named: Named): Promise<void> {
  try {
    const unnamed = await takeUnnamed(named)
    if (unnamed.length === 0) return
    for (const [scope, ofScope] of Map.groupBy(
      unnamed.filter(({ nodeScope }) => nodeScope !== null),
      ({ nodeScope }) => nodeScope ?? '/',
    )) {
      const { events } = await readAuthorizationEvents(azure, scope, beginOf(ofScope))
      await store(named, ofScope, (change) => findAuthorizationEvent(change, events))
    }
    const ofDirectory = unnamed.filter(({ cause }) => OF_DIRECTORY.includes(cause))
    if (ofDirectory.length === 0) return
    const { events } = await readDirectoryEvents(azure, beginOf(ofDirectory))
    await store(named, ofDirectory, (change) => findDirectoryEvent(change, events))
  } catch (error) {
    log().warn({ event: 'changes_not_named', accountId: named.accountId, connectionId: named.connectionId, error })
  }
}

type Taken = Pick<
  typeof changes.$inferSelect,
  'id' | 'at' | 'after' | 'cause' | 'turn' | 'key' | 'groupId' | 'principalId' | 'roleId' | 'detail'
> & {
  /** Of a change at a node: the scope whose log tells of it. */
  nodeScope: string | null
}

/** The latest changes that nobody is named for, marked as asked about, so that no other sync asks at the same time. */
async function takeUnnamed({ organisationId, accountId, connectionId, granted }: Named): Promise<Taken[]> {
  const db = await getDb({ organisationId })
  const mayAudit = AUDIT_SCOPES.every((scope) => granted.includes(scope))
  const ofChain = sql`select n.node_id from connection_nodes n where n.organisation_id = ${organisationId}
    and n.connection_id = ${connectionId} and n.valid_to is null`
  const isAsked = or(
    and(inArray(changes.cause, OF_AZURE), sql`(${changes.nodeId} in (${ofChain}) or ${changes.cause} = 'role')`),
    mayAudit ? inArray(changes.cause, OF_DIRECTORY) : undefined,
  )
  const isDue = (after: SQL) => or(isNull(changes.askedAt), lt(changes.askedAt, after))
  const taken = await db
    .update(changes)
    .set({ askedAt: sql`now()` })
    .where(
      and(
        eq(changes.organisationId, organisationId),
        inArray(
          changes.id,
          db
            .select({ id: changes.id })
            .from(changes)
            .where(
              and(
                eq(changes.organisationId, organisationId),
                eq(changes.accountId, accountId),
                sql`${changes.at} > now() - make_interval(hours => ${ASKED_FOR_HOURS})`,
                isNull(changes.byName),
                sql`not exists (select from principals p where p.organisation_id = ${organisationId}
                  and p.tenant_id = ${changes.tenantId} and p.id = ${changes.byId} and p.name is not null)`,
                isDue(sql`now() - make_interval(mins => ${ASKED_AGAIN_MINUTES})`),
                isAsked,
              ),
            )
            .limit(MOST_NAMED),
        ),
        isDue(sql`now() - make_interval(mins => ${ASKED_AGAIN_MINUTES})`),
      ),
    )
    .returning({
      id: changes.id,
      at: changes.at,
      after: changes.after,
      cause: changes.cause,
      turn: changes.turn,
      key: changes.key,
      groupId: changes.groupId,
      principalId: changes.principalId,
      roleId: changes.roleId,
      detail: changes.detail,
      nodeScope: sql<string | null>`case when ${changes.cause} in ('assignment', 'role') then coalesce(
        (select scope from nodes where nodes.organisation_id = ${organisationId} and nodes.id = ${changes.nodeId}),
        (select scope from nodes join connection_nodes n on n.organisation_id = nodes.organisation_id and n.node_id = nodes.id
          where n.organisation_id = ${organisationId} and n.connection_id = ${connectionId} and n.valid_to is null
          order by n.place desc limit 1)) end`,
    })
  return taken
}

/** When a change can have happened at the earliest, in milliseconds. Graph may tell of what happens in a directory hours later. */
const earliestOf = ({ at, after, cause }: Taken): number =>
  (after ?? at).getTime() - SLACK_MS - (OF_DIRECTORY.includes(cause) ? LISTED_HOURS * 3_600_000 : 0)

/** From when on the logs have to be asked. */
const beginOf = (some: Taken[]): Date => new Date(Math.min(...some.map(earliestOf)))

/** An event of a log that says who did something, and when. */
type Initiated = { by: Initiator; at: Date }

/** The last event that may be a change: about the same thing, and from the time in which it can have happened. */
const lastOf = <Event extends Initiated>(change: Taken, events: Event[]): Event | undefined =>
  events.filter(({ at }) => at.getTime() >= earliestOf(change) && at.getTime() <= change.at.getTime() + SLACK_MS).at(-1)

function findAuthorizationEvent(change: Taken, events: AuthorizationEvent[]): Initiated | undefined {
  const kind = change.turn === 'ended' ? 'assignment_deleted' : 'assignment_written'
  return lastOf(
    change,
    events.filter((event) => {
      // Whoever elevates their access gives themselves a role at the root, which no event of its own tells.
      if (event.kind === 'access_elevated')
        return change.turn === 'begun' && isElevation(change) && event.by.id?.toLowerCase() === change.principalId
      if ('key' in event) return change.cause === 'assignment' && event.kind === kind && event.key === change.key
      return change.cause === 'role' && event.kind === 'role_written' && event.roleId === change.roleId
    }),
  )
}

/** What elevating one's access assigns. Source: Microsoft's page elevate-access-global-admin. */
const USER_ACCESS_ADMINISTRATOR = '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9'

const isElevation = ({ key, roleId }: Taken): boolean =>
  roleId === USER_ACCESS_ADMINISTRATOR && (key?.startsWith('/ ') ?? false)

const PERSON_EVENTS: Partial<Record<PrincipalStatus, readonly PersonEvent['kind'][]>> = {
  active: ['user_enabled', 'user_restored'],
  disabled: ['user_disabled'],
  deleted: ['user_deleted'],
  not_found: ['user_purged'],
}

function findDirectoryEvent(change: Taken, events: DirectoryEvent[]): Initiated | undefined {
  const isIt = (event: DirectoryEvent): boolean => {
    if ('personId' in event) {
      const kinds = change.detail.status && PERSON_EVENTS[change.detail.status.after]
      return (
        change.cause === 'person' && event.personId === change.principalId && (kinds?.includes(event.kind) ?? false)
      )
    }
    if (event.kind === 'group_deleted')
      return change.cause === 'group' && change.turn === 'ended' && event.groupId === change.groupId
    const kind = change.turn === 'ended' ? 'member_removed' : 'member_added'
    const isMember = event.groupId === change.groupId && event.memberId === change.principalId
    return change.cause === 'membership' && event.kind === kind && isMember
  }
  return lastOf(change, events.filter(isIt))
}

/**
 * Stores who did it, where it was found, in one statement. An event that an earlier change of the same is known by already is not this
 * one, of which the log does not tell yet.
 */
async function store(
  { organisationId }: Named,
  some: Taken[],
  find: (change: Taken) => Initiated | undefined,
): Promise<void> {
  const found = some.flatMap((change) => {
    const event = find(change)
    if (!event) return []
    const { by, at } = event
    const name = by.name ?? by.clientId
    if (!by.id && !name) return []
    return [{ id: change.id, byId: by.id?.toLowerCase() ?? null, byName: name, byAt: at.toISOString() }]
  })
  if (found.length === 0) return
  const db = await getDb({ organisationId })
  await db.execute(sql`
    update changes c set by_id = coalesce(told."byId", c.by_id), by_name = told."byName", by_at = told."byAt"
    from jsonb_to_recordset(${JSON.stringify(found)}::jsonb) as told(id uuid, "byId" text, "byName" text, "byAt" timestamptz)
    where c.organisation_id = ${organisationId} and c.id = told.id and not exists (
      select from changes earlier where earlier.organisation_id = c.organisation_id and earlier.account_id = c.account_id
        and earlier.at < c.at and earlier.by_at = told."byAt" and (earlier.cause, earlier.turn) = (c.cause, c.turn)
        and (earlier.key, earlier.group_id, earlier.principal_id, earlier.role_id)
          is not distinct from (c.key, c.group_id, c.principal_id, c.role_id))`)
}
