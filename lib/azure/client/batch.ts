import { z } from 'zod'
import { pauseToShare, THROTTLE_SCOPE } from './budget'
import type { Azure } from './clients'
import { AzureError, badAnswer, problemOfGraph, toAzureError } from './errors'
import { refusedBy } from './lists'
import { parseRetryAfter, waitForNextTry } from './retry'
import { ErrorBody, parseAs } from './rows'

/** Questions in one call: Microsoft's limit (Graph: json-batching). */
export const MOST_IN_BATCH = 20

/** Values that `in (…)` takes without an advanced query (Graph: `Request_UnsupportedQuery` beyond it). */
export const IDS_PER_QUESTION = 15

/** The largest page of users and members that Graph gives. */
export const PER_PAGE = 999

/** How many batches are on their way at the same time. */
const BATCHES_AT_ONCE = 4

export type BatchQuestion = { url: string; headers?: Record<string, string> }
/** `failure` is there when the whole call failed, so that no item of it has an answer of its own; the status is then 0. */
export type BatchAnswer = { status: number; body: unknown; failure?: AzureError }

/** Calls expected for a piece of work, and calls made for it so far. */
export type CallCount = { predicted: number; made: number }

/** How many batches so many questions take. */
export const countBatches = (questions: number): number => Math.ceil(questions / MOST_IN_BATCH)

/** How many pages so many rows take; an empty list is a page too. */
export const countPages = (rows: number): number => Math.max(1, Math.ceil(rows / PER_PAGE))

/**
 * Up to twenty GETs in one call, with the answers in the order of the questions. Items that were throttled or failed are
 * asked again, without the others, after the longest wait that any of them named; throws when they are refused to the
 * end. Other refusals (403, 404) are returned as answers.
 */
export async function askBatch(azure: Azure, questions: BatchQuestion[]): Promise<BatchAnswer[]> {
  const { answers, retryAfterMs } = await askPatiently(azure, questions)
  const refused = answers.find(({ status }) => isOverloaded(status))
  if (!refused) return answers
  const { status, body } = refused
  throw new AzureError(problemOfGraph(status), 'An item of a batch was refused to the end.', {
    status,
    retryAfterMs,
    microsoftCode: codeOf(body),
  })
}

/** Whether an answer says that Graph is throttled or out of order. */
export const isOverloaded = (status: number) => status === 429 || status >= 500

type Asked = { answers: BatchAnswer[]; retryAfterMs: number | null }

/** Questions that wait for others to share a call with. */
type Waiting = { questions: BatchQuestion[]; resolve: (asked: Asked) => void; reject: (error: unknown) => void }

const waiting = new WeakMap<Azure, Waiting[]>()

/**
 * The same, with the answers of items that were refused to the end among the others. Batches that are not full and are
 * asked for at the same moment, by readers that run side by side, share calls.
 */
function askPatiently(azure: Azure, questions: BatchQuestion[]): Promise<Asked> {
  if (questions.length >= MOST_IN_BATCH) return sendPatiently(azure, questions)
  return new Promise((resolve, reject) => {
    const open = waiting.get(azure)
    if (open) open.push({ questions, resolve, reject })
    else {
      waiting.set(azure, [{ questions, resolve, reject }])
      setImmediate(() => sendWaiting(azure))
    }
  })
}

function sendWaiting(azure: Azure): void {
  const open = waiting.get(azure) ?? []
  waiting.delete(azure)
  const calls: Waiting[][] = []
  for (const one of open.toSorted((a, b) => b.questions.length - a.questions.length)) {
    const call = calls.find((some) => countQuestions(some) + one.questions.length <= MOST_IN_BATCH)
    if (call) call.push(one)
    else calls.push([one])
  }
  for (const call of calls) void sendShared(azure, call)
}

const countQuestions = (call: Waiting[]) => call.reduce((sum, { questions }) => sum + questions.length, 0)

/** Sends the questions of several readers in one call, and gives each its own answers. */
async function sendShared(azure: Azure, call: Waiting[]): Promise<void> {
  try {
    const { answers, retryAfterMs } = await sendPatiently(
      azure,
      call.flatMap(({ questions }) => questions),
    )
    let from = 0
    for (const { questions, resolve } of call) {
      resolve({ answers: answers.slice(from, from + questions.length), retryAfterMs })
      from += questions.length
    }
  } catch (error) {
    for (const { reject } of call) reject(error)
  }
}

async function sendPatiently(azure: Azure, questions: BatchQuestion[]): Promise<Asked> {
  const answers: BatchAnswer[] = new Array(questions.length)
  let open = questions.map((_, index) => index)
  for (let tries = 1; ; tries += 1) {
    let received: Map<number, Answer>
    try {
      received = await postBatch(azure, questions, open)
    } catch (error) {
      if (tries === 1) throw error
      // The items that are left keep the refusals that they had, and the others their answers.
      refusedBy('$batch', error)
      return { answers, retryAfterMs: toAzureError(error).retryAfterMs ?? null }
    }
    for (const [index, { status, body }] of received) answers[index] = { status, body }
    open = [...received.keys()].filter((index) => isOverloaded(answers[index]?.status ?? 0)).sort((a, b) => a - b)
    const refused = open.flatMap((index) => received.get(index) ?? [])
    const retryAfterMs = longestOf(refused.map(askedWait))
    await sharePause(azure, refused)
    if (open.length === 0 || !(await mayTryAgain(azure, tries, retryAfterMs))) return { answers, retryAfterMs }
  }
}

/**
 * The same for lists that a run can do without: when the whole call fails, each question has that failure as its answer.
 * Throws what is no refusal, such as the end of the run.
 */
export async function askOptionalBatch(azure: Azure, questions: BatchQuestion[]): Promise<BatchAnswer[]> {
  try {
    return (await askPatiently(azure, questions)).answers
  } catch (error) {
    refusedBy('$batch', error)
    return questions.map(() => failedAnswer(toAzureError(error)))
  }
}

/** The answer of an item whose whole call failed. */
export const failedAnswer = (failure: AzureError): BatchAnswer => ({
  status: failure.status ?? 0,
  body: undefined,
  failure,
})

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

/** Asks the questions with these indexes; the answers come by index. Throws `bad_answer` when one is missing. */
async function postBatch(azure: Azure, questions: BatchQuestion[], open: number[]): Promise<Map<number, Answer>> {
  const requests = open.map((index) => ({ id: String(index), method: 'GET', ...questions[index] }))
  try {
    const { responses } = Answers.parse(await azure.graph.api('/$batch').post({ requests }))
    const received = new Map(responses.map((answer) => [Number(answer.id), answer]))
    if (open.some((index) => !received.has(index)) || received.size !== open.length) throw badAnswer()
    return received
  } catch (error) {
    throw toAzureError(error)
  }
}

/** A header of one item; null when it has none. */
function headerOf({ headers }: Answer, name: string): string | null {
  const found = Object.entries(headers ?? {}).find(([given]) => given.toLowerCase() === name)
  return found ? String(found[1]) : null
}

const askedWait = (answer: Answer): number | null => parseRetryAfter(headerOf(answer, 'retry-after'))

const longestOf = (waits: (number | null)[]): number | null =>
  waits.reduce((most, wait) => (wait === null ? most : Math.max(most ?? 0, wait)), null)

/** Lets all who draw from the budget of Graph keep the longest pause that items with 429 ask for. */
async function sharePause({ caller }: Azure, refused: Answer[]): Promise<void> {
  const pauses = refused
    .filter(({ status }) => status === 429)
    .map((answer) =>
      pauseToShare({
        askedMs: askedWait(answer),
        code: codeOf(answer.body),
        scope: headerOf(answer, THROTTLE_SCOPE),
      }),
    )
  const ms = longestOf(pauses)
  if (ms !== null) await caller.budget?.pause({ budget: 'graph', subscriptionId: null }, ms)
}

async function mayTryAgain({ caller }: Azure, tries: number, askedMs: number | null): Promise<boolean> {
  try {
    return await waitForNextTry(tries, askedMs, caller)
  } catch (error) {
    throw toAzureError(caller.signal?.aborted ? caller.signal.reason : error)
  }
}

/** Runs `work` over the questions in batches, a few batches at a time. */
export function forEachBatch<Question>(
  questions: readonly Question[],
  work: (batch: Question[]) => Promise<void>,
): Promise<void> {
  return inParallel(inChunks(questions, MOST_IN_BATCH), BATCHES_AT_ONCE, work)
}

/** Questions for the objects with these ids, fifteen ids in each. `path` is that of the list, such as `/users`. */
export function questionsById(path: string, ids: readonly string[], select: string): BatchQuestion[] {
  return inChunks(ids, IDS_PER_QUESTION).map((some) => ({
    url: `${path}?$filter=id in (${some.map((id) => `'${id}'`).join(',')})&$select=${select}`,
  }))
}

/** The body of one answer of a batch, in the given shape; any refusal is thrown. */
export function parseAnswer<T>(shape: z.ZodType<T>, answer: BatchAnswer): T {
  if (answer.status !== 200) throw failureOf(answer)
  return parseAs(shape, answer.body, answer.status)
}

/** The error behind an answer that is a refusal. */
export const failureOf = ({ status, body, failure }: BatchAnswer): AzureError =>
  failure ??
  new AzureError(problemOfGraph(status, codeOf(body)), 'Microsoft Graph refused an item of a batch.', {
    status,
    microsoftCode: codeOf(body),
  })

/** Microsoft's own code in the body of a refusal, where it has one. */
const codeOf = (body: unknown): string | undefined => ErrorBody.safeParse(body).data?.error.code

/** The items in order, in lists of at most `size`. */
export function inChunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}

/** Runs `work` over all items, at most `width` at a time. After a failure, which is thrown, no further item is begun. */
async function inParallel<T>(items: T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values()
  let failed = false
  const worker = async () => {
    for (const item of queue) {
      if (failed) return
      try {
        await work(item)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker))
}
