import type { Metadata } from 'next'
import { ConnectionScreen } from '@/app/(portal)/integrations/azure/[connectionId]/connection-screen'
import { openConnection, readResult } from '@/app/(portal)/integrations/azure/[connectionId]/read-result'
import { GroupsEmptyState } from '@/components/access/empty-states'
import { FilterForm } from '@/components/access/filter-form'
import { GroupView } from '@/components/access/group-view'
import { GroupsTable } from '@/components/access/groups-table'
import { Button } from '@/components/ui/button'
import { ExportMenu } from '@/components/ui/export-menu'
import { SearchField } from '@/components/ui/fields'
import { Pager } from '@/components/ui/pager'
import { type GroupDetails, getGroup, listGroups } from '@/db/queries/groups'
import { listRoleNames } from '@/db/queries/roles'
import { mayDo } from '@/lib/actor'
import { type Cursor, formatGroupsView, parseGroupsView } from '@/lib/domain/views'
import { isolateName } from '@/lib/domain/words'

type Props = PageProps<'/integrations/azure/[connectionId]/groups'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { connection } = await openConnection((await params).connectionId)
  return { title: `Groups in ${isolateName(connection.label)}` }
}

export default async function GroupsPage({ params, searchParams }: Props) {
  const { connectionId } = await params
  const { groupId, search, cursor } = parseGroupsView(await searchParams)

  return (
    <ConnectionScreen connectionId={connectionId} current="groups">
      {groupId ? (
        <OneGroup connectionId={connectionId} groupId={groupId} cursor={cursor} />
      ) : (
        <AllGroups connectionId={connectionId} search={search} cursor={cursor} />
      )}
    </ConnectionScreen>
  )
}

async function AllGroups(props: { connectionId: string; search: string; cursor: Cursor | null }) {
  const { connectionId, search, cursor } = props
  const { member, connection } = await openConnection(connectionId)
  const path = `/integrations/azure/${connection.id}/groups`
  const [page, { counts }] = await Promise.all([
    listGroups(member, connection, { search, cursor }),
    readResult(connection.id),
  ])
  const href = (to: Cursor | null) => to && path + formatGroupsView({ groupId: '', search, cursor: to })
  if (page.rows.length === 0 && !search) return <GroupsEmptyState published={connection.publishedAt !== null} />

  return (
    <>
      <FilterForm label="Groups" action={path} values={{ q: search }}>
        <SearchField label="Name or ID" defaultValue={search} className="max-sm:max-w-none" />
        <Button type="submit">Search</Button>
        <ExportMenu
          path={`/integrations/azure/${connection.id}/export`}
          query={`list=groups${formatGroupsView({ groupId: '', search, cursor: null }).replace(/^\?/, '&')}`}
          className="ml-auto"
        />
      </FilterForm>
      {page.rows.length > 0 ? (
        <GroupsTable rows={page.rows} path={path} coverage={connection.publishedRun?.coverage ?? []} />
      ) : (
        <GroupsEmptyState published path={path} />
      )}
      <Pager
        shown={page.rows.length}
        total={search ? null : counts.groups}
        unit={page.rows.length === 1 ? 'group' : 'groups'}
        previousHref={href(page.previous)}
        nextHref={href(page.next)}
      />
    </>
  )
}

async function OneGroup(props: { connectionId: string; groupId: string; cursor: Cursor | null }) {
  const { connectionId, groupId, cursor } = props
  const { member, connection } = await openConnection(connectionId)
  const home = `/integrations/azure/${connection.id}`
  const group = await getGroup(member, connection, groupId, cursor)
  if (!group) return <GroupsEmptyState published={connection.publishedAt !== null} path={`${home}/groups`} />
  const { rows, previous, next } = group.memberPage
  const roleNames = await listRoleNames(
    member,
    connection,
    group.held.map(({ condition }) => condition),
  )
  const href = (to: Cursor | null) => to && `${home}/groups${formatGroupsView({ groupId, search: '', cursor: to })}`

  return (
    <GroupView
      group={group}
      home={home}
      of={connection}
      coverage={connection.publishedRun?.coverage ?? []}
      roleNames={roleNames}
      settingsHref={mayDo(member.role, 'connect') ? `${home}/settings` : null}
      pager={
        <Pager
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
