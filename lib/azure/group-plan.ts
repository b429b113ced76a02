import type { GroupPlan } from '@/lib/domain/vocabulary'
import {
  askBatch,
  type BatchAnswer,
  type BatchQuestion,
  countBatches,
  countPages,
  IDS_PER_QUESTION,
} from './client/batch'
import type { Azure } from './client/clients'

/**
 * The most calls that reading memberships from the people's side may cost, enough for some 900 people. Where it would
 * cost more, the groups stay closed.
 */
export const MOST_CALLS = 50

type Given = {
  /** Whether this account may read the members of groups. */
  granted: boolean
  /** How many groups access runs through. */
  groups: number
  /** Whether the eligible members of groups are asked for as well. */
  asksEligible?: boolean
  /** How many users the directory has; null when nobody counted them, or Graph did not say. */
  users: number | null
}

/**
 * Chooses how groups are opened by counting calls. Reading from the groups down is always cheapest, but needs permission.
 * Reading from the people up needs no permission beyond the base ones, but its cost grows with the directory.
 */
export function planGroups({ granted, groups, asksEligible = false, users }: Given): GroupPlan {
  if (groups === 0) return { way: 'none', predicted: 0, made: 0, why: { reason: 'no_groups' } }
  if (granted)
    return {
      way: 'members',
      predicted: callsForFirstLevel(groups, asksEligible),
      made: 0,
      why: { reason: 'from_groups', groups },
    }

  // Counting the users was a call of its own.
  const unopened = { way: 'unopened', predicted: 1, made: 1 } as const
  if (users === null) return { ...unopened, why: { reason: 'people_uncounted' } }
  const calls = callsForPeople(users)
  if (calls > MOST_CALLS)
    return { ...unopened, why: { reason: 'too_many_people', users, calls, mostCalls: MOST_CALLS } }
  return { way: 'people', predicted: 1 + calls, made: 1, why: { reason: 'from_people', users, calls } }
}

/**
 * Calls for the first level of groups: of each its members, those that are service principals and, when asked for, the
 * eligible ones; and the names and owners of fifteen groups together.
 */
export const callsForFirstLevel = (groups: number, asksEligible = false): number =>
  countBatches(groups * (asksEligible ? 3 : 2) + Math.ceil(groups / IDS_PER_QUESTION))

/** Calls for reading a whole directory and the groups that each of its people is in. */
const callsForPeople = (users: number): number => countPages(users) + countBatches(users)

/** How many users the directory has, by one call; null when Graph does not say. */
export async function countUsers(azure: Azure): Promise<number | null> {
  const [answer] = await askBatch(azure, [COUNT_OF_USERS])
  return countIn(answer)
}

/** The question how many users the directory has, for a batch. It is an advanced query, hence the header. */
export const COUNT_OF_USERS: BatchQuestion = { url: '/users/$count', headers: { ConsistencyLevel: 'eventual' } }

/**
 * The count in an answer to {@link COUNT_OF_USERS}; null when it cannot be read. `$count` answers plain text, which a
 * batch gives as a number, as digits, or as digits in base64.
 */
export function countIn(answer: BatchAnswer | undefined): number | null {
  if (answer?.status !== 200) return null
  const text = String(answer.body)
  const digits = /^\d+$/.test(text)
    ? text
    : Buffer.from(text, 'base64')
        .toString('utf8')
        .replace(/^\uFEFF/, '')
  return /^\d+$/.test(digits) ? Number(digits) : null
}
