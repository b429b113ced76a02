import { Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { ShortId } from '@/components/ui/copyable'
import { joinClasses } from '@/components/ui/join-classes'
import { Name } from '@/components/ui/name'
import { Popover } from '@/components/ui/popover'
import { RelativeTime } from '@/components/ui/time'
import type { ConnectionFacts } from '@/db/queries/connections'

type Props = {
  connection: ConnectionFacts
  /** How many role assignments count toward Azure's limit; null before the first result. */
  assignments: number | null
  isPast: boolean
}

/**
 * Which subscription of which tenant this is, behind a mark that opens; for the present also how old its data is, and with whose account
 * it is read. Where Azure's limit of assignments is near, the mark says so.
 */
export function ConnectionAbout({ connection, assignments, isPast }: Props) {
  const line = connection.publishedRun?.coverage.find(({ dataset }) => dataset === 'assignments')
  const limit = line?.counted?.limit ?? MOST_ASSIGNMENTS
  const isNear = assignments !== null && isNearLimit(assignments, limit)
  return (
    <Popover
      label="About this subscription"
      trigger={
        isNear ? (
          <>
            <TriangleAlert aria-hidden className="text-warn" />
            <span className="font-medium text-warn">{formatShare(assignments / limit)} of the assignments</span>
          </>
        ) : (
          <>
            <Info aria-hidden className="text-ink-faint" />
            <span>About</span>
          </>
        )
      }
    >
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-5 gap-y-1.5 print:mt-2 print:grid-cols-[auto_minmax(0,1fr)_auto_minmax(0,1fr)] print:gap-y-0.5">
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
          <Fact name="Role assignments">
            <AssignmentLimit used={assignments} limit={limit} />
          </Fact>
        )}
        {isPast ? null : (
          <>
            <Fact name="Last synced">
              {connection.publishedAt ? <RelativeTime at={connection.publishedAt} /> : 'never'}
            </Fact>
            <Fact name="Connected by">
              <Name of={connection.connectedByName} />
              {' with '}
              <Name of={connection.account.name} className="break-all" />
            </Fact>
          </>
        )}
      </dl>
    </Popover>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-faint">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  )
}

/**
 * How many role assignments Azure allows at and below a subscription, if it did not say so itself; eligible ones do not count ("Azure RBAC
 * limits").
 */
const MOST_ASSIGNMENTS = 4000
/** The share from which a warning is due, early enough to tidy up before an assignment is refused. */
const WARN_FROM = 0.8

const isNearLimit = (used: number, limit: number) => used / limit >= WARN_FROM

/** How much of Azure's limit of role assignments a subscription uses, with a warning when little is left. */
function AssignmentLimit({ used, limit }: { used: number; limit: number }) {
  const isNear = isNearLimit(used, limit)
  return (
    <span className={joinClasses('tabular-nums', isNear && 'font-medium text-warn')}>
      {used.toLocaleString('en')} at or below the subscription, {formatShare(used / limit)} of the{' '}
      {limit.toLocaleString('en')} that Azure allows
    </span>
  )
}

function formatShare(share: number): string {
  if (share > 0 && share < 0.01) return 'less than 1 %'
  return `${Math.floor(share * 100)} %`
}
