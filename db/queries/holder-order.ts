import { type SQL, sql } from 'drizzle-orm'
import { holders, roleDefinitions } from '@/db/schema/access'
import { principals } from '@/db/schema/directory'
import type { HolderSort } from '@/lib/domain/views'
import { type AssignmentKind, PRINCIPAL_STATUSES, SCOPE_LEVELS, type ScopeLevel } from '@/lib/domain/vocabulary'
import { rankIn } from './snapshot'

/** The columns of the grant that a row shows: of the strongest, or of the strongest that a filter asks for. */
export const STRONGEST = {
  strength: sql<number>`${holders.strongest}`,
  roleId: sql<string>`${holders.roleId}`,
  scope: sql<string>`${holders.scope}`,
  level: sql<ScopeLevel>`${holders.scopeLevel}`,
  kind: sql<AssignmentKind>`${holders.assignmentKind}`,
  groupId: sql<string | null>`${holders.groupId}`,
  unreadSince: sql<Date | null>`${holders.unreadSince}`.mapWith(holders.unreadSince),
}
const columnsOf = (table: string): typeof STRONGEST => {
  const column = <Value>(name: string) => sql.raw(`${table}.${name}`) as SQL<Value>
  return {
    strength: column('strength'),
    roleId: column('role_id'),
    scope: column('scope'),
    level: column('scope_level'),
    kind: column('kind'),
    groupId: column('group_id'),
    unreadSince: column<Date | null>('read_at').mapWith(holders.unreadSince),
  }
}
export const MATCHING = columnsOf('matching')
export const OF_THE_PAGE = columnsOf('page')

/** Orders by the first characters of a value, so that cursors, which are kept in addresses, stay short. */
const shortened = (value: SQL): SQL => sql`left(${value}, 120)`

/** In the order of statuses the one that could not be read comes last, after all that are known. */
const STATUSES = PRINCIPAL_STATUSES.filter((status) => status !== 'not_readable')

/** The keys of each sort that come before the name. Roles are ordered by what they amount to, scopes from the widest. */
export const sortKeys = (shown: typeof STRONGEST): Record<HolderSort, SQL[]> => ({
  name: [],
  email: [sql`coalesce(${principals.sortEmail}, '')`],
  status: [sql`${rankIn(holders.status, STATUSES)}::text`],
  role: [shortened(sql`${shown.strength} || coalesce(${roleDefinitions.sortName}, ${shown.roleId})`)],
  scope: [shortened(sql`${rankIn(shown.level, SCOPE_LEVELS)} || lower(${shown.scope})`)],
})
