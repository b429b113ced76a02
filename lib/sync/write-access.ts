import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '@/db/database'
import type { Access, HeldAssignment, Holder } from '@/lib/domain/access'
import { nestingOf } from '@/lib/domain/holders'
import type { ClaimedRun } from '@/lib/runs/runs'
import { jsonChunks, writeIntervals } from './write-intervals'

/** Brings the stored groups, their direct members and which lies in which, to what was read, by differences. Gives the rows written. */
export async function writeGroups(
  tx: Transaction,
  run: ClaimedRun,
  { groups, roots, sizes }: Pick<Access, 'groups' | 'roots' | 'sizes'>,
  at: Date,
): Promise<number> {
  const groupRows = await writeIntervals(
    tx,
    run,
    at,
    {
      table: 'connection_groups',
      columns: {
        group_id: { type: 'text', part: 'key' },
        state: { type: 'text', part: 'compared' },
        direct_members: { type: 'integer', part: 'compared' },
        members: { type: 'integer', part: 'compared' },
      },
    },
    groups.values().map(({ id, state, members }) => ({
      group_id: id,
      state,
      direct_members: state === 'whole' ? members.length : null,
      members: sizes.get(id) ?? null,
    })),
  )
  const memberRows = await writeIntervals(
    tx,
    run,
    at,
    {
      table: 'group_members',
      columns: {
        group_id: { type: 'text', part: 'key' },
        member_id: { type: 'text', part: 'key' },
        member_kind: { type: 'text', part: 'compared' },
      },
    },
    groups
      .values()
      .flatMap(({ id, members }) =>
        members.values().map((member) => ({ group_id: id, member_id: member.id, member_kind: member.kind })),
      ),
  )
  const nestingRows = await writeIntervals(
    tx,
    run,
    at,
    {
      table: 'group_nesting',
      columns: {
        group_id: { type: 'text', part: 'key' },
        inner_id: { type: 'text', part: 'key' },
        depth: { type: 'integer', part: 'compared' },
      },
    },
    roots.values().flatMap((groupId) =>
      nestingOf(groups, groupId)
        .entries()
        .map(([id, depth]) => ({
          group_id: groupId,
          inner_id: id,
          depth: groups.get(id)?.state === 'flat' ? null : depth,
        })),
    ),
  )
  return groupRows.written + memberRows.written + nestingRows.written
}

const Counted = z.object({ gained: z.coerce.number(), lost: z.coerce.number() })

/**
 * Brings the stored assignments to what was read, by differences.
 *
 * @returns how many (principal, role, scope, kind) appeared and disappeared, one whose condition changed being neither; and the rows written
 */
export async function writeAssignments(
  tx: Transaction,
  run: ClaimedRun,
  read: HeldAssignment[],
  at: Date,
): Promise<{ gained: number; lost: number; written: number }> {
  const { written } = await writeIntervals(
    tx,
    run,
    at,
    {
      table: 'assignments',
      columns: {
        key: { type: 'text', part: 'key' },
        principal_id: { type: 'text', part: 'compared' },
        principal_kind: { type: 'text', part: 'carried' },
        role_id: { type: 'text', part: 'compared' },
        scope: { type: 'text', part: 'carried' },
        scope_level: { type: 'text', part: 'carried' },
        kind: { type: 'text', part: 'compared' },
        starts_at: { type: 'timestamptz', part: 'carried' },
        ends_at: { type: 'timestamptz', part: 'compared' },
        condition: { type: 'text', part: 'compared' },
        created_on: { type: 'timestamptz', part: 'carried' },
        created_by: { type: 'text', part: 'carried' },
      },
      constants: { tenant_id: run.connection.tenantId },
      runs: true,
    },
    read.values().map((one) => ({
      key: one.key,
      principal_id: one.principalId,
      principal_kind: one.principalKind,
      role_id: one.roleId,
      scope: one.scope,
      scope_level: one.scopeLevel,
      kind: one.kind,
      starts_at: one.startsAt,
      ends_at: one.endsAt,
      condition: one.condition,
      created_on: one.createdOn,
      created_by: one.createdBy,
    })),
  )
  return { ...(written === 0 ? { gained: 0, lost: 0 } : await countDifferences(tx, run)), written }
}

async function countDifferences(tx: Transaction, { organisationId, id, connection }: ClaimedRun) {
  const own = sql`organisation_id = ${organisationId} and connection_id = ${connection.id}`
  const { rows } = await tx.execute(sql`
    with opened as (select principal_id, role_id, lower(scope) as scope, kind from assignments where ${own} and from_run_id = ${id}),
      closed as (select principal_id, role_id, lower(scope) as scope, kind from assignments where ${own} and to_run_id = ${id})
    select (select count(*) from (select * from opened except select * from closed) g) as gained,
      (select count(*) from (select * from closed except select * from opened) l) as lost`)
  return Counted.parse(rows[0])
}

/** Brings the stored deny assignments to what was read, by differences. Gives the rows written. */
export async function writeDenies(
  tx: Transaction,
  run: ClaimedRun,
  { denies }: Pick<Access, 'denies'>,
  at: Date,
): Promise<number> {
  const { written } = await writeIntervals(
    tx,
    run,
    at,
    {
      table: 'deny_assignments',
      columns: {
        key: { type: 'text', part: 'key' },
        name: { type: 'text', part: 'compared' },
        description: { type: 'text', part: 'compared' },
        scope: { type: 'text', part: 'carried' },
        scope_level: { type: 'text', part: 'carried' },
        permissions: { type: 'jsonb', part: 'compared' },
        principals: { type: 'jsonb', part: 'compared' },
        excluded: { type: 'jsonb', part: 'compared' },
        spares_children: { type: 'boolean', part: 'compared' },
        system_protected: { type: 'boolean', part: 'compared' },
      },
    },
    denies.map((deny) => ({
      key: deny.key,
      name: deny.name,
      description: deny.description,
      scope: deny.scope,
      scope_level: deny.scopeLevel,
      permissions: deny.permissions,
      principals: deny.principals,
      excluded: deny.excluded,
      spares_children: deny.sparesChildren,
      system_protected: deny.systemProtected,
    })),
  )
  return written
}

/** How long closed rows are kept: longer than any page or export that reads an earlier result. */
const KEPT_HOURS = 6

/** Brings the stored holders to what was summed up, by differences, and lets go of those that nobody reads any more. Gives the rows written. */
export async function writeHolders(tx: Transaction, run: ClaimedRun, holders: Holder[], at: Date): Promise<number> {
  const { organisationId, connection } = run
  await tx.execute(sql`
    delete from holders where organisation_id = ${organisationId} and connection_id = ${connection.id}
      and valid_to < ${at.toISOString()}::timestamptz - make_interval(hours => ${KEPT_HOURS})`)
  const { written } = await writeIntervals(
    tx,
    run,
    at,
    {
      table: 'holders',
      columns: {
        principal_id: { type: 'text', part: 'key' },
        kind: { type: 'text', part: 'compared' },
        status: { type: 'text', part: 'compared' },
        guest: { type: 'boolean', part: 'compared' },
        sort_name: { type: 'text', part: 'compared' },
        strongest: { type: 'integer', part: 'compared' },
        role_id: { type: 'text', part: 'compared' },
        scope: { type: 'text', part: 'compared' },
        scope_level: { type: 'text', part: 'carried' },
        assignment_kind: { type: 'text', part: 'compared' },
        group_id: { type: 'text', part: 'compared' },
        eligible_role_id: { type: 'text', part: 'compared' },
        eligible_strongest: { type: 'integer', part: 'compared' },
        grants: { type: 'integer', part: 'compared' },
        direct: { type: 'integer', part: 'compared' },
        eligible: { type: 'integer', part: 'compared' },
        groups: { type: 'integer', part: 'compared' },
        signals: { type: 'integer', part: 'compared' },
      },
      constants: { tenant_id: connection.tenantId },
      // The name they are ordered by may be one that was read earlier, and so may be whether they are a guest.
      complete: sql`update incoming i set sort_name = p.sort_name, guest = coalesce(i.guest, p.guest)
        from principals p where p.organisation_id = ${organisationId} and p.tenant_id = ${connection.tenantId} and p.id = i.principal_id`,
    },
    holders.values().map(({ principalId, kind, status, guest, signals, summary }) => ({
      principal_id: principalId,
      kind,
      status,
      guest,
      sort_name: null,
      strongest: summary.shown.strength,
      role_id: summary.shown.roleId,
      scope: summary.shown.scope,
      scope_level: summary.shown.level,
      assignment_kind: summary.shown.kind,
      group_id: summary.groupId,
      eligible_role_id: summary.eligibleBetter?.roleId ?? null,
      eligible_strongest: summary.eligibleBetter?.strength ?? null,
      grants: summary.grants,
      direct: summary.direct,
      eligible: summary.eligible,
      groups: summary.groups,
      signals,
    })),
  )
  return written
}

/** Characters that lists are ordered by: an index row has room for some 2,700 bytes, and a cursor should stay short. */
const SORTED_BY = 200

/**
 * Stores what is known of everyone who has access and of the groups it runs through; rows that say the same already are
 * left alone. A name once read is kept when it cannot be read any more: a deleted person is still somebody.
 */
export async function writePrincipals(
  tx: Transaction,
  run: ClaimedRun,
  { principals }: Pick<Access, 'principals'>,
): Promise<void> {
  const rows = principals.values().map((one) => ({
    id: one.id,
    kind: one.kind,
    name: one.name,
    email: one.email,
    upn: one.userPrincipalName,
    guest: one.guest,
    status: one.status,
    variety: one.variety,
    signed_in: one.lastSignInAt,
  }))
  for (const chunk of jsonChunks(rows)) await writeSome(tx, run, chunk)
}

async function writeSome(tx: Transaction, { organisationId, connection }: ClaimedRun, rows: string): Promise<void> {
  await tx.execute(sql`
    insert into principals as known (organisation_id, tenant_id, id, kind, name, email, user_principal_name, guest, status, variety, last_sign_in_at, sort_name)
    select ${organisationId}, ${connection.tenantId}, id, kind, name, email, upn, coalesce(guest, false), status, variety, signed_in,
      left(lower(coalesce(name, email, id)), ${SORTED_BY})
    from jsonb_to_recordset(${rows}::jsonb)
      as read(id text, kind text, name text, email text, upn text, guest boolean, status text, variety text, signed_in timestamptz)
    on conflict (organisation_id, tenant_id, id) do update set
      kind = excluded.kind,
      name = coalesce(excluded.name, known.name),
      email = coalesce(excluded.email, known.email),
      user_principal_name = coalesce(excluded.user_principal_name, known.user_principal_name),
      guest = case when excluded.email is null then known.guest else excluded.guest end,
      status = excluded.status,
      variety = coalesce(excluded.variety, known.variety),
      last_sign_in_at = coalesce(excluded.last_sign_in_at, known.last_sign_in_at),
      sort_name = left(lower(coalesce(excluded.name, known.name, excluded.email, known.email, excluded.id)), ${SORTED_BY})
    where (known.kind, known.name, known.email, known.user_principal_name, known.guest, known.status, known.variety, known.last_sign_in_at)
      is distinct from
      (excluded.kind, coalesce(excluded.name, known.name), coalesce(excluded.email, known.email),
       coalesce(excluded.user_principal_name, known.user_principal_name),
       case when excluded.email is null then known.guest else excluded.guest end, excluded.status,
       coalesce(excluded.variety, known.variety), coalesce(excluded.last_sign_in_at, known.last_sign_in_at))`)
}

/** Stores the definitions of the roles that are held here; rows that say the same already are left alone. */
export async function writeRoles(
  tx: Transaction,
  { organisationId, connection }: ClaimedRun,
  { assignments, roles }: Pick<Access, 'assignments' | 'roles'>,
): Promise<void> {
  const read = new Map(roles.map((role) => [role.id, role]))
  const held = [...new Set(assignments.map(({ roleId }) => roleId))]
  const rows = held.map((id) => {
    const role = read.get(id)
    return role ? { ...role, owner_equivalent: role.ownerEquivalent } : { id }
  })
  await tx.execute(sql`
    insert into role_definitions as known
      (organisation_id, tenant_id, id, name, custom, description, privilege, privileged, owner_equivalent, permissions, sort_name)
    select ${organisationId}, ${connection.tenantId}, id, name, coalesce(custom, false), description, privilege,
      coalesce(privileged, false), coalesce(owner_equivalent, false), coalesce(permissions, '[]'), left(lower(coalesce(name, id)), 200)
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as read(id text, name text, custom boolean, description text,
      privilege text, privileged boolean, owner_equivalent boolean, permissions jsonb)
    on conflict (organisation_id, tenant_id, id) do update set
      name = excluded.name, custom = excluded.custom, description = excluded.description, privilege = excluded.privilege,
      privileged = excluded.privileged, owner_equivalent = excluded.owner_equivalent, permissions = excluded.permissions,
      sort_name = excluded.sort_name
    where excluded.name is not null
      and (known.name, known.custom, known.description, known.privilege, known.privileged, known.owner_equivalent, known.permissions)
        is distinct from (excluded.name, excluded.custom, excluded.description, excluded.privilege, excluded.privileged,
          excluded.owner_equivalent, excluded.permissions)`)
}
