import { type Change, UnknownThing } from '../world/changes'
import type { TenantSpec } from '../world/make-tenant'
import type { World } from '../world/world'
import type { FaultRule } from './fault-rule'
import { worldInfo } from './world-info'

async function bodyOf<T>(request: Request): Promise<T> {
  const text = await request.text()
  return (text === '' ? {} : JSON.parse(text)) as T
}

async function faults(world: World, request: Request): Promise<Response> {
  if (request.method === 'PUT') {
    const rules = await bodyOf<Omit<FaultRule, 'seen' | 'fired'>[]>(request)
    world.faults = rules.map((rule) => ({ ...rule, match: rule.match ?? {}, seen: 0, fired: 0 }))
  }
  if (request.method === 'DELETE') world.faults = []
  return Response.json(world.faults)
}

function log(world: World, request: Request): Response {
  if (request.method === 'DELETE') world.log = []
  const tenantId = new URL(request.url).searchParams.get('tenantId')?.toLowerCase()
  return Response.json(world.log.filter((entry) => !tenantId || entry.tenantId === tenantId))
}

async function route(world: World, request: Request): Promise<Response> {
  const path = new URL(request.url).pathname.replace('/_sandbox', '')
  const { method } = request
  if (path === '/info' && method === 'GET') return Response.json(worldInfo(world))
  if (path === '/worlds' && method === 'POST')
    return Response.json(world.makeTenant(await bodyOf<TenantSpec>(request)), { status: 201 })
  if (path === '/changes' && method === 'POST') {
    const changes = await bodyOf<Change | Change[]>(request)
    const results = (Array.isArray(changes) ? changes : [changes]).map((change) => world.change(change) ?? null)
    return Response.json(Array.isArray(changes) ? results : { ok: true, result: results[0] })
  }
  if (path === '/faults') return faults(world, request)
  if (path === '/latency' && method === 'PUT') {
    world.latencyMs = (await bodyOf<{ ms: number }>(request)).ms
    return Response.json({ ms: world.latencyMs })
  }
  if (path === '/log') return log(world, request)
  if (path.startsWith('/truth/') && method === 'GET') {
    const id = path.slice('/truth/'.length)
    if (!world.findSubscription(id)) return Response.json({ error: `There is no subscription ${id}.` }, { status: 404 })
    return Response.json(world.truth(id))
  }
  return Response.json({ error: `There is no control ${method} ${path}.` }, { status: 404 })
}

/** The control routes: what the sandbox can be told and asked, on loopback only. */
export async function answerControl(world: World, request: Request): Promise<Response> {
  try {
    return await route(world, request)
  } catch (error) {
    if (error instanceof UnknownThing || error instanceof SyntaxError)
      return Response.json({ error: error.message }, { status: 400 })
    throw error
  }
}
