import { MEMBER_ROLE_LABELS } from '@/components/access/labels'
import { Name } from '@/components/ui/name'
import { RowTh, Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import { RelativeTime } from '@/components/ui/time'
import type { JoinDoubt, MemberRole } from '@/lib/domain/vocabulary'
import { JoinDoubtReason } from './join-doubt'
import { type MemberActions, MemberControls } from './member-controls'
import { type Decide, MemberDecision } from './member-decision'

type Member = {
  id: string
  name: string
  email: string
  role: MemberRole
  createdAt: Date
  lastSeenAt: Date | null
  /** Why the rule did not admit them when they last tried to sign in. */
  joinDoubt: JoinDoubt | null
  /** How many browsers they are signed in with. */
  sessions: number
}

type Props = {
  members: Member[]
  selfId: string
  /** What can be done to members; null for those who may only read. */
  actions: (MemberActions & { letMemberIn: Decide }) | null
}

/** Who may use Rolecall, and in which role. The last owner cannot be changed, because somebody must be able to manage members. */
export function MembersTable({ members, selfId, actions }: Props) {
  const owners = members.filter((member) => member.role === 'owner').length

  return (
    <Table caption="Members">
      <Thead>
        <Th className="tabular:w-[34%]">Member</Th>
        <Th className="tabular:w-[36%]">Role</Th>
        <Th>Last signed in</Th>
        <Th>Joined</Th>
      </Thead>
      <Tbody>
        {members.map((member) => {
          const lastOwner = member.role === 'owner' && owners === 1
          return (
            <Tr key={member.id}>
              <RowTh>
                <Name of={member.name} />
                {member.id === selfId ? <span className="ml-1.5 text-xs font-normal text-ink-faint">you</span> : null}
                <span className="block font-normal text-ink-soft">
                  <Name of={member.email} />
                </span>
              </RowTh>
              <Td>
                {actions && !lastOwner ? (
                  <MemberControls
                    id={member.id}
                    name={member.name}
                    role={member.role}
                    sessions={member.id === selfId ? null : member.sessions}
                    actions={actions}
                  />
                ) : (
                  MEMBER_ROLE_LABELS[member.role]
                )}
                {actions && lastOwner ? (
                  <span className="block max-w-64 text-xs text-ink-faint">
                    The last owner cannot be changed or removed. Make someone else owner first.
                  </span>
                ) : null}
                {actions && member.joinDoubt ? (
                  <div className="mt-1.5 grid max-w-72 justify-items-start gap-1.5">
                    <p className="text-sm text-warn">
                      Kept out when they last tried to sign in:
                      <JoinDoubtReason doubt={member.joinDoubt} />
                    </p>
                    <MemberDecision
                      memberId={member.id}
                      decide={actions.letMemberIn}
                      word="Let in"
                      pending="Letting in…"
                      name={member.name}
                    />
                  </div>
                ) : null}
              </Td>
              <Td label="Last signed in" className="text-ink-soft">
                {member.lastSeenAt ? <RelativeTime at={member.lastSeenAt} /> : 'Never'}
              </Td>
              <Td label="Joined" className="text-ink-soft">
                <RelativeTime at={member.createdAt} />
              </Td>
            </Tr>
          )
        })}
      </Tbody>
    </Table>
  )
}
