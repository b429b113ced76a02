import { TriangleAlert } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { ShortId } from '@/components/ui/copyable'
import { joinClasses } from '@/components/ui/join-classes'
import { Name } from '@/components/ui/name'
import { Notice } from '@/components/ui/notice'
import { PageHeader } from '@/components/ui/page-header'
import { RefreshWhile } from '@/components/ui/refresh-while'
import { Tabs } from '@/components/ui/tabs'
import { ElapsedTime, RelativeTime } from '@/components/ui/time'
import type { ConnectionFacts } from '@/db/queries/connections'
import { keepMoment } from '@/lib/domain/as-of'
import { type ConnectionStatus, connectionStatus } from '@/lib/domain/connection-status'
import { dropWords } from '@/lib/domain/coverage'
import { explain } from '@/lib/domain/problems'
import type { CoverageLine } from '@/lib/domain/vocabulary'
import { Coverage } from './coverage'
import { RUN_PHASE_LABELS, RUN_STATE_LABELS } from './labels'
import { StatusMark } from './status-mark'

export type ConnectionTab = 'people' | 'roles' | 'groups' | 'principals' | 'ask' | 'runs' | 'settings'

/** How much of each there is in the published result. */
type ConnectionCounts = { people: number; roles: number; groups: number; principals: number }

type Props = {
  connection: ConnectionFacts
  /** Null where there is no result to count in. */
  counts: ConnectionCounts | null
  /** How many role assignments count toward Azure's limit; null before the first result. */
  assignments: number | null
  /** Null for a page that no tab leads to. */
  current: ConnectionTab | null
  /**
   * What changed since the reader was here before, the address of these changes, and whether any sync has succeeded since; null on their
   * first visit.
   */
  changed: { words: string | null; href: string; hasResult: boolean } | null
  /** The moment of the past that is shown, as an address has it; empty for now. */
  at: string
  /** What says that the past is shown, or leads there. */
  band: ReactNode
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
  const {
    connection,
    counts,
    assignments,
    current,
    changed,
    at,
    band,
    actions,
    reconnect,
    mayAsk = false,
    children,
  } = props
  const path = `/integrations/azure/${connection.id}`
  const coverage = connection.publishedRun?.coverage ?? []
  const lastRun = connection.lastRun && { ...connection.lastRun, coverage }
  const status = connectionStatus({ ...connection, lastRun })
  const isPast = at !== ''
  const tab = (key: ConnectionTab, label: string, count?: number) => ({
    href: keepMoment(key === 'people' ? path : `${path}/${key}`, KNOWS_PAST.includes(key) ? at : ''),
    label,
    count,
    current: key === current,
  })

  return (
    <>
      <PageHeader
        title={connection.label}
        back={{ href: '/integrations', label: 'Integrations' }}
        description={isPast ? null : <StatusMark status={status} />}
        className="mb-3"
      >
        {actions}
      </PageHeader>
      <ConnectionSummary {...{ connection, assignments, changed, isPast }} />
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
      <Coverage
        coverage={coverage}
        plan={connection.publishedRun?.plan ?? null}
        settingsHref={mayAsk && !isPast ? `${path}/settings` : null}
        of={isPast ? 'past' : connection.lastRun?.state === 'failed' ? 'last_good' : 'now'}
      />
      {isPast ? null : band}
      <Tabs
        label="Results"
        tabs={[
          tab('people', 'People', counts?.people),
          tab('roles', 'Roles', counts?.roles),
          tab('groups', 'Groups', counts?.groups),
          tab('principals', 'Other principals', counts?.principals),
          tab('ask', 'Ask'),
          tab('runs', 'Runs'),
          tab('settings', 'Settings'),
        ]}
      />
      {children}
    </>
  )
}

/** The tabs that can show the past. */
const KNOWS_PAST: readonly ConnectionTab[] = ['people', 'roles', 'groups', 'principals', 'ask']

type ConnectionSummaryProps = Pick<Props, 'connection' | 'assignments' | 'changed'> & { isPast: boolean }

/** Which subscription of which tenant this is, and for the present also how old its data is, and with whose account it is read. */
function ConnectionSummary({ connection, assignments, changed, isPast }: ConnectionSummaryProps) {
  const line = connection.publishedRun?.coverage.find(({ dataset }) => dataset === 'assignments')
  const limit = line?.counted?.limit ?? MOST_ASSIGNMENTS
  return (
    <dl className="-mt-3 mb-4 flex flex-wrap gap-x-5 gap-y-1 text-sm">
      <Fact name="Subscription">
        <Name of={connection.subscriptionName} />
      </Fact>
      <Fact name="ID">
        <ShortId id={connection.subscriptionId} label="subscription ID" />
      </Fact>
      <Fact name="Tenant">
        <ShortId id={connection.tenantId} label="tenant ID" />
      </Fact>
      {isPast ? null : <Fact name="State in Azure">{connection.subscriptionState}</Fact>}
      {assignments === null ? null : (
        <Fact name={`${limit.toLocaleString('en')}-assignment limit`}>
          <AssignmentLimit used={assignments} limit={limit} />
        </Fact>
      )}
      {isPast ? null : <Reading connection={connection} />}
      {isPast || !changed ? null : (
        <Fact name="Since your last visit">
          {changed.words ? (
            <Link href={changed.href} prefetch={false} className="link">
              {changed.words}
            </Link>
          ) : changed.hasResult ? (
            'nobody was seen to gain or lose access'
          ) : (
            'not read again'
          )}
        </Fact>
      )}
    </dl>
  )
}

/** When the subscription was read last, and with whose account. */
const Reading = ({ connection }: { connection: ConnectionFacts }) => (
  <>
    <Fact name="Last synced">{connection.publishedAt ? <RelativeTime at={connection.publishedAt} /> : 'never'}</Fact>
    <Fact name="Connected by">
      <Name of={connection.connectedByName} />
      {' with '}
      <Name of={connection.account.name} className="break-all" />
    </Fact>
  </>
)

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-wrap gap-x-1.5">
      <dt className="text-ink-faint">{name}</dt>
      <dd className="min-w-0 text-ink-soft">{children}</dd>
    </div>
  )
}

/**
 * How many role assignments Azure allows at and below a subscription, if it did not say so itself; eligible ones do not count ("Azure RBAC
 * limits").
 */
const MOST_ASSIGNMENTS = 4000
/** The share from which a warning is due, early enough to tidy up before an assignment is refused. */
const WARN_FROM = 0.8

/** How much of Azure's limit of role assignments a subscription uses, with a warning when little is left. */
function AssignmentLimit({ used, limit }: { used: number; limit: number }) {
  const share = used / limit
  const near = share >= WARN_FROM
  return (
    <span
      title={`${used.toLocaleString('en')} role assignments at or below the subscription, of ${limit.toLocaleString('en')} that Azure allows`}
      className={joinClasses('inline-flex items-center gap-1 tabular-nums', near && 'font-medium text-warn')}
    >
      {near ? <TriangleAlert aria-hidden className="size-4 shrink-0" /> : null}
      {formatShare(share)} used
    </span>
  )
}

function formatShare(share: number): string {
  if (share > 0 && share < 0.01) return 'less than 1 %'
  return `${Math.floor(share * 100)} %`
}

/** The sync that is under way: its phase and what it has counted so far, refreshed every two seconds. */
function RunProgress({ run }: { run: NonNullable<ConnectionFacts['openRun']> }) {
  const { assignments, groups, groupsWanted, people, peopleWanted, roles } = run.counters
  const soFar = [
    assignments === undefined ? null : `${assignments.toLocaleString('en')} assignments`,
    roles === undefined ? null : `${roles.toLocaleString('en')} roles`,
    formatCount(groups, groupsWanted, 'groups'),
    formatCount(people, peopleWanted, 'people'),
  ].filter(Boolean)

  return (
    <div className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg border border-line bg-accent-soft px-3 py-2 text-sm">
      <RefreshWhile active everyMs={2000} />
      <p role="status" className="font-medium">
        {run.state === 'queued' ? RUN_STATE_LABELS.queued : RUN_PHASE_LABELS[run.phase]}
      </p>
      <p className="text-ink-soft tabular-nums">{soFar.join(' · ')}</p>
      <ElapsedTime since={run.startedAt ?? run.requestedAt} className="ml-auto text-ink-soft" />
    </div>
  )
}

function formatCount(read: number | undefined, wanted: number | undefined, unit: string): string | null {
  if (read === undefined || (read === 0 && !wanted)) return null
  return `${read.toLocaleString('en')}${wanted ? ` of ${wanted.toLocaleString('en')}` : ''} ${unit}`
}

type ConnectionNoticeProps = { connection: ConnectionFacts; status: ConnectionStatus; reconnect?: ReactNode }

/** Why the data may be out of date, how old it is, and what to do about it. Nothing when all is well. */
function ConnectionNotice({ connection, status, reconnect }: ConnectionNoticeProps) {
  const { state } = status
  if (state === 'disconnected')
    return (
      <Notice title="This subscription is disconnected" className="mb-4">
        Nothing is read from it any more. <LastGood connection={connection} />
      </Notice>
    )
  if (state === 'stale' || state === 'paused')
    return (
      <Notice
        tone="warn"
        title={state === 'stale' ? 'This data is older than its schedule' : 'Scheduled syncs are off'}
        className="mb-4"
      >
        <LastGood connection={connection} />{' '}
        {state === 'stale' ? 'Sync now; if it stays old, see Runs.' : 'Sync now, or choose a schedule under Settings.'}
      </Notice>
    )

  const problem = findProblem(connection)
  if (!problem) return <DropNotice coverage={connection.publishedRun?.coverage ?? []} />
  const { title, sentence, next, kind } = explain(problem.code)
  return (
    <Notice
      tone={state === 'failed' ? 'bad' : 'warn'}
      title={title}
      action={kind === 'sign_in' ? reconnect : null}
      className="mb-4"
    >
      <p>{sentence}</p>
      <p>{next}</p>
      <p>
        <LastGood connection={connection} />
      </p>
      {problem.aadsts || problem.correlationId ? (
        <p className="mt-1 font-mono text-xs break-all text-ink-faint">
          {[problem.aadsts ? `AADSTS${problem.aadsts}` : null, problem.correlationId].filter(Boolean).join(' · ')}
        </p>
      ) : null}
    </Notice>
  )
}

/** Says that many assignments are gone since an earlier result, because that can also mean that they are not seen any more. */
function DropNotice({ coverage }: { coverage: CoverageLine[] }) {
  const line = coverage.find(({ drop }) => drop)
  if (!line?.drop) return null
  const { sentence, next } = explain('assignments_halved')
  return (
    <Notice tone="warn" title={dropWords(line.drop, line.read)} className="mb-4">
      {sentence} {next}
    </Notice>
  )
}

type Problem = { code: string | null; aadsts?: number; correlationId?: string }

/** What keeps the connection from being read. It stays shown while another sync runs, because only a good result ends it. */
function findProblem({ state, stateReason, lastRun }: ConnectionFacts): Problem | null {
  const failure = lastRun?.state === 'failed' ? lastRun.problem : null
  if (state === 'reconnect_needed' || state === 'action_needed')
    return failure && failure.code === stateReason ? failure : { code: stateReason }
  if (lastRun?.state === 'failed') return failure ?? { code: null }
  return null
}

function LastGood({ connection: { publishedAt } }: { connection: ConnectionFacts }) {
  if (!publishedAt) return <>There is no earlier data to show.</>
  return (
    <>
      What you see is the last good data, read <RelativeTime at={publishedAt} />.
    </>
  )
}
