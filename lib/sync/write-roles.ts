import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/database'
import { jsonChunks, listColumns, listInSql, type RecordColumn, type RecordOf, selectRecords } from '@/db/json-records'
import { roleDefinitions } from '@/db/schema/access'
import { SORT_NAME_LENGTH } from '@/db/schema/directory'
import type { RoleBefore } from '@/lib/changes/find-other-causes'
import { listIdsIn } from '@/lib/domain/condition-words'
import type { ReadAccess } from './read-access'

/** Columns that are not read from Azure: whose row it is, and what lists order it by. */
const NOT_READ = ['organisationId', 'tenantId', 'sortName'] as const

type RoleRecord = RecordOf<typeof roleDefinitions, (typeof NOT_READ)[number]>

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
 *
 * @returns the roles whose permissions were other ones before
 */
export async function writeRoles(
  tx: Transaction,
  { organisationId, tenantId }: { organisationId: string; tenantId: string },
  { assignments: held, roles }: Pick<ReadAccess, 'assignments' | 'roles'>,
): Promise<RoleBefore[]> {
  const columns = listColumns(roleDefinitions, NOT_READ)
  const read = new Map(roles.map((role) => [role.id, role]))
  const named = held.flatMap(({ condition }) => (condition ? listIdsIn(condition) : []))
  const ids = new Set([...held.map(({ roleId }) => roleId), ...named.filter((id) => read.has(id))])
  const records = ids.values().map((id): RoleRecord => read.get(id) ?? { ...UNREAD_ROLE, id })
  const changed: RoleBefore[] = []
  for (const chunk of jsonChunks(records)) {
    const { rows } = await tx.execute<RoleBefore>(sql`
      with written as (
      insert into role_definitions as known (organisation_id, tenant_id, sort_name, ${listInSql(columns, quoteName)})
      select ${organisationId}, ${tenantId}, left(lower(coalesce(name, id)), ${SORT_NAME_LENGTH}),
        ${listInSql(columns, quoteName)}
      from (${selectRecords(columns, chunk)}) as read
      on conflict (organisation_id, tenant_id, id) do update set
        ${listInSql(columns, ({ name }) => `"${name}" = excluded."${name}"`)}, sort_name = excluded.sort_name
      where excluded.name is not null
        and (${listInSql(columns, ({ name }) => `known."${name}"`)})
          is distinct from (${listInSql(columns, ({ name }) => `excluded."${name}"`)})
      returning *)
      select w.id, b.privilege as before, w.privilege as after from written w
      join role_definitions b on b.organisation_id = w.organisation_id and b.tenant_id = w.tenant_id and b.id = w.id
      where b.organisation_id = ${organisationId} and b.name is not null and b.permissions <> w.permissions`)
    changed.push(...rows)
  }
  return changed
}

const quoteName = ({ name }: RecordColumn) => `"${name}"`
