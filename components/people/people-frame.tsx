import Link from 'next/link'
import type { ReactNode } from 'react'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { Notice } from '@/components/ui/notice'
import { PageHeader } from '@/components/ui/page-header'
import { Tabs } from '@/components/ui/tabs'
import { keepMoment } from '@/lib/domain/as-of'
import type { Unread } from '@/lib/domain/coverage'
import { formatPeopleView, type PeopleView } from '@/lib/domain/views'
import { spellControls } from '@/lib/domain/words'
import type { PastOfAll } from '@/lib/past-results'
import { AllPastBand } from './all-past-band'
import type { PeopleNames } from './people-filter-words'
import { PeopleFilters } from './people-filters'

type Props = {
  current: 'list' | 'matrix'
  /** The view as it stands in the address, and with what was typed as filters; what of that was not understood. */
  typed: PeopleView
  view: PeopleView
  problems: string[]
  names: PeopleNames
  /** Whether any subscription has people with access, whatever the filters. */
  anyone: boolean
  /** The subscriptions of which not everyone with access may be known, and why. */
  unread: Unread[]
  /** The moment that is shown; null for now. */
  past: PastOfAll | null
  /** The button with the saved views of this list. */
  savedViews: ReactNode
  /** The people found; null when nobody matches. */
  children: ReactNode
}

/** What the list of people and the matrix share: the title, the tabs, the filters, and what is shown when nobody is found. */
export function PeopleFrame({ current, anyone, unread, past, savedViews, children, ...filters }: Props) {
  const { view } = filters
  const path = current === 'list' ? '/people' : '/people/matrix'
  const same = formatPeopleView({ ...view, cursor: null, from: 0 })
  return (
    <>
      <PageHeader
        title="People"
        className="max-sm:mb-3"
        description={`Everyone who ${past ? 'had' : 'has'} an Azure role in a connected subscription, directly or through groups.`}
      />
      {anyone || past ? (
        <AllPastBand past={past} here={path + formatPeopleView({ ...view, at: '', cursor: null, from: 0 })}>
          {anyone ? savedViews : null}
        </AllPastBand>
      ) : null}
      {anyone ? (
        <>
          <PeopleTabs current={current} same={same} at={view.at} />
          <PeopleFilters current={current} {...filters} />
          <UnreadNotice unread={unread} title="Not everyone with access may be listed" at={view.at} />
        </>
      ) : null}
      {children ?? <Nobody anyone={anyone} past={past} path={keepMoment(path, view.at)} />}
    </>
  )
}

type PeopleTabsProps = {
  current: 'list' | 'matrix' | 'ask'
  /** The filters that the list and the matrix share, as a query. */
  same: string
  at: string
}

/** The pages about people in all subscriptions. */
export function PeopleTabs({ current, same, at }: PeopleTabsProps) {
  return (
    <Tabs
      label="People"
      tabs={[
        { href: `/people${same}`, label: 'List', current: current === 'list' },
        { href: `/people/matrix${same}`, label: 'By subscription', current: current === 'matrix' },
        { href: keepMoment('/people/ask', at), label: 'Ask', current: current === 'ask' },
      ]}
    />
  )
}

/** The most subscriptions that the notice names. */
const MOST_NAMED = 5

type UnreadNoticeProps = {
  unread: Unread[]
  title: string
  /** The moment at which the subscriptions are opened; left out for now. */
  at?: string
}

/** Which subscriptions were not read whole, so that something may not be listed. Nothing when all were. */
export function UnreadNotice({ unread, title, at = '' }: UnreadNoticeProps) {
  if (unread.length === 0) return null
  const more = unread.length - MOST_NAMED
  return (
    <Notice tone="warn" title={title} className="mb-4">
      <ul>
        {unread.slice(0, MOST_NAMED).map(({ id, label, why }) => (
          <li key={id}>
            <Link href={keepMoment(`/integrations/azure/${id}`, at)} prefetch={false} className="link">
              <bdi>{spellControls(label)}</bdi>
            </Link>
            : {why}.
          </li>
        ))}
      </ul>
      {more > 0 ? <p>And {more.toLocaleString('en')} more subscriptions.</p> : null}
    </Notice>
  )
}

type NobodyProps = { anyone: boolean; past: PastOfAll | null; path: string }

/** Why nobody is listed: by the filters, because nobody had a role then, or because nothing was read yet. */
function Nobody({ anyone, past, path }: NobodyProps) {
  if (past?.kind === 'not_shown') return null
  if (anyone) return <NoMatch path={path} />
  return past ? <NobodyThen /> : <NoPeopleYet />
}

const NobodyThen = () => (
  <EmptyState title="No one then">In the subscriptions that are shown, nobody held a role then.</EmptyState>
)

const NoMatch = ({ path }: { path: string }) => (
  <EmptyState title="No one matches" action={<ButtonLink href={path}>Clear filters</ButtonLink>} />
)

const NoPeopleYet = () => (
  <EmptyState title="No one yet" action={<ButtonLink href="/integrations">Integrations</ButtonLink>}>
    People appear here once a connected subscription has been synced.
  </EmptyState>
)
