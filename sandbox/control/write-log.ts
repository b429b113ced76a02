import { createHash } from 'node:crypto'
import type { World } from '../world/world'
import { decodedPath } from './decoded-path'
import type { Outcome } from './outcome'
import { redactHeaders, redactQuery } from './redact'
import { tenantOfRequest } from './tenant-of-request'

const LOG_LIMIT = 20_000 // entries kept; a full sync of the largest world is a few hundred

type Answered = { startedAt: number; status: number; bytes: number; outcome: Outcome }

/** Adds a request to the world's log: one entry for each HTTP request, with the items of a batch inside it. */
export function writeLog(world: World, request: Request, { startedAt, status, bytes, outcome }: Answered): void {
  const url = new URL(request.url)
  const authorization = request.headers.get('authorization')
  world.log.push({
    at: new Date(startedAt).toISOString(),
    method: request.method,
    host: url.hostname,
    path: decodedPath(url),
    query: redactQuery(url),
    headers: redactHeaders(request.headers),
    status,
    bytes,
    ms: Date.now() - startedAt,
    tenantId: tenantOfRequest(world, request),
    authorization: authorization ? createHash('sha256').update(authorization).digest('hex') : null,
    fault: outcome.fault,
    ...(outcome.items.length > 0 ? { batch: outcome.items } : {}),
  })
  if (world.log.length > LOG_LIMIT) world.log.splice(0, world.log.length - LOG_LIMIT)
}
