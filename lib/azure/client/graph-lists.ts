import { z } from 'zod'
import {
  askOptionalBatch,
  type BatchAnswer,
  type BatchQuestion,
  type CallCount,
  countBatches,
  failedAnswer,
  forEachBatch,
  isOverloaded,
  parseAnswer,
} from './batch'
import { type Azure, pageGuard } from './clients'
import { cloud } from './cloud'
import { AzureError, toAzureError } from './errors'
import { isExpiredPage } from './lists'
import { checkAddress } from './transport'

/**
 * A question whose answer is a page of a list. `guard` is there from the second page on; `begin` begins the list again
 * when its page tokens expire in the middle, which is done once.
 */
export type ListQuestion = { question: BatchQuestion; guard?: (address: string) => void; begin?: () => ListQuestion }

/**
 * Asks questions in batches, then asks for the next pages of all lists that have more, until none has. `take` keeps what
 * an answer says, refusals too, and returns the link to its next page, or null. The caller has counted the first batches
 * in `calls.predicted`; those for further pages are added to it before they are sent. Once Graph has given up on a batch,
 * what is left is not asked any more and has that failure as its answer: every batch would be waited for as long again.
 */
export async function askForLists<Asked extends ListQuestion>(
  azure: Azure,
  first: Asked[],
  calls: CallCount,
  take: (asked: Asked, answer: BatchAnswer) => string | null,
): Promise<void> {
  let open = first
  let givenUp: BatchAnswer | undefined
  const ask = async (batch: Asked[]): Promise<BatchAnswer[]> => {
    calls.made += 1
    const answers = await askOptionalBatch(
      azure,
      batch.map(({ question }) => question),
    )
    if (hasGivenUp(answers)) givenUp = answers[0]
    return answers
  }
  while (open.length > 0) {
    const further: Asked[] = []
    await forEachBatch(open, async (batch) => {
      const answers = givenUp ? [] : await ask(batch)
      for (const [index, asked] of batch.entries()) {
        const answer = (answers[index] ?? givenUp) as BatchAnswer
        if (asked.guard && asked.begin && isExpiredPage(answer.status)) {
          further.push({ ...(asked.begin() as Asked), begin: undefined })
          continue
        }
        const nextLink = take(asked, answer)
        if (nextLink === null) continue
        try {
          further.push(nextPage(asked, nextLink))
        } catch (error) {
          // A list that comes round again is refused like any other: it costs no list but itself.
          take(asked, failedAnswer(toAzureError(error)))
        }
      }
    })
    calls.predicted += countBatches(further.length)
    open = further
  }
}

/**
 * Whether Graph was throttled or out of order to the end for a batch: for the call, or for each of several items. One item
 * alone may have a fault of its own.
 */
function hasGivenUp(answers: BatchAnswer[]): boolean {
  const [{ failure } = {}] = answers
  if (failure) return isOverloaded(failure.status ?? 0) || failure.code === 'azure_unreachable'
  return answers.length > 1 && answers.every(({ status }) => isOverloaded(status))
}

/** The same question for the page that the link leads to, by its path, which is all that a batch takes. */
function nextPage<Asked extends ListQuestion>(asked: Asked, nextLink: string): Asked {
  const guard = asked.guard ?? pageGuard()
  if (!asked.guard) guard(asked.question.url)
  guard(nextLink)
  // An advanced query stays one on its later pages, so its header goes along.
  return { ...asked, question: { ...asked.question, url: pathInBatch(nextLink) }, guard }
}

/** The path of a link that Graph gave, which is all that a batch takes of it. */
export function pathInBatch(link: string): string {
  const { pathname, search } = new URL(link)
  return pathname.replace(/^\/v1\.0/, '') + search
}

/** One page of a list. Throws `untrusted_link` when its next link leaves Graph. */
export const GraphPage = z
  .object({ value: z.array(z.unknown()), '@odata.nextLink': z.string().nullish() })
  .transform(({ value, '@odata.nextLink': nextLink }) => ({
    items: value,
    // The Graph client puts its own address before anything that is not https, so the link is checked here.
    nextLink: nextLink ? checkAddress(nextLink, [cloud().graph]).href : null,
  }))

/**
 * The pages of a Graph list from an address or path on; a page may be empty and still have a next one. A list whose page
 * tokens expire in the middle is begun again, once, so that rows can come twice.
 *
 * @param from the page to go on from, when the first ones have been read already
 */
export async function* listPages(azure: Azure, first: string, from = first): AsyncGenerator<unknown[]> {
  let guard = pageGuard()
  let begun = 1
  let next: string | null = from
  while (next !== null) {
    guard(next)
    try {
      const page: z.infer<typeof GraphPage> = await readPage(azure, next)
      yield page.items
      next = page.nextLink
    } catch (error) {
      const isExpired = next !== first && error instanceof AzureError && isExpiredPage(error.status)
      if (begun > 1 || !isExpired) throw error
      begun += 1
      guard = pageGuard()
      next = first
    }
  }
}

async function readPage(azure: Azure, address: string): Promise<z.infer<typeof GraphPage>> {
  try {
    return GraphPage.parse(await azure.graph.api(address).get())
  } catch (error) {
    throw toAzureError(error)
  }
}

/**
 * The pages of a list whose first page was asked for in a batch: Graph may cut even a short list. Any refusal is thrown.
 * The question must have no headers of its own, since its later pages are asked for without any.
 */
export async function* listPagesFrom(
  azure: Azure,
  { url }: BatchQuestion,
  answer: BatchAnswer,
): AsyncGenerator<unknown[]> {
  const { items, nextLink } = parseAnswer(GraphPage, answer)
  yield items
  if (nextLink !== null) yield* listPages(azure, url, nextLink)
}

/** Whether Graph lets this account read a list. Any failure but a refusal is thrown. */
export async function canReadList(azure: Azure, path: string): Promise<boolean> {
  try {
    await listPages(azure, path).next()
    return true
  } catch (error) {
    if (isRefusedByGraph(error)) return false
    throw error
  }
}

/** Whether this is Graph's refusal (403) to let the account read what was asked for. */
export const isRefusedByGraph = (error: unknown): boolean =>
  error instanceof AzureError && error.code === 'directory_not_readable'
