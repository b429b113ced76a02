import { Rss } from 'lucide-react'
import type { Metadata } from 'next'
import { SavedViewsOf } from '@/app/(portal)/saved-views/saved-views-of'
import { ChangeFilters } from '@/components/changes/change-filters'
import { ChangeList } from '@/components/changes/change-list'
import { UnreadNotice } from '@/components/people/people-frame'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { Notice } from '@/components/ui/notice'
import { PageHeader } from '@/components/ui/page-header'
import { Pager } from '@/components/ui/pager'
import { listChanges, listKnownRoles } from '@/db/queries/changes'
import { listConnections } from '@/db/queries/connections'
import { getPrincipalName } from '@/db/queries/person'
import { requireMember } from '@/lib/auth/request'
import { listUnread } from '@/lib/domain/coverage'
import { formatFeedQuery } from '@/lib/domain/feed'
import { ALL_CHANGES, type ChangesView, formatChangesView, parseChangesView } from '@/lib/domain/views'
import { isolateName, momentWords, roleWords } from '@/lib/domain/words'

export const metadata: Metadata = { title: 'Changes' }

export default async function ChangesPage({ searchParams }: PageProps<'/changes'>) {
  const member = await requireMember()
  const view = parseChangesView(await searchParams)
  const [page, anything, connections, roles, about] = await Promise.all([
    listChanges(member, view),
    listChanges(member, ALL_CHANGES, 1),
    listConnections(member),
    listKnownRoles(member),
    view.personId ? getPrincipalName(member, view.personId) : null,
  ])
  const href = (change: Partial<ChangesView>) => `/changes${formatChangesView({ ...view, cursor: null, ...change })}`
  const within = view.connectionId ? formatChangesView({ ...ALL_CHANGES, connectionId: view.connectionId }) : ''

  return (
    <>
      <PageHeader
        title="Changes"
        description="Who gained or lost access, and what caused it. Each change has the time at which Rolecall saw it first."
      >
        {anything.rows.length > 0 ? (
          <div className="mr-2 text-sm print:hidden">
            <SavedViewsOf address={`/changes${formatChangesView(view)}`} />
          </div>
        ) : null}
        <ButtonLink href={`/settings/feeds${formatFeedQuery(view)}`} prefetch={false} className="print:hidden">
          <Rss aria-hidden />
          Follow as a feed
        </ButtonLink>
      </PageHeader>
      <UnreadNotice
        unread={listUnread(connections.filter(({ id }) => !view.connectionId || id === view.connectionId))}
        title="Some changes may be missing"
      />
      {anything.rows.length > 0 ? (
        <>
          <ChangeFilters
            path="/changes"
            view={view}
            connections={connections.map(({ id, label }) => ({ id, label }))}
            roles={roles.map(({ id, name }) => ({ id, name: roleWords({ id, name }) }))}
          />
          {view.personId ? (
            <Notice tone="info" title={`The time line of ${isolateName(about ?? view.personId)}`} className="mb-4">
              Changes that name this principal, or a group that it was in at the time.
            </Notice>
          ) : null}
          <Between view={view} />
        </>
      ) : null}
      {page.rows.length > 0 ? (
        <>
          <ChangeList changes={page.rows} hrefOf={({ id }) => `/changes/${id}${within}`} />
          <Pager
            start={page.start}
            shown={page.rows.length}
            unit={page.rows.length === 1 ? 'change' : 'changes'}
            previousHref={page.previous && href({ cursor: page.previous })}
            nextHref={page.next && href({ cursor: page.next })}
          />
        </>
      ) : anything.rows.length > 0 ? (
        <EmptyState title="No change matches" action={<ButtonLink href="/changes">Clear filters</ButtonLink>} />
      ) : (
        <EmptyState title="No changes yet" action={<ButtonLink href="/integrations">Integrations</ButtonLink>}>
          What the first sync of a subscription finds was there before. Changes appear here from its second sync on.
        </EmptyState>
      )}
    </>
  )
}

/** Says between which moments the changes are shown, where an address asks for that. */
function Between({ view: { after, until } }: { view: ChangesView }) {
  if (!after && !until) return null
  const from = after ? `after ${momentWords(after)}` : ''
  const to = until ? `until ${momentWords(until)}` : ''
  return (
    <Notice tone="info" title={`Seen ${[from, to].filter((words) => words !== '').join(' and ')}`} className="mb-4">
      Other changes are not shown.
    </Notice>
  )
}
