import { Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import { RelativeTime } from '@/components/ui/time'
import type { JoinDoubt } from '@/lib/domain/vocabulary'
import { JoinDoubtReason } from './join-doubt'
import { type Decide, MemberDecision, PersonTh } from './member-decision'

type Waiting = { id: string; name: string; email: string; createdAt: Date; joinDoubt: JoinDoubt | null }

type Props = { members: Waiting[]; letIn: Decide; refuse: Decide }

/** Who has signed in and waits, with the buttons that let them in or refuse them. */
export function WaitingMembers({ members, letIn, refuse }: Props) {
  return (
    <section aria-labelledby="waiting-title" className="mb-8">
      <h2 id="waiting-title" className="font-medium">
        Waiting to be let in
      </h2>
      <p className="mb-4 max-w-2xl text-ink-soft">
        They signed in at Microsoft with an account of your tenant, and see nothing yet. People you let in start as
        viewers.
      </p>
      <Table caption="People who wait">
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
              <PersonTh name={member.name} email={member.email} />
              <Td label="Asked" className="text-ink-soft">
                <RelativeTime at={member.createdAt} />
                {member.joinDoubt ? <JoinDoubtReason doubt={member.joinDoubt} /> : null}
              </Td>
              <Td>
                <div className="flex flex-wrap gap-2">
                  <MemberDecision
                    memberId={member.id}
                    decide={letIn}
                    word="Let in"
                    pending="Letting in…"
                    name={member.name}
                  />
                  <MemberDecision
                    memberId={member.id}
                    decide={refuse}
                    word="Refuse"
                    pending="Refusing…"
                    name={member.name}
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
