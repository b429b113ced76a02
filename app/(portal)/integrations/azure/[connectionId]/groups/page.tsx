import type { Metadata } from 'next'
import { ConnectionScreen } from '@/app/(portal)/integrations/azure/[connectionId]/connection-screen'
import { openConnection, openResult, readResult } from '@/app/(portal)/integrations/azure/[connectionId]/read-result'
import { GroupsEmptyState } from '@/components/access/empty-states'
import { FilterForm } from '@/components/access/filter-form'
import { GroupView } from '@/components/access/group-view'
import { GroupsTable } from '@/components/access/groups-table'
import { ExportMenu } from '@/components/ui/export-menu'
import { SearchField } from '@/components/ui/fields'
import { Pager } from '@/components/ui/pager'
import { type GroupDetails, getGroup, listGroups } from '@/db/queries/groups'
import { listRoleNames } from '@/db/queries/roles'
import { mayDo } from '@/lib/actor'
import { keepMoment } from '@/lib/domain/as-of'
import { type Cursor, formatGroupsView, type GroupsView, parseGroupsView } from '@/lib/domain/views'
import { isolateName } from '@/lib/domain/words'

type Props = PageProps<'/integrations/azure/[connectionId]/groups'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { connection } = await openConnection((await params).connectionId)
  return { title: `Groups in ${isolateName(connection.label)}` }
}

export default async function GroupsPage({ params, searchParams }: Props) {
  const { connectionId } = await params
  const view = parseGroupsView(await searchParams)
  const { connection } = await openConnection(connectionId)
  const here = `/integrations/azure/${connection.id}/groups${formatGroupsView({ ...view, at: '', cursor: null })}`

  return (
    <ConnectionScreen connectionId={connectionId} current="groups" moment={{ at: view.at, here }}>
      {view.groupId ? (
        <OneGroup connectionId={connectionId} view={view} />
      ) : (
        <AllGroups connectionId={connectionId} view={view} />
      )}
    </ConnectionScreen>
  )
}

type ViewProps = { connectionId: string; view: GroupsView }

async function AllGroups({ connectionId, view }: ViewProps) {
  const { at, search, cursor } = view
  const { member, connection } = await openResult(connectionId, at)
  const path = `/integrations/azure/${connection.id}/groups`
  const [page, { counts }] = await Promise.all([
    listGroups(member, connection, { search, cursor }),
    readResult(connectionId, at),
  ])
  const href = (to: Cursor | null) => to && path + formatGroupsView({ ...view, groupId: '', cursor: to })
  if (page.rows.length === 0 && !search) return <GroupsEmptyState published={connection.publishedAt !== null} />

  return (
    <>
      <FilterForm label="Groups" action={path} values={{ q: search }}>
        <SearchField label="Name or ID" defaultValue={search} className="max-sm:max-w-none" />
        {at ? <input type="hidden" name="at" value={at} /> : null}
        <ExportMenu
          path={`/integrations/azure/${connection.id}/export`}
          query={`list=groups${formatGroupsView({ ...view, groupId: '', cursor: null }).replace(/^\?/, '&')}`}
          className="ml-auto"
        />
      </FilterForm>
      {page.rows.length > 0 ? (
        <GroupsTable rows={page.rows} path={path} at={at} coverage={connection.publishedRun?.coverage ?? []} />
      ) : (
        <GroupsEmptyState published path={keepMoment(path, at)} />
      )}
      <Pager
        start={page.start}
        shown={page.rows.length}
        total={search ? null : counts.groups}
        unit={page.rows.length === 1 ? 'group' : 'groups'}
        previousHref={href(page.previous)}
        nextHref={href(page.next)}
      />
    </>
  )
}

async function OneGroup({ connectionId, view }: ViewProps) {
  const { at, groupId, cursor } = view
  const { member, connection } = await openResult(connectionId, at)
  const home = `/integrations/azure/${connection.id}`
  const group = await getGroup(member, connection, groupId, cursor)
  if (!group)
    return <GroupsEmptyState published={connection.publishedAt !== null} path={keepMoment(`${home}/groups`, at)} />
  const { rows, start, previous, next } = group.memberPage
  const roleNames = await listRoleNames(
    member,
    connection,
    group.held.map(({ condition }) => condition),
  )
  const href = (to: Cursor | null) => to && `${home}/groups${formatGroupsView({ ...view, search: '', cursor: to })}`

  return (
    <GroupView
      group={group}
      home={home}
      at={at}
      of={connection}
      coverage={connection.publishedRun?.coverage ?? []}
      roleNames={roleNames}
      settingsHref={mayDo(member.role, 'connect') && at === '' ? `${home}/settings` : null}
      pager={
        <Pager
          start={start}
          shown={rows.length}
          total={group.state === 'flat' ? group.members : countListed(group)}
          unit={rows.length === 1 ? 'member' : 'members'}
          previousHref={href(previous)}
          nextHref={href(next)}
        />
      }
    />
  )
}

/** How many members of a group its pages list: those in it, and those who can become members. Null when it is not known. */
const countListed = ({ directMembers, eligible }: GroupDetails): number | null =>
  directMembers === null ? null : directMembers + eligible
