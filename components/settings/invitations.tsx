import type { FormAction } from '@/components/ui/form-state'
import { Name } from '@/components/ui/name'
import { SubmitButton } from '@/components/ui/submit-button'
import { RowTh, Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import { RelativeTime } from '@/components/ui/time'
import { INVITATION_DAYS } from '@/lib/domain/retention'
import { InviteForm } from './invite-form'

type Invitation = { id: string; name: string; invitedByName: string; createdAt: Date; expiresAt: Date }

type Props = { invitations: Invitation[]; invite: FormAction; takeBack: (invitationId: string) => Promise<void> }

/** Invites people before their first sign-in, and lists those who have not come yet. */
export function Invitations({ invitations, invite, takeBack }: Props) {
  return (
    <section aria-labelledby="invitations-title" className="mt-10">
      <h2 id="invitations-title" className="font-medium">
        Invitations
      </h2>
      <p className="mb-4 max-w-2xl text-ink-soft">
        Whoever is invited becomes a viewer with their first sign-in, whoever else may join. Rolecall sends no mail:
        tell them the address. An invitation ends after {INVITATION_DAYS} days.
      </p>
      <InviteForm action={invite} />
      {invitations.length === 0 ? null : (
        <Table caption="People who are invited">
          <Thead>
            <Th className="tabular:w-[34%]">Who</Th>
            <Th className="tabular:w-[36%]">Invited</Th>
            <Th>Ends</Th>
            <Th>
              <span className="sr-only">Take back</span>
            </Th>
          </Thead>
          <Tbody>
            {invitations.map(({ id, name, invitedByName, createdAt, expiresAt }) => (
              <Tr key={id}>
                <RowTh>
                  <Name of={name} className="wrap-anywhere" />
                </RowTh>
                <Td label="Invited" className="text-ink-soft">
                  <RelativeTime at={createdAt} /> by <Name of={invitedByName} />
                </Td>
                <Td label="Ends" className="text-ink-soft">
                  <RelativeTime at={expiresAt} />
                </Td>
                <Td>
                  <form action={takeBack.bind(null, id)}>
                    <SubmitButton
                      size="sm"
                      pendingLabel="Taking back…"
                      aria-label={`Take back the invitation of ${name}`}
                    >
                      Take back
                    </SubmitButton>
                  </form>
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      )}
    </section>
  )
}
