import { Table, Td, Th } from '@/components/ui/table'
import { RelativeTime } from '@/components/ui/time'

type Event = {
  seq: number
  at: Date
  memberName: string
  action: string
  subject: string
  details: Record<string, string | number | boolean | null>
}

/** Who did what to whom or what, the newest first. */
export function AuditTable({ events }: { events: Event[] }) {
  return (
    <Table caption="Audit log">
      <thead>
        <tr>
          <Th>When</Th>
          <Th>Who</Th>
          <Th>Did</Th>
          <Th>Details</Th>
        </tr>
      </thead>
      <tbody>
        {events.map((event) => (
          <tr key={event.seq}>
            <Td className="whitespace-nowrap text-ink-soft">
              <RelativeTime at={event.at} />
            </Td>
            <Td className="max-w-56 min-w-32 break-words">
              <bdi>{event.memberName}</bdi>
            </Td>
            <Td className="max-w-96 min-w-48 break-words">
              {ACTION_VERBS[event.action] ?? event.action}
              {event.subject === event.memberName ? null : (
                <>
                  {' '}
                  <bdi className="font-medium">{event.subject}</bdi>
                </>
              )}
            </Td>
            <Td className="min-w-48 text-ink-soft">{describeDetails(event.details)}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function describeDetails(details: Event['details']): string {
  return Object.entries(details)
    .filter(([, value]) => value !== null && value !== '')
    .map(([key, value]) => `${key.replaceAll('_', ' ')}: ${String(value).replaceAll('_', ' ')}`)
    .join(', ')
}

/** What was done, as the verb of a sentence. An action without one is shown as it is stored. */
const ACTION_VERBS: Record<string, string> = {
  'member.joined': 'joined',
  'member.role_changed': 'changed the role of',
  'member.removed': 'removed',
  'member.signed_out_everywhere': 'signed out everywhere',
  'connection.connected': 'connected',
  'connection.reconnected': 'reconnected',
  'connection.renamed': 'renamed',
  'connection.schedule_changed': 'changed the schedule of',
  'connection.permission_dropped': 'stopped using an optional permission of',
  'connection.sync_requested': 'asked to sync',
  'connection.disconnected': 'disconnected',
  'connection.deleted': 'deleted the data of',
}
