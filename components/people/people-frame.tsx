import Link from 'next/link'
import type { ReactNode } from 'react'
import { FilterForm } from '@/components/access/filter-form'
import {
  listOptions,
  listSignals,
  PERSON_STATUS_LABELS,
  PRIVILEGE_LABELS,
  SIGNAL_WORDS,
} from '@/components/access/labels'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { ExportMenu } from '@/components/ui/export-menu'
import { SearchField, SelectField } from '@/components/ui/fields'
import { Notice } from '@/components/ui/notice'
import { PageHeader } from '@/components/ui/page-header'
import { Tabs } from '@/components/ui/tabs'
import { keepMoment } from '@/lib/domain/as-of'
import type { Unread } from '@/lib/domain/coverage'
import { formatAsOfView, formatPeopleView, type PeopleView } from '@/lib/domain/views'
import { PRIVILEGES } from '@/lib/domain/vocabulary'
import { spellControls } from '@/lib/domain/words'
import type { PastOfAll } from '@/lib/past-results'
import { AllPastBand } from './all-past-band'

type Props = {
  current: 'list' | 'matrix'
  view: PeopleView
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
export function PeopleFrame({ current, view, anyone, unread, past, savedViews, children }: Props) {
  const path = current === 'list' ? '/people' : '/people/matrix'
  const same = formatPeopleView({ ...view, cursor: null, from: 0 })
  return (
    <>
      <PageHeader
        title="People"
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
          <PeopleFilters path={path} current={current} view={view} />
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

const SIGNAL_OPTIONS = [
  { value: '', label: 'Anything' },
  // No person of the directory is an orphan; for people the signal `gone` says the same.
  ...listSignals()
    .filter((signal) => signal !== 'orphan')
    .map((signal) => ({ value: signal, label: SIGNAL_WORDS[signal].label })),
]

const MINIMUM_OPTIONS = [
  { value: '', label: 'Any role' },
  // To read is the least that a role amounts to, which is the same as any role.
  ...PRIVILEGES.filter((privilege) => privilege !== 'reads').map((privilege, rank) => ({
    value: privilege,
    label: `${PRIVILEGE_LABELS[privilege]}${rank === 0 ? '' : ', or more'}`,
  })),
]

/** The export that follows everyone's access to its assignments. What it leaves out is nothing, so the filters of the page are no part of it. */
const EVERY_WAY = {
  name: 'Every way',
  detail: 'A row for each way to each role, of everyone and everything in all subscriptions. The filters do not apply.',
}

/** The search and the filters that the list and the matrix share, and what saves the one that is shown. */
function PeopleFilters({ path, current, view }: Pick<Props, 'current' | 'view'> & { path: string }) {
  const filters = formatPeopleView({ ...view, cursor: null, from: 0 })
  const values = {
    q: view.search,
    status: view.status ?? '',
    signal: view.signal ?? '',
    min: view.minimum ?? '',
  }
  return (
    <FilterForm label="People" action={path} values={values}>
      <SearchField label="Name, email or ID" defaultValue={values.q} className="max-w-60 max-sm:max-w-none" />
      <SelectField
        name="status"
        label="Status"
        hideLabel
        options={listOptions('Any status', PERSON_STATUS_LABELS)}
        defaultValue={values.status}
        className="w-32 max-sm:w-[calc(50%-0.25rem)]"
      />
      <SelectField
        name="min"
        label="At least"
        hideLabel
        options={MINIMUM_OPTIONS}
        defaultValue={values.min}
        className="w-40 max-sm:w-[calc(50%-0.25rem)]"
      />
      <SelectField
        name="signal"
        label="Worth a second look"
        hideLabel
        options={SIGNAL_OPTIONS}
        defaultValue={values.signal}
        className="w-44 max-sm:w-[calc(50%-0.25rem)]"
      />
      {view.direction === 'desc' ? <input type="hidden" name="dir" value="desc" /> : null}
      {view.at ? <input type="hidden" name="at" value={view.at} /> : null}
      {Object.values(values).some((value) => value !== '') ? (
        <ButtonLink href={keepMoment(path, view.at)} variant="ghost">
          Clear filters
        </ButtonLink>
      ) : null}
      <ExportMenu
        path="/people/export"
        query={current === 'list' ? filters.slice(1) : `list=matrix${filters.replace(/^\?/, '&')}`}
        fuller={{ ...EVERY_WAY, query: `list=ways${formatAsOfView(view).replace(/^\?/, '&')}` }}
        className="ml-auto"
      />
    </FilterForm>
  )
}
