import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import type { Visitor } from '@/db/actor'
import { readVisitor } from './visitor.ts'

/** On `globalThis`, because this file is loaded before Next, and Next bundles it again for pages, routes and instrumentation. */
const SLOT = Symbol.for('rolecall.current-request')
const slots: typeof globalThis & { [SLOT]?: AsyncLocalStorage<IncomingMessage> } = globalThis

/** Makes this process remember, for whatever is called while a request is answered, which request that is. */
export function rememberRequests(): void {
  if (slots[SLOT]) return
  const requests = new AsyncLocalStorage<IncomingMessage>()
  slots[SLOT] = requests
  // Node tells of a request just before it hands it to the server, in the same call, so the server's own call and all that
  // follows from it have it.
  subscribe('http.server.request.start', (message) =>
    requests.enterWith((message as { request: IncomingMessage }).request),
  )
}

/** The visitor of the request that is being answered; null outside of one. Its headers are read late: the guard sets them first. */
export function findCurrentVisitor(): Visitor | null {
  const request = slots[SLOT]?.getStore()
  if (!request) return null
  return readVisitor({
    get(name) {
      const value = request.headers[name]
      return typeof value === 'string' ? value : null
    },
  })
}
