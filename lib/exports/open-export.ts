import type { Actor } from '@/db/actor'
import { readDatabaseNow } from '@/db/queries/clock'
import { type ConnectionFacts, getConnection } from '@/db/queries/connections'
import { listRolesHeld } from '@/db/queries/roles'
import { NotFound } from '@/lib/actor'
import type { SearchParams } from '@/lib/domain/address'
import {
  parseAccessView,
  parseAskAllView,
  parseAskView,
  parseAsOfView,
  parseAuditView,
  parseChangesView,
  parseGroupsView,
  parsePeopleView,
} from '@/lib/domain/views'
import { withLease } from '@/lib/leases'
import { connectionAskedFor } from '@/lib/past-result'
import { allResultsAskedFor, findAllResults } from '@/lib/past-results'
import { readTypedFilter } from '@/lib/typed-filter'
import { readTypedPeopleFilter } from '@/lib/typed-people-filter'
import { allPeopleList } from './all-people'
import { askList } from './ask'
import { askAllList } from './ask-everywhere'
import { changesList } from './changes'
import { everyWayList } from './every-way'
import { accessList, auditList, groupsList, type ListToExport, rolesList, runsList } from './lists'
import { matrixList } from './matrix'

/** Whoever takes a list out of the portal: a member, with the name of their organisation. */
export type Exporter = Actor & { organisationName: string }

/**
 * The list that the address of an export asks for, now or at a moment (`at`), all pages of it, under the filters of its page. The routes of
 * exports answer with it, and a worker that prepares one opens it the same way. Throws `NotFound` for any other address.
 *
 * @param address a path with its query
 */
export async function openExport(member: Exporter, address: string): Promise<ListToExport> {
  const { origin, pathname, searchParams } = new URL(address, ORIGIN)
  if (origin !== ORIGIN) throw new NotFound('There is no such list.')
  if (pathname === '/people/export') return openPeople(member, searchParams)
  if (pathname === '/changes/export') return openChanges(member, searchParams)
  if (pathname === '/settings/audit/export') return openAudit(member, searchParams)
  const [, connectionId] = /^\/integrations\/azure\/([^/]+)\/export$/.exec(pathname) ?? []
  if (connectionId === undefined) throw new NotFound('There is no such list.')
  const connected = await getConnection(member, connectionId)
  if (!connected) throw new NotFound('There is no such connection.')
  const { at } = parseAsOfView(Object.fromEntries(searchParams))
  return openOfConnection(member, await connectionAskedFor(member, connected, at), searchParams)
}

/** Paths are parsed relative to this origin, which belongs to nobody. An address of another origin is none of our lists. */
const ORIGIN = 'https://portal.invalid'

/** What the file of an export is named after. */
export const nameExport = ({ list, label }: Pick<ListToExport, 'list' | 'label'>): string =>
  list === 'people' ? label : `${label} ${list}`

async function openOfConnection(
  member: Exporter,
  connection: ConnectionFacts,
  address: URLSearchParams,
): Promise<ListToExport> {
  const asked = Object.fromEntries(address)
  switch (address.get('list')) {
    case 'roles':
      return rolesList(member, connection)
    case 'groups':
      return groupsList(member, connection, parseGroupsView(asked).search)
    case 'runs':
      return runsList(member, connection)
    case 'ask':
      return askList(member, connection, parseAskView(asked))
    case 'others':
      return accessList(member, connection, await readAccessView(member, connection, asked), 'others')
    default:
      return accessList(member, connection, await readAccessView(member, connection, asked), 'people')
  }
}

/** The view of a list of those with access, with what was typed into its search field as filters, as on its page. */
export async function readAccessView(member: Actor, connection: ConnectionFacts, asked: SearchParams) {
  const typed = parseAccessView(asked)
  if (typed.search === '') return typed
  return (await readTypedFilter(member, connection, typed, await listRolesHeld(member, connection))).view
}

/**
 * People over all subscriptions, with `list=matrix` by subscription, with `list=ways` everyone and everything by each way to each role, or with
 * `list=ask` those who can do something; now or at a moment.
 */
async function openPeople(member: Exporter, address: URLSearchParams): Promise<ListToExport> {
  const view = parsePeopleView(Object.fromEntries(address))
  const all = await allResultsAskedFor(member, view.at)
  const at = all.past?.kind === 'shown' ? all.past.publishedAt : await readDatabaseNow()
  if (address.get('list') === 'ask')
    return withLease('question', member.memberId, () =>
      askAllList(
        member,
        all,
        { organisation: member.organisationName, at },
        parseAskAllView(Object.fromEntries(address)),
      ),
    )
  if (address.get('list') === 'ways')
    return everyWayList(member, all, { organisation: member.organisationName, at }, view.at)
  const makeList = address.get('list') === 'matrix' ? matrixList : allPeopleList
  const asked = view.search === '' ? view : (await readTypedPeopleFilter(member, all, view)).view
  return makeList(member, all, { organisation: member.organisationName, at }, asked)
}

async function openChanges(member: Exporter, address: URLSearchParams): Promise<ListToExport> {
  const of = { organisation: member.organisationName, at: await readDatabaseNow() }
  return changesList(member, await findAllResults(member, ''), of, parseChangesView(Object.fromEntries(address)))
}

/** The audit log or the half of it that is asked for; whoever is no owner sees one half only. */
async function openAudit(member: Exporter, address: URLSearchParams): Promise<ListToExport> {
  const { kind } = parseAuditView(Object.fromEntries(address))
  const shown = member.role === 'owner' ? kind : 'change'
  return auditList(member, member.organisationName, shown, await readDatabaseNow())
}
