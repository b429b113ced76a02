import { UnknownThing } from '../world/unknown-thing'
import type { World } from '../world/world'
import { ControlRefusal } from './control-refusal'
import { CONTROLS } from './controls'

/** The entry of a path, with the argument in its last segment if it takes one. */
function findControl(path: string) {
  const known = CONTROLS[path]
  if (known) return { methods: known, argument: '' }
  const slash = path.lastIndexOf('/')
  const [, methods] = Object.entries(CONTROLS).find(([name]) => name.startsWith(`${path.slice(0, slash)}/{`)) ?? []
  return methods && slash > 0 ? { methods, argument: path.slice(slash + 1) } : null
}

async function route(world: World, request: Request): Promise<Response> {
  const url = new URL(request.url)
  const path = url.pathname.replace('/_sandbox', '') || '/'
  const found = findControl(path)
  if (!found) throw new ControlRefusal(`There is no control ${path}; GET /_sandbox/ lists them.`, 404)
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const control = found.methods[method]
  if (!control) {
    const allowed = Object.keys(found.methods).join(', ')
    return Response.json({ error: `${path} takes ${allowed}.` }, { status: 405, headers: { allow: allowed } })
  }
  const { argument } = found
  const answer = await control.answer({ world, request, query: url.searchParams, argument })
  return answer instanceof Response ? answer : Response.json(answer)
}

/** The control routes: what the sandbox can be told and asked. Who may ask is the listener's to decide. */
export async function answerControl(world: World, request: Request): Promise<Response> {
  try {
    return await route(world, request)
  } catch (error) {
    if (error instanceof ControlRefusal) return Response.json({ error: error.message }, { status: error.status })
    if (error instanceof UnknownThing) return Response.json({ error: error.message }, { status: 400 })
    throw error
  }
}
