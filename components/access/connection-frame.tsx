import type { ReactNode } from 'react'
import { PageHeader } from '@/components/ui/page-header'
import { Tabs } from '@/components/ui/tabs'
import type { AccessCounts } from '@/db/queries/count-access'
import type { ConnectionFacts as Facts } from '@/db/queries/get-connection'
import { connectionStatus } from '@/lib/connection-status'
import { ConnectionFacts } from './connection-facts'
import { ConnectionNotice } from './connection-notice'
import { CoverageLine } from './coverage-line'
import { RunProgress } from './run-progress'
import { StatusMark } from './status-mark'

export type ConnectionTab = 'people' | 'roles' | 'principals' | 'runs' | 'settings'

type Props = {
  connection: Facts
  counts: AccessCounts
  current: ConnectionTab
  /** Buttons and menu of the header. */
  actions?: ReactNode
  /** The way to sign in to Microsoft again, for whoever may. */
  reconnect?: ReactNode
  children: ReactNode
}

/** What surrounds every page of a connection. Read with the page, so that state, counts and list are of one result. */
export function ConnectionFrame({ connection, counts, current, actions, reconnect, children }: Props) {
  const path = `/integrations/azure/${connection.id}`
  const status = connectionStatus({ ...connection, now: new Date() })
  const tab = (key: ConnectionTab, label: string, count?: number) => ({
    href: key === 'people' ? path : `${path}/${key}`,
    label,
    count,
    current: key === current,
  })

  return (
    <>
      <PageHeader
        title={connection.label}
        back={{ href: '/integrations', label: 'Integrations' }}
        description={<StatusMark state={status.state} detail={status.detail} at={status.at} />}
        className="mb-3"
      >
        {actions}
      </PageHeader>
      <ConnectionFacts connection={connection} />
      {connection.openRun ? <RunProgress run={connection.openRun} /> : null}
      <ConnectionNotice connection={connection} status={status} reconnect={reconnect} />
      <CoverageLine coverage={connection.publishedRun?.coverage ?? []} groups={counts.groups} />
      <Tabs
        label="Results"
        tabs={[
          tab('people', 'People', counts.people),
          tab('roles', 'Roles', counts.roles),
          tab('principals', 'Other principals', counts.otherPrincipals),
          tab('runs', 'Runs'),
          tab('settings', 'Settings'),
        ]}
      />
      {children}
    </>
  )
}
