import { SubmitButton } from '@/components/ui/submit-button'
import { RowTh, Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import { RelativeTime } from '@/components/ui/time'

type Session = {
  id: string
  browser: string
  clientAddress: string | null
  createdAt: Date
  lastSeenAt: Date
  isThis: boolean
}

type Props = { sessions: Session[]; endSession: (sessionId: string) => Promise<void> }

/** Where the member who asks is signed in. The session in use is marked, and is ended by signing out. */
export function SessionsTable({ sessions, endSession }: Props) {
  return (
    <Table caption="Your sessions">
      <Thead>
        <Th className="tabular:w-[30%]">Browser</Th>
        <Th className="tabular:w-[22%]">Signed in from</Th>
        <Th>Signed in</Th>
        <Th>Last seen</Th>
        <Th>
          <span className="sr-only">End the session</span>
        </Th>
      </Thead>
      <Tbody>
        {sessions.map((session) => (
          <Tr key={session.id}>
            <RowTh>
              {session.browser}
              {session.isThis ? <span className="ml-1.5 text-xs font-normal text-ink-faint">this session</span> : null}
            </RowTh>
            <Td label="Signed in from" className="text-ink-soft">
              {session.clientAddress ? <bdi className="font-mono text-sm">{session.clientAddress}</bdi> : 'Not known'}
            </Td>
            <Td label="Signed in" className="text-ink-soft">
              <RelativeTime at={session.createdAt} />
            </Td>
            <Td label="Last seen" className="text-ink-soft">
              {session.isThis ? 'Now' : <RelativeTime at={session.lastSeenAt} />}
            </Td>
            <Td>
              {session.isThis ? null : (
                <form action={endSession.bind(null, session.id)}>
                  <SubmitButton
                    size="sm"
                    variant="ghost"
                    pendingLabel="Ending…"
                    aria-label={`End the session of ${session.browser}`}
                  >
                    End
                  </SubmitButton>
                </form>
              )}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  )
}
