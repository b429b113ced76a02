import { Name } from '@/components/ui/name'
import { Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import { RelativeTime } from '@/components/ui/time'
import { isolateName } from '@/lib/domain/words'

type Event = {
  seq: number
  at: Date
  memberName: string
  action: string
  subject: string
  details: Record<string, string | number | boolean | null>
  /** From where it was done, and the id of the request in the log: for owners only, and absent where nobody asked. */
  clientAddress: string | null
  requestId: string | null
}

/** Who did what to whom or what, the newest first. */
export function AuditTable({ events }: { events: Event[] }) {
  return (
    <Table caption="Audit log">
      <Thead>
        <Th className="tabular:w-[14%]">When</Th>
        <Th className="tabular:w-[20%]">Who</Th>
        <Th className="tabular:w-[34%]">Did</Th>
        <Th>Details</Th>
      </Thead>
      <Tbody>
        {events.map((event) => (
          <Tr key={event.seq}>
            <Td className="text-ink-soft">
              <RelativeTime at={event.at} />
            </Td>
            <Td>
              <Name of={event.memberName} />
            </Td>
            <Td>
              {ACTION_VERBS[event.action] ?? event.action}
              {event.subject === event.memberName ? null : (
                <>
                  {' '}
                  <Name of={event.subject} className="font-medium" />
                </>
              )}
            </Td>
            <Td className="text-ink-soft">
              {describeDetails({ ...event.details, from: event.clientAddress, request: event.requestId })}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  )
}

function describeDetails(details: Event['details']): string {
  return Object.entries(details)
    .filter(([, value]) => value !== null && value !== '')
    .map(([key, value]) => `${key.replaceAll('_', ' ')}: ${isolateName(String(value).replaceAll('_', ' '))}`)
    .join(', ')
}

/** What was done, as the verb of a sentence. An action without one is shown as it is stored. */
const ACTION_VERBS: Record<string, string> = {
  'member.joined': 'joined',
  'member.role_changed': 'changed the role of',
  'member.removed': 'removed',
  'member.let_in_again': 'let in again',
  'member.asked_to_join': 'asked to be let in',
  'member.let_in': 'let in',
  'member.refused': 'refused to let in',
  'member.invited': 'invited',
  'member.invitation_taken_back': 'took back the invitation of',
  'member.session_ended': 'ended a session',
  'member.other_sessions_ended': 'ended all other sessions',
  'member.signed_out_everywhere': 'signed out everywhere',
  'member.signed_in': 'signed in',
  'member.signed_out': 'signed out',
  'member.sign_in_refused': 'was not let in',
  'access.refused': 'was not allowed to',
  'access.not_found': 'asked for something that is not here:',
  'access.exported': 'exported the access to',
  'access.export_taken': 'took the whole export of',
  'member.sessions_ended_by_owner': 'ended the sessions of',
  'connection.connected': 'connected',
  'connection.reconnected': 'reconnected',
  'connection.renamed': 'renamed',
  'connection.schedule_changed': 'changed the schedule of',
  'connection.permission_dropped': 'stopped using an optional permission of',
  'connection.sync_requested': 'asked to sync',
  'connection.disconnected': 'disconnected',
  'connection.deletion_requested': 'asked to delete the data of',
  'connection.deleted': 'deleted the data of',
  'account.application_begun': 'began to add the application',
  'account.application_discarded': 'discarded the begun application',
  'account.application_added': 'added the application account',
  'account.application_removed': 'removed the application account',
  'account.credential_begun': 'began to give another credential to',
  'account.credential_discarded': 'discarded the new credential of',
  'account.credential_replaced': 'gave another credential to',
  'account.follow_changed': 'changed whether new subscriptions connect themselves with',
  'account.permission_dropped': 'stopped using an optional permission of',
  'account.taken_over': 'let another account take over from',
  'organisation.history_changed': 'changed for how long history is kept by',
  'organisation.join_rule_changed': 'changed who may join',
  'feed.made': 'made the feed',
  'feed.revoked': 'revoked the feed',
  'view.shared': 'shared the saved view',
  'view.renamed': 'renamed the saved view',
  'view.unshared': 'stopped sharing the saved view',
  'account.resealed': 'sealed with another key the sign-in of',
  // What was written down while sign-ins were those of connections.
  'connection.resealed': 'sealed with another key the sign-in of',
}
