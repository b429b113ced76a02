import { z } from 'zod'
import { type Azure, pageGuard } from './clients'
import { cloud } from './cloud'
import { AzureError, problemOfGraph, toAzureError } from './errors'
import { parseRetryAfter, waitForNextTry } from './retry'
import { trusted } from './transport'

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
    if (!(await mayTryAgain(azure, tries, asked))) {
      throw new AzureError(problemOfGraph(worst.status), 'An item of a batch was refused to the end.', {
        status: worst.status,
        retryAfterMs: asked,
      })
    }
  }
  return answers
}

async function mayTryAgain({ caller }: Azure, tries: number, askedMs: number | null): Promise<boolean> {
  try {
    return await waitForNextTry(tries, askedMs, caller)
  } catch (error) {
    throw toAzureError(caller.signal?.aborted ? caller.signal.reason : error)
  }
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
    return found ? parseRetryAfter(String(found[1])) : null
  })
  return waits.reduce((most, wait) => (wait === null ? most : Math.max(most ?? 0, wait)), null)
}

/** One page of a list. A next link that leaves Graph throws `untrusted_link`. */
export const GraphPage = z
  .object({ value: z.array(z.unknown()), '@odata.nextLink': z.string().nullish() })
  .transform(({ value, '@odata.nextLink': nextLink }) => ({
    items: value,
    nextLink: nextLink ? atGraph(nextLink) : null,
  }))

/** The pages of a Graph list. `nextLink` is taken whole; a page may be empty and still have one. */
export async function* graphPages(azure: Azure, first: string): AsyncGenerator<unknown[]> {
  const guard = pageGuard()
  let next: string | null = first
  while (next !== null) {
    guard(next)
    const page: z.infer<typeof GraphPage> = await readPage(azure, next)
    yield page.items
    next = page.nextLink
  }
}

async function readPage(azure: Azure, address: string): Promise<z.infer<typeof GraphPage>> {
  try {
    return GraphPage.parse(await azure.graph.api(address).get())
  } catch (error) {
    throw toAzureError(error)
  }
}

/** The Graph client glues anything that is not https behind its own address, so the link is judged before it gets there. */
function atGraph(link: string): string {
  const url = trusted(link)
  if (url.origin !== cloud().graph) throw new AzureError('untrusted_link', "The address is not one of Microsoft's.")
  return url.href
}

/** The pages of a list whose first came in a batch: Graph may cut even a short list. Any refusal is thrown. */
export async function* pagesOf(azure: Azure, answer: BatchAnswer): AsyncGenerator<unknown[]> {
  const { items, nextLink } = parseAnswer(GraphPage, answer)
  yield items
  if (nextLink !== null) yield* graphPages(azure, nextLink)
}

/** The body of an item of a batch, in its documented form; any refusal is thrown. */
export function parseAnswer<T>(shape: z.ZodType<T>, { status, body }: BatchAnswer): T {
  if (status !== 200)
    throw new AzureError(problemOfGraph(status), 'Microsoft Graph refused an item of a batch.', { status })
  return parseBody(shape, body, status)
}

/** Something Graph answered, in its documented form. Throws `bad_answer`. */
export function parseBody<T>(shape: z.ZodType<T>, body: unknown, status?: number): T {
  const parsed = shape.safeParse(body)
  if (!parsed.success)
    throw new AzureError('bad_answer', 'The answer did not have the documented form.', { status, cause: parsed.error })
  return parsed.data
}

/** Values that `in (…)` takes without advanced query (Graph: Request_UnsupportedQuery beyond it). */
export const IDS_PER_QUESTION = 15

/** Largest page of users and members. */
export const PER_PAGE = 999

/** Batches under way at once. */
export const BATCHES_AT_ONCE = 4

/** The items in order, in lists of at most `size`. */
export function inChunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}

/** Runs `work` over all items, at most `width` at a time. The first failure is thrown and no further item is begun. */
export async function inParallel<T>(items: T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
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
