import { answerArm } from './arm/answer-arm'
import { findService } from './clouds'
import { misbehave } from './control/misbehave'
import { answerLogin } from './entra/answer-login'
import { answerGraph } from './graph/answer-graph'
import type { World } from './world/world'

async function behave(world: World, request: Request, inBatch: boolean): Promise<Response> {
  const found = findService(new URL(request.url).hostname)
  if (!found) return new Response('The sandbox does not imitate this host.', { status: 421 })
  const { cloud, service } = found
  if (service === 'login') return answerLogin(world, request, cloud)
  if (service === 'arm') return answerArm(world, request, cloud)
  return answerGraph(world, request, cloud, {
    inBatch,
    ask: (item) => misbehave(world, item, () => behave(world, item, true)),
  })
}

/** What Microsoft would answer to a request with its canonical https address, faults included. */
export function answer(world: World, request: Request): Promise<Response> {
  return misbehave(world, request, () => behave(world, request, false))
}
