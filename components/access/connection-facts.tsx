import type { ReactNode } from 'react'
import { RelativeTime } from '@/components/ui/relative-time'
import { ShortId } from '@/components/ui/short-id'
import type { ConnectionFacts as Facts } from '@/db/queries/connections'
import { AssignmentLimit } from './assignment-limit'

/** What one wants to be sure of before reading on: which subscription, which tenant, how old, through whom. */
export function ConnectionFacts({ connection, assignments }: { connection: Facts; assignments: number | null }) {
  return (
    <dl className="-mt-3 mb-4 flex flex-wrap gap-x-5 gap-y-1 text-sm">
      <Fact name="Subscription">
        <span dir="auto" className="break-words">
          {connection.subscriptionName}
        </span>
      </Fact>
      <Fact name="ID">
        <ShortId id={connection.subscriptionId} label="subscription ID" />
      </Fact>
      <Fact name="Tenant">
        <ShortId id={connection.tenantId} label="tenant ID" />
      </Fact>
      <Fact name="State in Azure">{connection.subscriptionState}</Fact>
      {assignments === null ? null : (
        <Fact name="4,000-assignment limit">
          <AssignmentLimit used={assignments} />
        </Fact>
      )}
      <Fact name="Last synced">{connection.publishedAt ? <RelativeTime at={connection.publishedAt} /> : 'never'}</Fact>
      <Fact name="Connected by">
        <span dir="auto">{connection.connectedByName}</span>
        {' with '}
        <span dir="auto" className="break-all">
          {connection.accountName}
        </span>
      </Fact>
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-wrap gap-x-1.5">
      <dt className="text-ink-faint">{name}</dt>
      <dd className="min-w-0 text-ink-soft">{children}</dd>
    </div>
  )
}
