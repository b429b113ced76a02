'use client'

import { useActionState } from 'react'
import { ConfirmIdentity } from '@/components/ui/confirm-identity'
import type { FormState } from '@/components/ui/form-state'
import { Name } from '@/components/ui/name'
import { SubmitButton } from '@/components/ui/submit-button'
import { RowTh, Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import { RelativeTime } from '@/components/ui/time'

type Waiting = { id: string; name: string; email: string; createdAt: Date }

type Decide = (memberId: string, state: FormState, form: FormData) => Promise<FormState>

type Props = { members: Waiting[]; letIn: Decide; refuse: Decide }

/** Who has signed in and waits, with the buttons that let them in or refuse them. */
export function WaitingMembers({ members, letIn, refuse }: Props) {
  return (
    <section aria-labelledby="waiting-title" className="mb-8">
      <h2 id="waiting-title" className="font-medium">
        Waiting to be let in
      </h2>
      <p className="mb-4 max-w-2xl text-ink-soft">
        They signed in at Microsoft with an account of your tenant, and see nothing yet. Whom you let in starts as a
        viewer.
      </p>
      <Table caption="Waiting to be let in">
        <Thead>
          <Th className="tabular:w-[34%]">Who</Th>
          <Th className="tabular:w-[36%]">Asked</Th>
          <Th>
            <span className="sr-only">Decide</span>
          </Th>
        </Thead>
        <Tbody>
          {members.map((member) => (
            <Tr key={member.id}>
              <RowTh>
                <Name of={member.name} />
                <span className="block font-normal text-ink-soft">
                  <Name of={member.email} />
                </span>
              </RowTh>
              <Td label="Asked" className="text-ink-soft">
                <RelativeTime at={member.createdAt} />
              </Td>
              <Td>
                <div className="flex flex-wrap gap-2">
                  <DecideForm
                    action={letIn.bind(null, member.id)}
                    word="Let in"
                    pending="Letting in…"
                    label={`Let ${member.name} in`}
                  />
                  <DecideForm
                    action={refuse.bind(null, member.id)}
                    word="Refuse"
                    pending="Refusing…"
                    label={`Refuse ${member.name}`}
                  />
                </div>
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </section>
  )
}

type FormProps = {
  action: (state: FormState, form: FormData) => Promise<FormState>
  word: string
  pending: string
  label: string
}

function DecideForm({ action, word, pending, label }: FormProps) {
  const [state, decide] = useActionState(action, null)

  return (
    <form action={decide} className="grid justify-items-start gap-2">
      <SubmitButton size="sm" pendingLabel={pending} aria-label={label}>
        {word}
      </SubmitButton>
      {state?.confirm ? <ConfirmIdentity again={word} /> : null}
    </form>
  )
}
