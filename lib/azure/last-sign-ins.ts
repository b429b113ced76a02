import { z } from 'zod'
import type { Refused } from '@/lib/domain/problems'
import type { CoverageState } from '@/lib/domain/vocabulary'
import {
  askBatch,
  type BatchAnswer,
  type BatchQuestion,
  failureOf,
  forEachBatch,
  listPagesFrom,
  questionsById,
} from './client/batch'
import type { Azure } from './client/clients'
import { refusedBy } from './client/lists'
import { keepReadable } from './client/rows'

/**
 * The most people whose last sign-in is asked for in one run: ten calls. The time is good to have, but not worth a long
 * run.
 */
export const MOST_PEOPLE = 3_000

type SignIns = {
  state: Exclude<CoverageState, 'not_asked'>
  /** The last sign-in by object ID, of everyone who has signed in at all. */
  at: Map<string, Date>
  refused: Refused | null
}

/**
 * When people last signed in. It is asked apart from everything else, because selecting it without the permission fails
 * the whole question. No refusal fails a run: the state says how far it was read. When Graph gives up half-way, what was
 * read until then is kept.
 */
export async function readSignIns(azure: Azure, ids: readonly string[]): Promise<SignIns> {
  const wanted = [...new Set(ids)]
  const read: SignIns = { state: wanted.length > MOST_PEOPLE ? 'partly' : 'whole', at: new Map(), refused: null }
  let isOver = false // a refusal, or Graph giving up, would be the same for everyone who is left
  await forEachBatch(questionsById('/users', wanted.slice(0, MOST_PEOPLE), 'id,signInActivity'), async (batch) => {
    if (!isOver && !(await readBatch(azure, batch, read))) isOver = true
  })
  return isRefused(read) ? { ...read, at: new Map() } : read
}

/** Reads one batch; returns whether it makes sense to ask for more. */
async function readBatch(azure: Azure, batch: BatchQuestion[], read: SignIns): Promise<boolean> {
  try {
    const answers = await askBatch(azure, batch)
    for (const [index, question] of batch.entries()) await take(azure, read, question, answers[index] as BatchAnswer)
    return !isRefused(read)
  } catch (error) {
    // Not thrown, so that the batches that are on their way are still waited for.
    read.refused = refusedBy('users?$select=signInActivity', error)
    if (!isRefused(read))
      read.state = read.at.size > 0 || GIVEN_UP.includes(read.refused.code) ? 'partly' : 'not_readable'
    return false
  }
}

/** Graph had begun to answer, or will again. */
const GIVEN_UP: string[] = ['throttled', 'azure_unreachable']

const isRefused = ({ state }: SignIns) => state === 'not_permitted' || state === 'not_licensed'

/** Graph's words to a directory without a premium licence (seen in issues, not documented). */
const UNLICENSED = /NonPremiumTenant|RequestFromNonPremium/i

async function take(azure: Azure, read: SignIns, question: BatchQuestion, answer: BatchAnswer): Promise<void> {
  if (answer.status === 403) {
    read.state = UNLICENSED.test(JSON.stringify(answer.body)) ? 'not_licensed' : 'not_permitted'
    read.refused = refusedBy('users?$select=signInActivity', failureOf(answer))
    return
  }
  for await (const items of listPagesFrom(azure, question, answer)) {
    const { rows, odd } = keepReadable(SignInRow, items)
    for (const { id, at } of rows) if (at) read.at.set(id, at)
    // Who has no time counts as never signed in, which a row that could not be understood does not say.
    if (odd.length > 0 && read.state === 'whole') read.state = 'partly'
  }
}

/** A time in milliseconds; null for an absent one. */
const Time = z
  .string()
  .nullish()
  .transform((text) => (text ? Date.parse(text) : null))
  .refine((time) => !Number.isNaN(time))

const Activity = z.looseObject({ lastSignInDateTime: Time, lastSuccessfulSignInDateTime: Time })

const SignInRow = z
  .looseObject({ id: z.guid().toLowerCase(), signInActivity: Activity.nullish() })
  .transform(({ id, signInActivity }) => ({
    id,
    at: latestOf([signInActivity?.lastSignInDateTime, signInActivity?.lastSuccessfulSignInDateTime]),
  }))

function latestOf(times: (number | null | undefined)[]): Date | null {
  const known = times.filter((one) => one !== undefined && one !== null)
  return known.length > 0 ? new Date(Math.max(...known)) : null
}
