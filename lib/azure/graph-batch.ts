import { z } from 'zod'
import type { Azure } from './azure'
import { AzureError, problemOfGraph, toAzureError } from './azure-error'
import { PATIENCE, pauseBefore } from './patience'
import { retryAfterMs } from './retry-after'

/** Microsoft's limit (json-batching). */
export const MOST_IN_BATCH = 20

export type BatchQuestion = { url: string; headers?: Record<string, string> }
export type BatchAnswer = { status: number; body: unknown }

const Answers = z.object({
  responses: z.array(
    z.object({
      id: z.coerce.string(),
      status: z.number().int(),
      headers: z.record(z.string(), z.unknown()).nullish(),
      body: z.unknown(),
    }),
  ),
})
type Answer = z.infer<typeof Answers>['responses'][number]

const mayRepeat = (status: number) => status === 429 || status >= 500

/**
 * Up to twenty GETs in one call; answers in the order of the questions, whatever order they came in. Items that were
 * throttled or failed are asked again alone, after the longest wait any of them named. Other refusals (403, 404) are
 * answers: they are given back.
 */
export async function graphBatch(azure: Azure, questions: BatchQuestion[]): Promise<BatchAnswer[]> {
  const { meter, signal, patience = PATIENCE } = azure.caller
  const answers: BatchAnswer[] = new Array(questions.length)
  let open = questions.map((_, index) => index)

  for (let tries = 1; open.length > 0; tries += 1) {
    const got = await ask(azure, questions, open)
    const refused = [...got].filter(([, answer]) => mayRepeat(answer.status))
    for (const [index, answer] of got) answers[index] = { status: answer.status, body: answer.body }
    open = refused.map(([index]) => index).sort((a, b) => a - b)

    const worst = refused[0]?.[1]
    if (!worst) break
    const asked = longestWait(refused.map(([, answer]) => answer))
    if (tries >= patience.tries || (asked ?? 0) > patience.longestWaitMs) {
      throw new AzureError(problemOfGraph(worst.status), 'An item of a batch was refused to the end.', {
        status: worst.status,
        retryAfterMs: asked ?? undefined,
      })
    }
    try {
      await patience.wait(pauseBefore(tries + 1, asked), signal)
    } catch (error) {
      throw toAzureError(signal?.aborted ? signal.reason : error)
    }
    if (meter) meter.retries += 1
  }
  return answers
}

async function ask(azure: Azure, questions: BatchQuestion[], open: number[]): Promise<Map<number, Answer>> {
  const requests = open.map((index) => ({ id: String(index), method: 'GET', ...questions[index] }))
  try {
    const { responses } = Answers.parse(await azure.graph.api('/$batch').post({ requests }))
    const got = new Map(responses.map((answer) => [Number(answer.id), answer]))
    if (open.some((index) => !got.has(index)) || got.size !== open.length)
      throw new AzureError('bad_answer', 'The answer did not have the documented form.')
    return got
  } catch (error) {
    throw toAzureError(error)
  }
}

function longestWait(refused: Answer[]): number | null {
  const waits = refused.map(({ headers }) => {
    const found = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'retry-after')
    return found ? retryAfterMs(String(found[1])) : null
  })
  return waits.reduce((most, wait) => (wait === null ? most : Math.max(most ?? 0, wait)), null)
}
