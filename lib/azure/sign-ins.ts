import { z } from 'zod'
import type { Azure } from './azure'
import { AzureError } from './azure-error'
import { type BatchAnswer, graphBatch, MOST_IN_BATCH } from './graph-batch'
import { BATCHES_AT_ONCE, IDS_PER_QUESTION } from './graph-limits'
import { GraphPage } from './graph-pages'
import { inChunks } from './in-chunks'
import { inParallel } from './in-parallel'
import { parseAnswer } from './parse-answer'
import { parseBody } from './parse-body'

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
  try {
    await inParallel(inChunks(questions, MOST_IN_BATCH), BATCHES_AT_ONCE, async (batch) => {
      for (const answer of await graphBatch(azure, batch)) take(read, answer)
    })
  } catch (error) {
    if (!(error instanceof AzureError && GIVEN_OUT.includes(error.code))) throw error
    read.state = 'partly'
  }
  return read.state === 'not_permitted' || read.state === 'not_licensed' ? { ...read, at: new Map() } : read
}

const GIVEN_OUT: string[] = ['throttled', 'azure_unreachable']

function take(read: Read, answer: BatchAnswer): void {
  if (answer.status === 403) {
    read.state = UNLICENSED.test(JSON.stringify(answer.body)) ? 'not_licensed' : 'not_permitted'
    return
  }
  for (const { id, at } of parseBody(z.array(Row), parseAnswer(GraphPage, answer).items)) if (at) read.at.set(id, at)
}

function latest(times: (number | undefined)[]): Date | null {
  const known = times.filter((one): one is number => one !== undefined && !Number.isNaN(one))
  return known.length > 0 ? new Date(Math.max(...known)) : null
}
