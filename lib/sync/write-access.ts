import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '@/db/database'
import {
  assignments,
  connectionGroups,
  denyAssignments,
  groupMembers,
  groupNesting,
  groupOwners,
  holders,
  principals,
  roleDefinitions,
} from '@/db/schema/access'
import type { Access, HeldAssignment, Holder } from '@/lib/domain/access'
import { listIdsIn } from '@/lib/domain/condition-words'
import { listOfMember } from '@/lib/domain/group-coverage'
import { nestingOf } from '@/lib/domain/holders'
import type { ClaimedRun } from '@/lib/runs/runs'
import { jsonChunks, listColumns, listInSql, type RecordColumn, type RecordOf, selectRecords } from './json-records'
import { type IntervalRow, writeIntervals } from './write-intervals'

/** Columns of principals and roles that are not read from Azure: whose row it is, and what lists order it by. */
const NOT_READ = ['organisationId', 'tenantId', 'sortName'] as const

type PrincipalRecord = RecordOf<typeof principals, (typeof NOT_READ)[number]>
type RoleRecord = RecordOf<typeof roleDefinitions, (typeof NOT_READ)[number]>

/** Characters that lists are ordered by: an index row has room for some 2,700 bytes, and a cursor should stay short. */
const SORT_NAME_LENGTH = 200

/**
 * Stores what is known of everyone who has access and of the groups it runs through. Rows that say the same already are
 * left alone. What was read once is kept when it cannot be read any more: a deleted person still has a name.
 */
export async function writePrincipals(
  tx: Transaction,
  { organisationId, connection }: ClaimedRun,
  { principals: read }: Pick<Access, 'principals'>,
): Promise<void> {
  const columns = listColumns(principals, NOT_READ)
  const newest = ({ name, nullable }: RecordColumn) => {
    // Without an email nothing was read of the person, so whether they are a guest is not known either.
    if (name === 'guest') return 'case when excluded.email is null then known.guest else excluded.guest end'
    // The source belongs to the email that is kept, and somebody who is known again is not missing any more.
    if (name === 'email_source')
      return 'case when excluded.email is null then known.email_source else excluded.email_source end'
    if (name === 'missing_since')
      return `case when excluded.status = 'not_readable' then known.missing_since else excluded.missing_since end`
    return nullable ? `coalesce(excluded."${name}", known."${name}")` : `excluded."${name}"`
  }
  const records = read.values().map((one): PrincipalRecord => ({ ...one, guest: one.guest ?? false }))
  for (const chunk of jsonChunks(records)) {
    await tx.execute(sql`
      insert into principals as known (organisation_id, tenant_id, sort_name, ${listInSql(columns, quoteName)})
      select ${organisationId}, ${connection.tenantId}, left(lower(coalesce(name, email, id)), ${SORT_NAME_LENGTH}),
        ${listInSql(columns, quoteName)}
      from (${selectRecords(columns, chunk)}) as read
      on conflict (organisation_id, tenant_id, id) do update set
        ${listInSql(columns, (column) => `${quoteName(column)} = ${newest(column)}`)},
        sort_name = left(lower(coalesce(excluded.name, known.name, excluded.email, known.email, excluded.id)), ${SORT_NAME_LENGTH})
      where (${listInSql(columns, ({ name }) => `known."${name}"`)}) is distinct from (${listInSql(columns, newest)})
        -- What another tenant says of a principal never takes the place of what our own directory knows of it.
        and (excluded.kind <> 'delegate' or known.kind = 'delegate')`)
  }
}

/** What is stored of a role whose definition could not be read. */
const UNREAD_ROLE: Omit<RoleRecord, 'id'> = {
  name: null,
  custom: false,
  description: null,
  privilege: null,
  privileged: false,
  ownerEquivalent: false,
  permissions: [],
}

/**
 * Stores the definitions of the roles that are held here, and of those that a condition names. Rows that say the same already are left alone, and a
 * definition that was read once is kept when it cannot be read any more.
 */
export async function writeRoles(
  tx: Transaction,
  { organisationId, connection }: ClaimedRun,
  { assignments: held, roles }: Pick<Access, 'assignments' | 'roles'>,
): Promise<void> {
  const columns = listColumns(roleDefinitions, NOT_READ)
  const read = new Map(roles.map((role) => [role.id, role]))
  const named = held.flatMap(({ condition }) => (condition ? listIdsIn(condition) : []))
  const ids = new Set([...held.map(({ roleId }) => roleId), ...named.filter((id) => read.has(id))])
  const records = ids.values().map((id): RoleRecord => read.get(id) ?? { ...UNREAD_ROLE, id })
  for (const chunk of jsonChunks(records)) {
    await tx.execute(sql`
      insert into role_definitions as known (organisation_id, tenant_id, sort_name, ${listInSql(columns, quoteName)})
      select ${organisationId}, ${connection.tenantId}, left(lower(coalesce(name, id)), ${SORT_NAME_LENGTH}),
        ${listInSql(columns, quoteName)}
      from (${selectRecords(columns, chunk)}) as read
      on conflict (organisation_id, tenant_id, id) do update set
        ${listInSql(columns, ({ name }) => `"${name}" = excluded."${name}"`)}, sort_name = excluded.sort_name
      where excluded.name is not null
        and (${listInSql(columns, ({ name }) => `known."${name}"`)})
          is distinct from (${listInSql(columns, ({ name }) => `excluded."${name}"`)})`)
  }
}

const quoteName = ({ name }: RecordColumn) => `"${name}"`

/**
 * Brings the stored assignments to what was read, by differences.
 *
 * @returns how many (principal, role, scope, kind) appeared and disappeared, where a changed condition counts as neither; and the rows written
 */
export async function writeAssignments(
  tx: Transaction,
  run: ClaimedRun,
  read: HeldAssignment[],
  at: Date,
): Promise<{ gained: number; lost: number; written: number }> {
  // The key holds the scope, and Azure never changes the others of an assignment.
  const carried = ['scope', 'scopeLevel', 'startsAt', 'createdOn', 'createdBy'] as const
  const { written } = await writeIntervals(tx, run, at, { table: assignments, carried, refreshed: ['readAt'] }, read)
  return { ...(written === 0 ? { gained: 0, lost: 0 } : await countDifferences(tx, run)), written }
}

const Differences = z.object({ gained: z.coerce.number(), lost: z.coerce.number() })

async function countDifferences(tx: Transaction, { organisationId, id, connection }: ClaimedRun) {
  const own = sql`organisation_id = ${organisationId} and connection_id = ${connection.id}`
  const { rows } = await tx.execute(sql`
    with opened as (select principal_id, role_id, lower(scope) as scope, kind from assignments where ${own} and from_run_id = ${id}),
      closed as (select principal_id, role_id, lower(scope) as scope, kind from assignments where ${own} and to_run_id = ${id})
    select (select count(*) from (select * from opened except select * from closed) g) as gained,
      (select count(*) from (select * from closed except select * from opened) l) as lost`)
  return Differences.parse(rows[0])
}

/** Brings the stored deny assignments to what was read, by differences. Gives the rows written. */
export async function writeDenies(
  tx: Transaction,
  run: ClaimedRun,
  { denies }: Pick<Access, 'denies'>,
  at: Date,
): Promise<number> {
  const carried = ['scope', 'scopeLevel'] as const // both follow from the key
  const { written } = await writeIntervals(tx, run, at, { table: denyAssignments, carried }, denies)
  return written
}

/** Brings the stored groups, their direct members and which lies in which, to what was read, by differences. Gives the rows written. */
export async function writeGroups(
  tx: Transaction,
  run: ClaimedRun,
  { groups, roots, sizes }: Pick<Access, 'groups' | 'roots' | 'sizes'>,
  at: Date,
): Promise<number> {
  const groupRows = groups.values().map(
    ({ id, state, members, ages }): IntervalRow<typeof connectionGroups> => ({
      groupId: id,
      state,
      directMembers:
        state === 'whole' || state === 'partly' || ages.members !== null
          ? members.filter(({ membership }) => membership !== 'eligible').length
          : null,
      members: sizes.get(id) ?? null,
      readAt: ages.members,
      servicesReadAt: ages.services,
      eligibleReadAt: ages.eligible,
      ownersReadAt: ages.owners,
    }),
  )
  const memberRows = groups.values().flatMap(({ id, members, ages }) =>
    members.values().map(
      (member): IntervalRow<typeof groupMembers> => ({
        groupId: id,
        memberId: member.id,
        memberKind: member.kind,
        membership: member.membership,
        endsAt: member.endsAt,
        // What the age of the whole list says is not said of each row again.
        readAt: ages[listOfMember(member)] ? null : member.readAt,
      }),
    ),
  )
  const ownerRows = groups.values().flatMap(({ id, owners }) =>
    owners.values().map(
      (owner): IntervalRow<typeof groupOwners> => ({
        groupId: id,
        ownerId: owner.id,
        ownerKind: owner.kind,
        ownership: owner.ownership,
        endsAt: owner.endsAt,
      }),
    ),
  )
  const nestingRows = roots.values().flatMap((groupId) =>
    nestingOf(groups, groupId).map(
      ({ id: innerId, depth, kind, readAt }): IntervalRow<typeof groupNesting> => ({
        groupId,
        innerId,
        depth: groups.get(innerId)?.state === 'flat' ? null : depth,
        membership: kind,
        readAt: readAt,
      }),
    ),
  )
  const written = [
    await writeIntervals(tx, run, at, { table: connectionGroups }, groupRows),
    await writeIntervals(tx, run, at, { table: groupMembers, refreshed: ['readAt'] }, memberRows),
    await writeIntervals(tx, run, at, { table: groupOwners }, ownerRows),
    await writeIntervals(tx, run, at, { table: groupNesting }, nestingRows),
  ]
  return written.reduce((sum, one) => sum + one.written, 0)
}

/** How long closed rows of holders are kept: longer than any page or export that reads an earlier result. */
const HOLDERS_KEPT_HOURS = 6

/** Brings the stored holders to what was summed up, by differences, and deletes those that nobody reads any more. Gives the rows written. */
export async function writeHolders(tx: Transaction, run: ClaimedRun, summed: Holder[], at: Date): Promise<number> {
  const { organisationId, connection } = run
  await tx.execute(sql`
    delete from holders where organisation_id = ${organisationId} and connection_id = ${connection.id}
      and valid_to < ${at.toISOString()}::timestamptz - make_interval(hours => ${HOLDERS_KEPT_HOURS})`)
  const rows = summed.values().map(
    ({ principalId, kind, status, guest, signals, summary }): IntervalRow<typeof holders, 'sortName' | 'guest'> => ({
      principalId,
      kind,
      status,
      guest,
      sortName: null,
      strongest: summary.shown.strength,
      roleId: summary.shown.roleId,
      scope: summary.shown.scope,
      scopeLevel: summary.shown.level,
      assignmentKind: summary.shown.kind,
      groupId: summary.groupId,
      eligibleRoleId: summary.eligibleBetter?.roleId ?? null,
      eligibleStrongest: summary.eligibleBetter?.strength ?? null,
      grants: summary.grants,
      direct: summary.direct,
      eligible: summary.eligible,
      groups: summary.groups,
      unreadSince: summary.unreadSince,
      signals,
    }),
  )
  // The name they are ordered by may be one that was read earlier, and so may be whether they are a guest.
  const complete = sql`update incoming i set sort_name = p.sort_name, guest = coalesce(i.guest, p.guest)
    from principals p where p.organisation_id = ${organisationId} and p.tenant_id = ${connection.tenantId} and p.id = i.principal_id`
  const { written } = await writeIntervals<typeof holders, 'sortName' | 'guest'>(
    tx,
    run,
    at,
    { table: holders, carried: ['scopeLevel'], complete },
    rows,
  )
  return written
}
