import { z } from 'zod'
import { latestOf } from '@/lib/domain/moments'
import type { Refused } from '@/lib/domain/problems'
import { askBatch, type BatchAnswer, type BatchQuestion, forEachBatch, questionsById } from './client/batch'
import type { Azure } from './client/clients'
import { listPagesFrom } from './client/graph-lists'
import { refusedBy } from './client/lists'
import { addOdd, isStorable, keepReadable, type OddRow } from './client/rows'

/**
 * The most people whose last sign-in is asked for in one run: ten calls. The time is good to have, but not worth a long
 * run.
 */
export const MOST_PEOPLE = 3_000

type SignIns = {
  /** The last sign-in by object ID, of everyone who has signed in at all. */
  at: Map<string, Date>
  /** How many people were not asked about, because there are too many. */
  unasked: number
  /** Rows that could not be understood: who has no time counts as never signed in, which such a row does not say. */
  odd: OddRow[]
  refused: Refused | null
  /** False when the refusal is that of a directory without a premium licence. */
  isLicensed: boolean
}

/**
 * When people last signed in. It is asked apart from everything else, because selecting it without the permission fails
 * the whole question. No refusal fails a run. When Graph gives up half-way, what was read until then is kept.
 */
export async function readSignIns(azure: Azure, ids: readonly string[]): Promise<SignIns> {
  const wanted = [...new Set(ids)]
  const asked = wanted.slice(0, MOST_PEOPLE)
  const unasked = wanted.length - asked.length
  const read: SignIns = { at: new Map(), unasked, odd: [], refused: null, isLicensed: true }
  await forEachBatch(questionsById('/users', asked, 'id,signInActivity'), async (batch) => {
    // A refusal, or Graph giving up, would be the same for everyone who is left.
    if (!read.refused) await readBatch(azure, batch, read)
  })
  return read
}

async function readBatch(azure: Azure, batch: BatchQuestion[], read: SignIns): Promise<void> {
  try {
    const answers = await askBatch(azure, batch)
    for (const [index, question] of batch.entries()) await take(azure, read, question, answers[index] as BatchAnswer)
  } catch (error) {
    // Not thrown, so that the batches that are on their way are still waited for.
    read.refused ??= refusedBy('users?$select=signInActivity', error)
  }
}

/** Graph's words to a directory without a premium licence (seen in issues, not documented). */
const UNLICENSED = /NonPremiumTenant|RequestFromNonPremium/i

async function take(azure: Azure, read: SignIns, question: BatchQuestion, answer: BatchAnswer): Promise<void> {
  if (answer.status === 403 && UNLICENSED.test(JSON.stringify(answer.body))) read.isLicensed = false
  for await (const items of listPagesFrom(azure, question, answer)) {
    const { rows, odd } = keepReadable(SignInRow, items)
    for (const { id, at } of rows) if (at) read.at.set(id, at)
    addOdd(read.odd, odd)
  }
}

/** A time; null for an absent one. */
const Time = z
  .string()
  .nullish()
  .transform((text) => (text ? new Date(text) : null))
  .refine((time) => time === null || isStorable(time))

const Activity = z.looseObject({ lastSignInDateTime: Time, lastSuccessfulSignInDateTime: Time })

const SignInRow = z
  .looseObject({ id: z.guid().toLowerCase(), signInActivity: Activity.nullish() })
  .transform(({ id, signInActivity }) => ({
    id,
    at: latestOf(signInActivity?.lastSignInDateTime ?? null, signInActivity?.lastSuccessfulSignInDateTime ?? null),
  }))
