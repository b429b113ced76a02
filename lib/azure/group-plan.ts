import type { GroupPlan } from '@/lib/domain/vocabulary'
import { type BatchAnswer, graphBatch, IDS_PER_QUESTION, MOST_IN_BATCH, PER_PAGE } from './client/batch'
import type { Azure } from './client/clients'

/** Calls that reading memberships from the people's side may cost: some 900 people. Beyond, the groups stay closed. */
export const MOST_CALLS = 50

/** Calls counted ahead and calls made; the readers keep both as they learn how long the lists are. */
export type CallPlan = Pick<GroupPlan, 'predicted' | 'made'>

type Given = {
  /** Whether groups' members may be read. */
  granted: boolean
  /** Groups that access runs through. */
  groups: number
  /** Users of the directory; null when nobody counted them, or Graph did not say. */
  users: number | null
}

/** Batches for so many questions. */
export const batchesFor = (questions: number): number => Math.ceil(questions / MOST_IN_BATCH)

/** Pages of so many rows; an empty list is a page too. */
export const pagesFor = (rows: number): number => Math.max(1, Math.ceil(rows / PER_PAGE))

/** Calls for the first level of groups: their members, and their own names in the same batches. */
export const callsForFirstLevel = (groups: number): number => batchesFor(groups + Math.ceil(groups / IDS_PER_QUESTION))

/** Calls for reading a whole directory and what each of its people is a member of. */
export const callsForPeople = (users: number): number => pagesFor(users) + batchesFor(users)

/**
 * Chooses how groups are opened by counting calls. Reading from the groups down is always cheapest, but needs permission.
 * Reading from the people up needs no permission beyond the base ones, but its cost grows with the directory.
 */
export function planGroups({ granted, groups, users }: Given): GroupPlan {
  if (groups === 0) return { way: 'none', predicted: 0, made: 0, why: { reason: 'no_groups' } }
  if (granted)
    return { way: 'members', predicted: callsForFirstLevel(groups), made: 0, why: { reason: 'from_groups', groups } }

  // Counting the users was a call of its own.
  const unopened = { way: 'unopened', predicted: 1, made: 1 } as const
  if (users === null) return { ...unopened, why: { reason: 'people_uncounted' } }
  const calls = callsForPeople(users)
  if (calls > MOST_CALLS)
    return { ...unopened, why: { reason: 'too_many_people', users, calls, mostCalls: MOST_CALLS } }
  return { way: 'people', predicted: 1 + calls, made: 1, why: { reason: 'from_people', users, calls } }
}

/** The question how many users the directory has, for a batch. It is an advanced query. */
export const COUNT_OF_USERS = { url: '/users/$count', headers: { ConsistencyLevel: 'eventual' } }

/** How many users the directory has, by one call; null when Graph does not say. */
export async function countUsers(azure: Azure): Promise<number | null> {
  const [counted] = await graphBatch(azure, [COUNT_OF_USERS])
  return countIn(counted)
}

/** `$count` answers plain text, which a batch gives as a number, as digits, or as digits in base64. Unreadable: null. */
export function countIn(counted: BatchAnswer | undefined): number | null {
  if (counted?.status !== 200) return null
  const text = String(counted.body)
  const digits = /^\d+$/.test(text)
    ? text
    : Buffer.from(text, 'base64')
        .toString('utf8')
        .replace(/^\uFEFF/, '')
  return /^\d+$/.test(digits) ? Number(digits) : null
}
