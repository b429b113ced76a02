import Link from 'next/link'
import type { ReactNode } from 'react'
import { joinClasses } from '@/components/ui/join-classes'
import { Name } from '@/components/ui/name'
import { BackLink, PageTitle, PrintedAt } from '@/components/ui/page-header'
import { Tabs } from '@/components/ui/tabs'
import type { ConnectionFacts } from '@/db/queries/connections'
import { keepMoment } from '@/lib/domain/as-of'
import { connectionStatus } from '@/lib/domain/connection-status'
import { SUBSCRIPTION_TABS, type SubscriptionTabKey } from '@/lib/domain/subscription-tabs'
import { ConnectionAbout } from './connection-about'
import { ConnectionNotice, DropNotice, RunProgress } from './connection-notice'
import { Coverage } from './coverage'
import { StatusMark } from './status-mark'

/** How much of each there is in the published result. */
type ConnectionCounts = { people: number; roles: number; groups: number; principals: number }

/** Somebody whom a page is about, and the list that they belong to. */
export type Subject = { title: string; isGone: boolean; back: { href: string; label: string } }

type Props = {
  connection: ConnectionFacts
  /** Who is the title of the page instead of the subscription. */
  subject?: Subject
  /** Null where there is no result to count in. */
  counts: ConnectionCounts | null
  /** How many role assignments count toward Azure's limit; null before the first result. */
  assignments: number | null
  /** Null for a page that no tab leads to. */
  current: SubscriptionTabKey | null
  /**
   * What changed since the reader was here before, and the address of these changes; null where nothing did, and on their first visit.
   */
  changed: { words: string; href: string } | null
  /** The moment of the past that is shown, as an address has it; empty for now. */
  at: string
  /** What says that the past is shown. */
  band: ReactNode
  /** What leads into the past. */
  past: ReactNode
  /** The buttons and the menu of the header. */
  actions?: ReactNode
  /** The button that signs in to Microsoft again, for those who may. */
  reconnect?: ReactNode
  /** Whether the reader may ask for optional permissions. */
  mayAsk?: boolean
  children: ReactNode
}

/** What surrounds every page of a connection. It is read together with the page, so that state, counts and list are of one result. */
export function ConnectionFrame(props: Props) {
  const { connection, subject, counts, assignments, current, changed, at, band, past, actions, reconnect } = props
  const path = `/integrations/azure/${connection.id}`
  const coverage = connection.publishedRun?.coverage ?? []
  const lastRun = connection.lastRun && { ...connection.lastRun, coverage }
  const status = connectionStatus({ ...connection, lastRun })
  const isPast = at !== ''
  const tabs = SUBSCRIPTION_TABS.map(({ key, path: end, label }) => ({
    href: keepMoment(path + end, KNOWS_PAST.includes(key) ? at : ''),
    label,
    count: counts && key in counts ? counts[key as keyof ConnectionCounts] : undefined,
    current: key === current,
  }))

  return (
    <>
      <header className="-mt-2 mb-2 print:mt-1 print:mb-4">
        <PrintedAt />
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 print:block">
          <BackLink {...(subject?.back ?? { href: '/integrations', label: 'Integrations' })} />
          <PageTitle className={joinClasses('min-w-0 text-xl', subject?.isGone && 'line-through')}>
            {subject?.title ?? connection.label}
          </PageTitle>
          <div className="flex min-w-0 flex-[1_1_20rem] flex-wrap items-center gap-x-4 gap-y-1 text-sm max-sm:order-last">
            {subject ? (
              <span className="min-w-0 text-ink-soft">
                in <Name of={connection.label} />
              </span>
            ) : null}
            {isPast ? null : <StatusMark status={status} />}
            {isPast || !changed ? null : (
              <Link href={changed.href} prefetch={false} className="link" title="Since your last visit">
                {changed.words}
                <span className="sr-only"> since your last visit</span>
              </Link>
            )}
            <Coverage
              coverage={coverage}
              plan={connection.publishedRun?.plan ?? null}
              settingsHref={props.mayAsk && !isPast ? `${path}/settings` : null}
              granted={isPast ? [] : connection.optionalScopes}
              of={isPast ? 'past' : connection.lastRun?.state === 'failed' ? 'last_good' : 'now'}
            />
            <ConnectionAbout {...{ connection, assignments, isPast }} />
            {past}
          </div>
          {actions ? <div className="flex flex-wrap items-center gap-2 max-sm:ml-auto">{actions}</div> : null}
        </div>
      </header>
      {isPast ? (
        <>
          {band}
          <DropNotice coverage={coverage} />
        </>
      ) : (
        <>
          {connection.openRun ? <RunProgress run={connection.openRun} /> : null}
          <ConnectionNotice connection={connection} status={status} reconnect={reconnect} />
        </>
      )}
      <Tabs label="Results" tabs={tabs} />
      {props.children}
    </>
  )
}

/** The tabs that can show the past. */
const KNOWS_PAST: readonly SubscriptionTabKey[] = ['people', 'roles', 'groups', 'principals', 'ask']
