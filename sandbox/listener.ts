import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { answer } from './answer'
import { answerControl } from './control/controls'
import { createOutcome, deliver, streamAnswer } from './control/delivery'
import { showFrontPage } from './control/front-page'
import { writeLog } from './control/log'
import { ControlRefusal, isCrossOrigin, isOnLoopback, readRequest } from './control/requests'
import { JsonResponse } from './list-pages'
import type { World } from './world/world'

/** Creates what a server does with each request, whether on the plain port or behind TLS under Microsoft's names. */
export function createListener(world: World): RequestListener {
  return (incoming, outgoing) => {
    answerRequest(world, incoming, outgoing).catch((error: unknown) => {
      // The client disconnected: nothing to report.
      if (outgoing.destroyed || incoming.errored) return
      if (error instanceof ControlRefusal && !outgoing.headersSent) {
        refuse(outgoing, error)
        return
      }
      const cause = error instanceof Error ? (error.stack ?? error.message) : String(error)
      process.stderr.write(`The sandbox failed to answer ${incoming.method} ${incoming.url}: ${cause}\n`)
      if (outgoing.headersSent) outgoing.destroy()
      else outgoing.writeHead(500, { 'content-type': 'text/plain' }).end(`The sandbox failed: ${String(error)}`)
    })
  }
}

async function answerRequest(world: World, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const startedAt = Date.now()
  const { request, host } = await readRequest(incoming)
  if (host === null) {
    // The owner of a web page can let its host name resolve to 127.0.0.1, so only loopback's own names are answered.
    await streamAnswer(
      outgoing,
      isOnLoopback(incoming)
        ? await answerInOwnName(world, incoming, request)
        : new Response('The sandbox answers on loopback only.', { status: 421 }),
    )
    return
  }
  if (world.latencyMs > 0) await sleep(world.latencyMs)
  outgoing.setHeader('date', new Date(world.now()).toUTCString())
  const outcome = createOutcome()
  const response = await answer(world, request, outcome).catch((error: unknown) => {
    writeLog(world, request, { startedAt, status: 500, bytes: 0, outcome })
    throw error
  })
  const body = response instanceof JsonResponse ? response.content : Buffer.from(await response.arrayBuffer())
  const status = outcome.delivery.drop ? 0 : response.status
  writeLog(world, request, { startedAt, status, bytes: Buffer.byteLength(body), outcome })
  await deliver(outgoing, response, body, outcome.delivery)
}

/** Answers in the sandbox's own name: the controls and the front page. */
async function answerInOwnName(world: World, incoming: IncomingMessage, request: Request): Promise<Response> {
  const isControl = /^\/_sandbox(\/|$)/.test(new URL(request.url).pathname)
  if (!isControl) return showFrontPage(world, request)
  if (isCrossOrigin(incoming))
    return Response.json({ error: 'A page of elsewhere may not use the controls.' }, { status: 403 })
  return answerControl(world, request)
}

function refuse(outgoing: ServerResponse, { message, status }: ControlRefusal): void {
  outgoing.writeHead(status, { 'content-type': 'application/json' })
  outgoing.end(JSON.stringify({ error: message }))
}
