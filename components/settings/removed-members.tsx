'use client'

import { useActionState } from 'react'
import { ConfirmIdentity } from '@/components/ui/confirm-identity'
import type { FormState } from '@/components/ui/form-state'
import { Name } from '@/components/ui/name'
import { SubmitButton } from '@/components/ui/submit-button'
import { RowTh, Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import { RelativeTime } from '@/components/ui/time'

type Removed = { id: string; name: string; email: string; removedAt: Date | null; removedByName: string | null }

type LetIn = (memberId: string, state: FormState, form: FormData) => Promise<FormState>

/** Who was removed and cannot sign in, with the button that lets them in again. */
export function RemovedMembers({ members, letIn }: { members: Removed[]; letIn: LetIn }) {
  return (
    <section aria-labelledby="removed-title" className="mt-10">
      <h2 id="removed-title" className="font-medium">
        Removed
      </h2>
      <p className="mb-4 max-w-2xl text-ink-soft">
        They cannot sign in until an owner lets them in again. They then start as viewers.
      </p>
      <Table caption="Removed members">
        <Thead>
          <Th className="tabular:w-[34%]">Member</Th>
          <Th className="tabular:w-[36%]">Removed</Th>
          <Th>
            <span className="sr-only">Let in again</span>
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
              <Td label="Removed" className="text-ink-soft">
                {member.removedAt ? <RelativeTime at={member.removedAt} /> : null}
                {member.removedByName ? (
                  <>
                    {' by '}
                    <Name of={member.removedByName} />
                  </>
                ) : null}
              </Td>
              <Td>
                <LetInForm name={member.name} action={letIn.bind(null, member.id)} />
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </section>
  )
}

type FormProps = { name: string; action: (state: FormState, form: FormData) => Promise<FormState> }

function LetInForm({ name, action }: FormProps) {
  const [state, letIn] = useActionState(action, null)

  return (
    <form action={letIn} className="grid justify-items-start gap-2">
      <SubmitButton size="sm" pendingLabel="Letting in…" aria-label={`Let ${name} in again`}>
        Let in again
      </SubmitButton>
      {state?.confirm ? <ConfirmIdentity again="Let in again" /> : null}
    </form>
  )
}
