import type { Azure } from './azure'
import type { BatchAnswer } from './graph-batch'
import { GraphPage, graphPages } from './graph-pages'
import { parseAnswer } from './parse-answer'

/** The pages of a list whose first came in a batch: Graph may cut even a short list. Any refusal is thrown. */
export async function* pagesOf(azure: Azure, answer: BatchAnswer): AsyncGenerator<unknown[]> {
  const { items, nextLink } = parseAnswer(GraphPage, answer)
  yield items
  if (nextLink !== null) yield* graphPages(azure, nextLink)
}
