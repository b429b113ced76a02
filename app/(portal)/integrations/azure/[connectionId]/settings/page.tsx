import type { Metadata } from 'next'
import {
  askForPermission,
  disconnectConnection,
  renameConnection,
  setSchedule,
  startReconnect,
  stopUsingPermission,
} from '@/app/(portal)/integrations/actions'
import { ConnectionScreen } from '@/app/(portal)/integrations/azure/[connectionId]/connection-screen'
import { openConnection } from '@/app/(portal)/integrations/azure/[connectionId]/read-result'
import { ConnectionSettings } from '@/components/access/connection-settings'
import { HistoryBeginLine } from '@/components/access/history-begin'
import { PermissionsPanel } from '@/components/connect/permissions'
import { Notice } from '@/components/ui/notice'
import { readHistoryBegin } from '@/db/queries/history-horizon'
import { mayDo } from '@/lib/actor'
import { listOptionalPermissions } from '@/lib/connections/manage'
import { isolateName } from '@/lib/domain/words'

type Props = PageProps<'/integrations/azure/[connectionId]/settings'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { connection } = await openConnection((await params).connectionId)
  return { title: `Settings of ${isolateName(connection.label)}` }
}

export default async function SettingsPage({ params }: Props) {
  const { member, connection } = await openConnection((await params).connectionId)
  const { id, label, account, schedule, state } = connection
  const permissions = state === 'disconnected' ? [] : await listOptionalPermissions(member, id)
  const begin = await readHistoryBegin(member, id)

  return (
    <ConnectionScreen connectionId={id} current="settings">
      {mayDo(member.role, 'schedule') ? (
        <ConnectionSettings
          connection={{ id, label, account, schedule, disconnected: state === 'disconnected' }}
          actions={{ renameConnection, setSchedule, startReconnect, disconnectConnection }}
          permissions={
            permissions.length > 0 && (
              <PermissionsPanel
                connectionId={id}
                permissions={permissions}
                ofApplication={account.kind === 'application'}
                actions={{ askForPermission, stopUsingPermission }}
              />
            )
          }
        />
      ) : (
        <Notice title="Only administrators change settings">
          Ask an owner or admin of your organisation to rename, schedule, reconnect or disconnect.
        </Notice>
      )}
      <HistoryBeginLine begin={begin} />
    </ConnectionScreen>
  )
}
