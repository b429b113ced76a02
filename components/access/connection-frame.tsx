import type { ReactNode } from 'react'
import { PageHeader } from '@/components/ui/page-header'
import { Tabs } from '@/components/ui/tabs'
import type { ConnectionFacts as Facts } from '@/db/queries/connections'
import { connectionStatus } from '@/lib/domain/connection-status'
import { ConnectionFacts } from './connection-facts'
import { ConnectionNotice } from './connection-notice'
import { Coverage } from './coverage'
import { RunProgress } from './run-progress'
import { StatusMark } from './status-mark'

export type ConnectionTab = 'people' | 'roles' | 'groups' | 'principals' | 'ask' | 'runs' | 'settings'

/** How much of each there is in the published result. */
export type ConnectionCounts = { people: number; roles: number; groups: number; principals: number }

type Props = {
  connection: Facts
  counts: ConnectionCounts
  /** Role assignments that count toward Azure's limit; null before the first result. */
  assignments: number | null
  current: ConnectionTab
  /** Buttons and menu of the header. */
  actions?: ReactNode
  /** The way to sign in to Microsoft again, for whoever may. */
  reconnect?: ReactNode
  /** Whether the reader may ask for optional permissions. */
  mayAsk?: boolean
  children: ReactNode
}

/** What surrounds every page of a connection. Read with the page, so that state, counts and list are of one result. */
export function ConnectionFrame(props: Props) {
  const { connection, counts, assignments, current, actions, reconnect, mayAsk = false, children } = props
  const path = `/integrations/azure/${connection.id}`
  const coverage = connection.publishedRun?.coverage ?? []
  const lastRun = connection.lastRun && { ...connection.lastRun, coverage }
  const status = connectionStatus({ ...connection, lastRun, now: new Date() })
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
      <ConnectionFacts connection={connection} assignments={assignments} />
      {connection.openRun ? <RunProgress run={connection.openRun} /> : null}
      <ConnectionNotice connection={connection} status={status} reconnect={reconnect} />
      <Coverage
        coverage={coverage}
        plan={connection.publishedRun?.plan ?? null}
        settingsHref={mayAsk ? `${path}/settings` : null}
      />
      <Tabs
        label="Results"
        tabs={[
          tab('people', 'People', counts.people),
          tab('roles', 'Roles', counts.roles),
          tab('groups', 'Groups', counts.groups),
          tab('principals', 'Other principals', counts.principals),
          tab('ask', 'Ask'),
          tab('runs', 'Runs'),
          tab('settings', 'Settings'),
        ]}
      />
      {children}
    </>
  )
}
