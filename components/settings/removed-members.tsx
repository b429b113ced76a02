import { Name } from '@/components/ui/name'
import { Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import { RelativeTime } from '@/components/ui/time'
import { type Decide, MemberDecision, PersonTh } from './member-decision'

type Removed = { id: string; name: string; email: string; removedAt: Date | null; removedByName: string | null }

/** Who was removed and cannot sign in, with the button that lets them in again. */
export function RemovedMembers({ members, letIn }: { members: Removed[]; letIn: Decide }) {
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
              <PersonTh name={member.name} email={member.email} />
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
                <MemberDecision
                  memberId={member.id}
                  decide={letIn}
                  word="Let in again"
                  pending="Letting in…"
                  name={member.name}
                />
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </section>
  )
}
