import type { Metadata } from 'next'
import { ConnectionSettings } from '@/components/access/connection-settings'
import { Notice } from '@/components/ui/notice'
import { mayDo } from '@/lib/allow'
import { disconnectConnection, renameConnection, setSchedule, startReconnect } from '../../../actions'
import { ConnectionScreen } from '../connection-screen'
import { openConnection } from '../open-connection'

type Props = PageProps<'/integrations/azure/[connectionId]/settings'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { connection } = await openConnection((await params).connectionId)
  return { title: `Settings of ${connection.label}` }
}

export default async function SettingsPage({ params }: Props) {
  const { member, connection } = await openConnection((await params).connectionId)
  const { id, label, accountName, schedule, state } = connection

  return (
    <ConnectionScreen connectionId={id} current="settings">
      {mayDo(member.role, 'schedule') ? (
        <ConnectionSettings
          connection={{ id, label, accountName, schedule, disconnected: state === 'disconnected' }}
          actions={{ renameConnection, setSchedule, startReconnect, disconnectConnection }}
        />
      ) : (
        <Notice title="Only administrators change settings">
          Ask an owner or admin of your organisation to rename, schedule, reconnect or disconnect.
        </Notice>
      )}
    </ConnectionScreen>
  )
}
