import { judgeMembership, type ToldMembership } from '@/lib/domain/join-groups'
import type { JoinDoubt, JoinRule, JoinWay, MemberRole, MemberState } from '@/lib/domain/vocabulary'

/** What an organisation asks of whoever signs in. */
export type Rule = { joinRule: JoinRule; joinNamed: string[] }

/** What is known of a person who has been here before. */
export type KnownPerson = { state: MemberState; role: MemberRole; joinedBy: JoinWay | null }

/** What else counts of a person who signs in: what Microsoft's token says of their groups, and whether an owner has invited them. */
type Newcomer = { membership: ToldMembership; invited: boolean }

/** `waiting`: an owner has to let the person in. A doubt keeps them out by the rule `groups`, and says why. */
export type Admission = 'may' | 'removed' | 'waiting' | 'not_invited' | JoinDoubt

/**
 * Whether a person may sign in to an organisation that has members. Members stay members whatever the rule becomes, with one exception:
 * whoever joined as one of the named groups or roles is asked at each sign-in whether they still are, while that is the rule. An owner's
 * decision stands above it: owners, and those whom an owner invited or let in, are not asked.
 */
export function judgeAdmission(rule: Rule, known: KnownPerson | null, { membership, invited }: Newcomer): Admission {
  if (known?.state === 'removed') return 'removed'
  if (known?.state === 'active' && !isAskedAgain(rule, known)) return 'may'
  if (rule.joinRule === 'everyone' || invited) return 'may'
  if (rule.joinRule === 'approval') return 'waiting'
  if (rule.joinRule === 'invitation') return 'not_invited'
  const judged = judgeMembership(rule.joinNamed, membership)
  return judged === 'named' ? 'may' : judged
}

const isAskedAgain = ({ joinRule }: Rule, { role, joinedBy }: KnownPerson) =>
  joinRule === 'groups' && joinedBy === 'groups' && role !== 'owner'
