import type { Actor } from '@/db/actor'
import { listExportedFacts } from '@/db/queries/exported-facts'
import { listMatchingGrants, type MatchingGrant } from '@/db/queries/grants'
import { type HolderQuery, type HolderRow, listHolders } from '@/db/queries/holders'
import { listPersonAccess } from '@/db/queries/person-access'
import type { Snapshot } from '@/db/queries/snapshot'
import type { PersonAccess } from '@/lib/domain/access'
import { explainAccess, type Path, type RoleAccess } from '@/lib/domain/access-paths'
import { latestOf } from '@/lib/domain/moments'
import type { CoverageLine } from '@/lib/domain/vocabulary'
import { readPages } from './pages'
import type { Column, Table } from './table'

/** Which holders to export; people when `who` is left out. */
export type AccessQuery = Omit<HolderQuery, 'who'> & Partial<Pick<HolderQuery, 'who'>>

/** Of whose result the rows are: its snapshot, and what its run says of last sign-ins. */
export type AccessSource = { snapshot: Snapshot; coverage: readonly CoverageLine[] }

/** One way in which somebody has a role at a scope: what an auditor follows from the person to the assignment. */
export type AccessRow = {
  holder: HolderRow
  grant: MatchingGrant
  userPrincipalName: string | null
  /** Null when the role's definition was never read. */
  privileged: boolean | null
  assignedBy: { id: string; name: string | null } | null
  /** The role with all of its ways and denials; null where no way is known, only the group that holds it. */
  access: RoleAccess | null
  path: Path | null
  groupNames: ReadonlyMap<string, string | null>
  lastSignInSource: string
}

const BATCH = 500 // holders that are in memory at a time, each with all their grants: few reads and little memory

/**
 * The access of everyone in a list, in the order of the list: a row for each role, scope, kind and way in which somebody
 * has it, as far as the list's filters ask for it. Nothing is folded together, because an auditor has to be able to follow
 * each row to its assignment. It is read batch by batch as it is taken, and all of it is of the one snapshot.
 */
export function accessTable(actor: Actor, source: AccessSource, query: AccessQuery, batch = BATCH): Table<AccessRow> {
  return { name: 'Access', columns: ACCESS_COLUMNS, rows: readAccessRows(actor, source, query, batch) }
}

async function* readAccessRows(
  actor: Actor,
  source: AccessSource,
  query: AccessQuery,
  batch: number,
): AsyncGenerator<AccessRow[]> {
  const pages = readPages((cursor) => listHolders(actor, source.snapshot, { who: 'people', ...query, cursor }, batch))
  for await (const holders of pages) yield await toRows(actor, source, query, holders)
}

async function toRows(
  actor: Actor,
  { snapshot, coverage }: AccessSource,
  query: AccessQuery,
  holders: HolderRow[],
): Promise<AccessRow[]> {
  const ids = holders.map(({ principalId }) => principalId)
  const grants = await listMatchingGrants(actor, snapshot, ids, query)
  const [explained, facts] = await Promise.all([
    listPersonAccess(actor, snapshot, holders.map(toPerson)),
    listExportedFacts(actor, snapshot, { principalIds: ids, keys: [...new Set(grants.map(({ key }) => key))] }),
  ])
  const accessOf = new Map(explained.map((access) => [access.person.id, access]))
  const grantsOf = Map.groupBy(grants, ({ principalId }) => principalId)
  return holders.flatMap((holder) => {
    const access = accessOf.get(holder.principalId)
    const ways = access ? listWays(access) : new Map<string, Way[]>()
    const groupNames = new Map(access?.groups.map(({ id, name }) => [id, name]))
    const shared = {
      holder,
      groupNames,
      userPrincipalName: facts.userPrincipalNames.get(holder.principalId) ?? null,
      lastSignInSource: describeSource(holder, coverage),
    }
    return (grantsOf.get(holder.principalId) ?? []).flatMap((grant) => {
      const assignment = facts.assignments.get(grant.key)
      const made = { privileged: assignment?.privileged ?? null, assignedBy: assignment?.by ?? null }
      const known = ways.get(nameWay(grant.key, grant.kind, grant.groupId)) ?? [{ access: null, path: null }]
      return known.map((way) => ({ ...shared, grant, ...made, ...way }))
    })
  })
}

type Way = Pick<AccessRow, 'access' | 'path'>

/** What a grant is matched by: its assignment, its kind, and the group that holds it. */
const nameWay = (key: string, kind: string, groupId: string | null) => `${key} ${kind} ${groupId ?? ''}`

/** Every way to every role of somebody, by the grant that it leads to. */
function listWays(person: PersonAccess): Map<string, Way[]> {
  const ways = new Map<string, Way[]>()
  for (const access of explainAccess(person))
    for (const path of access.paths) {
      const name = nameWay(path.grant.key, access.kind, path.groups.at(-1)?.id ?? null)
      const same = ways.get(name)
      if (same) same.push({ access, path })
      else ways.set(name, [{ access, path }])
    }
  return ways
}

const toPerson = (holder: HolderRow): PersonAccess['person'] => {
  const { principalId: id, tenantId, kind, name, email, emailSource, guest, status, variety } = holder
  const { organisation, lastSignInAt } = holder
  const known = { id, tenantId, kind, name, email, emailSource, guest, status, variety, organisation, lastSignInAt }
  return { ...known, userPrincipalName: null }
}

/** From where it is known when somebody signed in last, or why it is not. */
function describeSource({ kind, lastSignInAt }: HolderRow, coverage: readonly CoverageLine[]): string {
  if (kind !== 'user') return 'not asked of what is no person'
  const state = coverage.find(({ dataset }) => dataset === 'sign_ins')?.state ?? 'not_asked'
  if (state === 'whole') return lastSignInAt ? 'Microsoft Graph, signInActivity' : 'Microsoft Graph knows of none'
  if (lastSignInAt)
    return state === 'partly' ? 'Microsoft Graph, signInActivity' : 'an earlier reading of Microsoft Graph'
  return state === 'not_licensed' ? 'not read: not licensed' : 'not read'
}

const yesNo = (is: boolean) => (is ? 'yes' : 'no')

/** What stands between two groups of a path, from the person outward. */
const ARROW = ' > '

const CUTS = { all: 'all of the role', part: 'part of the role', unknown: 'maybe some of the role' }
const WHERE = { everywhere: 'wherever it reaches here', within: 'within', itself: 'only at' }

/** The columns in their order. New ones come last, so that those who read by position go on. */
export const ACCESS_COLUMNS: readonly Column<AccessRow>[] = [
  { name: 'name', value: ({ holder }) => holder.name ?? holder.principalId },
  { name: 'email', value: ({ holder }) => holder.email },
  { name: 'status', value: ({ holder }) => holder.status },
  { name: 'guest', value: ({ holder }) => yesNo(holder.guest) },
  { name: 'role', value: ({ grant }) => grant.roleName ?? grant.roleId },
  // Of a role whose definition was never read it is not known either whether it is a custom one.
  {
    name: 'role_type',
    value: ({ grant }) => (grant.roleName === null ? 'unknown' : grant.custom ? 'custom' : 'built-in'),
  },
  { name: 'privilege', value: ({ grant }) => grant.privilege },
  { name: 'scope', value: ({ grant }) => grant.scope },
  { name: 'scope_level', value: ({ grant }) => grant.level },
  { name: 'how', value: ({ grant }) => (grant.groupId ? 'Through group' : 'Direct') },
  { name: 'group', value: ({ grant }) => grant.groupId && (grant.groupName ?? grant.groupId) },
  { name: 'kind', value: ({ grant }) => grant.kind },
  { name: 'starts', value: ({ grant }) => grant.startsAt },
  { name: 'ends', value: ({ grant }) => grant.endsAt },
  { name: 'condition', value: ({ grant }) => grant.condition },
  { name: 'licence', value: () => 'Microsoft Azure' },
  { name: 'assigned_on', value: ({ grant }) => grant.assignedOn },
  { name: 'first_seen', value: ({ grant }) => grant.firstSeen },
  // Two people may have one name and one address.
  { name: 'object_id', value: ({ holder }) => holder.principalId },
  { name: 'tenant_id', value: ({ holder }) => holder.tenantId },
  { name: 'principal_type', value: ({ holder }) => holder.kind },
  /** The kind of service principal, or that it is an agent; the tenant of a delegate; what the email is taken from. */
  { name: 'variety', value: ({ holder }) => holder.variety },
  { name: 'organisation', value: ({ holder }) => holder.organisation },
  { name: 'email_source', value: ({ holder }) => holder.emailSource },
  /** When it was read last, if an earlier reading stands in for one that was refused. */
  { name: 'not_read_since', value: ({ grant, path }) => (path ? path.readAt : grant.readAt) },
  { name: 'user_principal_name', value: ({ userPrincipalName }) => userPrincipalName },
  { name: 'role_id', value: ({ grant }) => grant.roleId },
  { name: 'privileged', value: ({ privileged }) => (privileged === null ? 'unknown' : yesNo(privileged)) },
  { name: 'assignment', value: ({ grant }) => grant.key },
  { name: 'assigned_by', value: ({ assignedBy }) => assignedBy?.name ?? null },
  { name: 'assigned_by_id', value: ({ assignedBy }) => assignedBy?.id ?? null },
  /** Every group from the person to the one that holds the role. Of a flat group those between are not known. */
  {
    name: 'path',
    value: ({ grant, path, groupNames }) =>
      path
        ? path.groups.map(({ id }) => groupNames.get(id) ?? id).join(ARROW) || 'direct'
        : `not known${ARROW}${grant.groupName ?? grant.groupId ?? ''}`,
  },
  { name: 'path_group_ids', value: ({ path }) => path?.groups.map(({ id }) => id) ?? [] },
  { name: 'path_memberships', value: ({ path }) => path?.groups.map(({ membership }) => membership) ?? [] },
  {
    name: 'path_members_since',
    value: ({ path }) => path?.groups.map(({ since }) => since?.toISOString() ?? 'not known') ?? [],
  },
  {
    name: 'path_first_seen',
    value: ({ grant, path }) => latestOf(grant.firstSeen, ...(path?.groups.map(({ since }) => since) ?? [])),
  },
  { name: 'path_ends', value: ({ grant, path }) => (path ? path.endsAt : grant.endsAt) },
  /** Yes where there are more ways to this role at this scope than are listed. Not known where no way is. */
  { name: 'more_paths', value: ({ access }) => (access ? yesNo(access.truncated) : 'unknown') },
  {
    name: 'denied',
    value: ({ access }) =>
      access?.denials.map(({ deny, cuts, where }) =>
        where === 'everywhere'
          ? `${deny.name} denies ${CUTS[cuts]} ${WHERE.everywhere}`
          : `${deny.name} denies ${CUTS[cuts]} ${WHERE[where]} ${deny.scope}`,
      ) ?? [],
  },
  { name: 'last_sign_in', value: ({ holder }) => holder.lastSignInAt },
  { name: 'last_sign_in_source', value: ({ lastSignInSource }) => lastSignInSource },
  { name: 'signals', value: ({ holder }) => holder.signals },
]
