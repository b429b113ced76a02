import type { Metadata } from 'next'
import { ConnectionScreen } from '@/app/(portal)/integrations/azure/[connectionId]/connection-screen'
import { openConnection, openResult, readResult } from '@/app/(portal)/integrations/azure/[connectionId]/read-result'
import { PeopleEmptyState } from '@/components/access/empty-states'
import { FilterForm } from '@/components/access/filter-form'
import { MissedNote } from '@/components/access/missed-note'
import { RolesHeld } from '@/components/access/roles-held'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { ExportMenu } from '@/components/ui/export-menu'
import { SearchField } from '@/components/ui/fields'
import { Pager } from '@/components/ui/pager'
import { listRoleHolders, type RoleHeld } from '@/db/queries/roles'
import { formatAsOfView, formatRolesView, parseRolesView, type RolesView } from '@/lib/domain/views'
import { isolateName } from '@/lib/domain/words'

type Props = PageProps<'/integrations/azure/[connectionId]/roles'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { connection } = await openConnection((await params).connectionId)
  return { title: `Roles in ${isolateName(connection.label)}` }
}

const ROLES_OF_A_PAGE = 50

export default async function RolesPage({ params, searchParams }: Props) {
  const { connectionId } = await params
  const view = parseRolesView(await searchParams)
  const { at } = view
  const { member, connection } = await openResult(connectionId, at)
  const home = `/integrations/azure/${connection.id}`
  const path = `${home}/roles`
  const { roles } = await readResult(connectionId, at)
  const matching = roles.filter((role) => isFound(role, view.search))
  const from = firstOfPage(matching, view)
  const shown = matching.slice(from, from + ROLES_OF_A_PAGE)
  const opened = shown.find(({ id }) => id === view.roleId)?.id ?? null
  const holders = await listRoleHolders(member, connection, opened ? [opened] : [])
  const href = (to: Partial<RolesView>) => path + formatRolesView({ ...view, from, ...to })
  const pageHref = (to: number) => href({ from: to, roleId: null })

  return (
    <ConnectionScreen
      connectionId={connectionId}
      current="roles"
      moment={{ at, here: path + formatRolesView({ ...view, at: '' }) }}
    >
      {roles.length > 0 ? (
        <FilterForm label="Roles" action={path} values={{ q: view.search }}>
          <SearchField label="Name or ID of a role" defaultValue={view.search} className="max-sm:max-w-none" />
          {at ? <input type="hidden" name="at" value={at} /> : null}
          <ExportMenu
            path={`${home}/export`}
            query={`list=roles${formatAsOfView({ at }).replace(/^\?/, '&')}`}
            className="ml-auto"
          />
        </FilterForm>
      ) : (
        <PeopleEmptyState path={home} total={0} published={connection.publishedAt !== null} />
      )}
      {shown.length > 0 ? (
        <>
          <p className="mb-2 text-sm text-ink-soft empty:hidden">
            <MissedNote coverage={connection.publishedRun?.coverage ?? null} />
          </p>
          <RolesHeld
            path={home}
            at={at}
            roles={shown}
            opened={opened}
            holders={holders}
            hrefOf={(id) => href({ roleId: id === opened ? null : id })}
          />
          <Pager
            start={from}
            shown={shown.length}
            total={matching.length}
            unit={matching.length === 1 ? 'role' : 'roles'}
            previousHref={from > 0 ? pageHref(Math.max(0, from - ROLES_OF_A_PAGE)) : null}
            nextHref={from + shown.length < matching.length ? pageHref(from + ROLES_OF_A_PAGE) : null}
          />
        </>
      ) : roles.length > 0 ? (
        <EmptyState
          title="No role matches"
          action={<ButtonLink href={path + formatRolesView({ ...view, search: '', from: 0 })}>Clear search</ButtonLink>}
        >
          Only roles that somebody or something holds here, or could activate, are listed.
        </EmptyState>
      ) : null}
    </ConnectionScreen>
  )
}

/** Whether a role is searched for: by a part of its name in any case, or by its ID. */
function isFound({ id, name }: RoleHeld, search: string): boolean {
  const sought = search.trim().toLowerCase()
  return sought === '' || id === sought || (name ?? '').toLowerCase().includes(sought)
}

/** The first role of the page that is asked for; of an address that only names a role, of the page with that role. */
function firstOfPage(roles: RoleHeld[], { from, roleId }: RolesView): number {
  if (from > 0) return from < roles.length ? from : 0
  const place = roles.findIndex(({ id }) => id === roleId)
  return Math.max(0, Math.floor(place / ROLES_OF_A_PAGE) * ROLES_OF_A_PAGE)
}
