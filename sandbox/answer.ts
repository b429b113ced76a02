import { answerArm } from './arm/answer-arm'
import { findService, METADATA_HOST } from './clouds'
import { createOutcome, type Outcome } from './control/delivery'
import { answerWithFaults } from './control/misbehaviour'
import { decodePath } from './control/requests'
import { answerLogin } from './entra/answer-login'
import { answerMetadata } from './entra/managed-identity'
import { answerGraph } from './graph/answer-graph'
import { settleGroupAccess } from './world/group-schedules'
import type { World } from './world/world'

/**
 * Answers a request as Microsoft would, unless a fault rule changes the answer.
 *
 * @param request under its canonical https address
 * @param outcome is filled with what else happened to the request
 */
export function answer(world: World, request: Request, outcome: Outcome = createOutcome()): Promise<Response> {
  return answerWithFaults(world, request, { inBatch: false, outcome }, (asked) =>
    answerService(world, asked, false, outcome),
  )
}

async function answerService(world: World, request: Request, inBatch: boolean, outcome: Outcome): Promise<Response> {
  const { hostname } = new URL(request.url)
  if (hostname === METADATA_HOST) return answerMetadata(world, request)
  const found = findService(hostname)
  if (!found) return new Response('The sandbox does not imitate this host.', { status: 421 })
  const { cloud, service } = found
  for (const tenant of world.tenants.values()) settleGroupAccess(tenant, world.now())
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

/** Answers one item of a `$batch` and adds what happened to it to the outcome of the batch. */
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

const LEFT_OUT_HEADER = 'x-sandbox-left-out'

type Item = { headers?: Record<string, string> }

const isMarked = ({ headers = {} }: Item) => Object.keys(headers).some((name) => name.toLowerCase() === LEFT_OUT_HEADER)

/** Marks the answer of an item by a header, because a batch copies the headers of its items into its body. */
function markLeftOut(response: Response): void {
  response.headers.set(LEFT_OUT_HEADER, '1')
}

/** Removes the marked items from the answer of a `$batch`. */
async function leaveOutItems(response: Response): Promise<Response> {
  const content = (await response.json()) as { responses?: Item[] }
  const responses = content.responses?.filter((item) => !isMarked(item))
  return Response.json({ ...content, responses }, { status: response.status, headers: response.headers })
}
