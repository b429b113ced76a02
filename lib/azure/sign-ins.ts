import { z } from 'zod'
import {
  BATCHES_AT_ONCE,
  type BatchAnswer,
  type BatchQuestion,
  graphBatch,
  IDS_PER_QUESTION,
  inChunks,
  inParallel,
  MOST_IN_BATCH,
  pagesOf,
  parseBody,
} from './client/batch'
import type { Azure } from './client/clients'
import { AzureError } from './client/errors'

/** People whose last sign-in is asked for in one run: ten calls. It is worth having, but never worth a long run. */
export const MOST_PEOPLE = 3_000

type Read = {
  state: 'whole' | 'partly' | 'not_permitted' | 'not_licensed'
  /** Of whoever has signed in at all. */
  at: Map<string, Date>
}

const time = z
  .string()
  .nullish()
  .transform((text) => (text ? Date.parse(text) : Number.NaN))

const Activity = z.looseObject({ lastSignInDateTime: time, lastSuccessfulSignInDateTime: time })

const Row = z.looseObject({ id: z.guid().toLowerCase(), signInActivity: Activity.nullish() }).transform((row) => ({
  id: row.id,
  at: latest([row.signInActivity?.lastSignInDateTime, row.signInActivity?.lastSuccessfulSignInDateTime]),
}))

/** What Graph says to a directory without a premium licence (seen in issues, not documented). */
const UNLICENSED = /NonPremiumTenant|RequestFromNonPremium/i

/**
 * When people last signed in, asked apart from everything else, because selecting it without the right fails the whole
 * question. No refusal fails a run: the state says what came of it. When Graph gives out half-way, what came is kept.
 */
export async function readSignIns(azure: Azure, ids: readonly string[]): Promise<Read> {
  const wanted = [...new Set(ids)]
  const read: Read = { state: wanted.length > MOST_PEOPLE ? 'partly' : 'whole', at: new Map() }
  const questions = inChunks(wanted.slice(0, MOST_PEOPLE), IDS_PER_QUESTION).map((some) => ({
    url: `/users?$filter=id in (${some.map((id) => `'${id}'`).join(',')})&$select=id,signInActivity`,
  }))
  let ended = false // a refusal, or Graph giving out, is the same for everyone who is left
  await inParallel(inChunks(questions, MOST_IN_BATCH), BATCHES_AT_ONCE, async (batch) => {
    if (!ended && !(await askBatch(azure, batch, read))) ended = true
  })
  return isRefused(read) ? { ...read, at: new Map() } : read
}

const GIVEN_OUT: string[] = ['throttled', 'azure_unreachable']

/** Whether asking on makes sense. Batches under way are not left behind when one gives out. */
async function askBatch(azure: Azure, batch: BatchQuestion[], read: Read): Promise<boolean> {
  try {
    for (const answer of await graphBatch(azure, batch)) await take(azure, read, answer)
    return !isRefused(read)
  } catch (error) {
    if (!(error instanceof AzureError && GIVEN_OUT.includes(error.code))) throw error
    if (!isRefused(read)) read.state = 'partly'
    return false
  }
}

const isRefused = ({ state }: Read) => state === 'not_permitted' || state === 'not_licensed'

async function take(azure: Azure, read: Read, answer: BatchAnswer): Promise<void> {
  if (answer.status === 403) {
    read.state = UNLICENSED.test(JSON.stringify(answer.body)) ? 'not_licensed' : 'not_permitted'
    return
  }
  for await (const items of pagesOf(azure, answer))
    for (const { id, at } of parseBody(z.array(Row), items)) if (at) read.at.set(id, at)
}

function latest(times: (number | undefined)[]): Date | null {
  const known = times.filter((one): one is number => one !== undefined && !Number.isNaN(one))
  return known.length > 0 ? new Date(Math.max(...known)) : null
}
