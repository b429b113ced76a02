import { answerArm } from './arm/answer-arm'
import { findService } from './clouds'
import { createOutcome, type Outcome } from './control/delivery'
import { answerWithFaults } from './control/misbehaviour'
import { decodePath } from './control/requests'
import { answerLogin } from './entra/answer-login'
import { answerGraph } from './graph/answer-graph'
import type { World } from './world/world'

/**
 * What Microsoft would answer to a request with its canonical https address, faults included.
 *
 * @param outcome filled with what else became of the request
 */
export function answer(world: World, request: Request, outcome: Outcome = createOutcome()): Promise<Response> {
  return answerWithFaults(world, request, { inBatch: false, outcome }, (asked) =>
    answerService(world, asked, false, outcome),
  )
}

async function answerService(world: World, request: Request, inBatch: boolean, outcome: Outcome): Promise<Response> {
  const found = findService(new URL(request.url).hostname)
  if (!found) return new Response('The sandbox does not imitate this host.', { status: 421 })
  const { cloud, service } = found
  if (service === 'login') return answerLogin(world, request, cloud)
  if (service === 'arm') return answerArm(world, request, cloud)
  const batch = createOutcome()
  const response = await answerGraph(world, request, cloud, {
    inBatch,
    ask: (item) => answerItem(world, item, batch),
  })
  outcome.items.push(...batch.items)
  return batch.leftOut ? leaveOutItems(response) : response
}

/** An item of a batch; what became of it is added to the batch's own outcome. */
async function answerItem(world: World, item: Request, batch: Outcome): Promise<Response> {
  const outcome = createOutcome()
  const response = await answerWithFaults(world, item, { inBatch: true, outcome }, (request) =>
    answerService(world, request, true, outcome),
  )
  const { method, url } = item
  batch.items.push({ method, path: decodePath(new URL(url)), status: response.status, fault: outcome.fault })
  if (outcome.leftOut) {
    batch.leftOut = true
    markLeftOut(response)
  }
  return response
}

const MARK = 'x-sandbox-left-out'

type Item = { headers?: Record<string, string> }

const isMarked = ({ headers = {} }: Item) => Object.keys(headers).some((name) => name.toLowerCase() === MARK)

/** Marks an item's answer in a header, which a batch copies into its body. */
export function markLeftOut(response: Response): void {
  response.headers.set(MARK, '1')
}

/** The answer of a `$batch` without the items that are marked. */
export async function leaveOutItems(response: Response): Promise<Response> {
  const content = (await response.json()) as { responses?: Item[] }
  const responses = content.responses?.filter((item) => !isMarked(item))
  return Response.json({ ...content, responses }, { status: response.status, headers: response.headers })
}
