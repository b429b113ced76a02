import { z } from 'zod'
import { applyChange, type Change } from '../world/changes'
import { ownersOf } from '../world/group-owners'
import { WorldRefusal } from '../world/lookups'
import { makeTenant } from '../world/make-tenant'
import type { TenantSpec } from '../world/tenant-spec'
import { eachAccessRow, truthOf } from '../world/truth'
import type { World } from '../world/world'
import { streamJsonArray } from './delivery'
import { createRandomFaults, parseChaos, parseFaults } from './fault-rules'
import { clearFaults, getFaultSet, putFaultSet } from './fault-sets'
import { describeDemo } from './front-page'
import { showLog } from './log'
import { ControlRefusal, readJson, readShape } from './requests'

/** A request to a control; `argument` is the last segment of the path where the control takes one. */
type Call = { world: World; request: Request; query: URLSearchParams; argument: string }
type Control = { does: string; answer(call: Call): unknown }

/** What the sandbox can be told and asked, by path and method. A path that ends in `{…}` takes an argument. */
export const CONTROLS: Record<string, Record<string, Control>> = {
  '/': { GET: { does: 'lists these', answer: listControls } },
  '/info': {
    GET: {
      does: 'tenants, accounts, applications and subscriptions of the demo',
      answer: ({ world }) => describeDemo(world),
    },
  },
  '/worlds': { POST: { does: 'adds a tenant made from parameters and a seed', answer: makeWorld } },
  '/changes': { POST: { does: 'changes the world: one change or a list of them', answer: applyChanges } },
  '/faults': {
    GET: {
      does: 'the rules of misbehaviour and how often each fired; of one set with ?set=',
      answer: ({ world, query }) => getFaultSet(world, query.get('set')),
    },
    PUT: { does: 'replaces the rules of a set; or {"seed", "rate", "kinds", "match"} for chaos', answer: putFaults },
    DELETE: {
      does: 'removes every rule; those of one set with ?set=',
      answer: ({ world, query }) => {
        clearFaults(world, query.get('set'))
        return getFaultSet(world, query.get('set'))
      },
    },
  },
  '/latency': {
    GET: { does: 'how long every answer waits', answer: ({ world }) => ({ ms: world.latencyMs }) },
    PUT: { does: 'waits {"ms"} before every answer', answer: putLatency },
  },
  '/throttling': {
    PUT: {
      does: 'turns the token buckets of {"arm", "graph"} on or off, of one {"tenantId"} or all',
      answer: putThrottling,
    },
  },
  '/log': {
    GET: {
      does: 'every request received; ?tenantId=, ?host=, ?since=',
      answer: ({ world, query }) => showLog(world, query),
    },
    DELETE: {
      does: 'forgets them',
      answer: ({ world }) => {
        world.log = []
        return []
      },
    },
  },
  '/truth/{subscriptionId}': {
    GET: {
      does: 'who has access, computed from the world alone; ?at=, ?principalId=, ?paths=, ?of=access, assignments or owners',
      answer: ({ world, query, argument }) => showTruth(world, argument, query),
    },
  },
}

/** Answers a control route. The listener has already decided whether the caller may use the controls. */
export async function answerControl(world: World, request: Request): Promise<Response> {
  try {
    return await route(world, request)
  } catch (error) {
    if (error instanceof ControlRefusal) return Response.json({ error: error.message }, { status: error.status })
    if (error instanceof WorldRefusal) return Response.json({ error: error.message }, { status: 400 })
    throw error
  }
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

/** Finds the entry of a path, with the argument in the last segment where the entry takes one. */
function findControl(path: string) {
  const known = CONTROLS[path]
  if (known) return { methods: known, argument: '' }
  const slash = path.lastIndexOf('/')
  const [, methods] = Object.entries(CONTROLS).find(([name]) => name.startsWith(`${path.slice(0, slash)}/{`)) ?? []
  return methods && slash > 0 ? { methods, argument: path.slice(slash + 1) } : null
}

function listControls() {
  return Object.entries(CONTROLS).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { does }]) => ({ method, path: `/_sandbox${path}`, does })),
  )
}

async function makeWorld({ world, request }: Call): Promise<Response> {
  return Response.json(makeTenant(world, await readJson<TenantSpec>(request)), { status: 201 })
}

async function applyChanges({ world, request }: Call) {
  const changes = await readJson<Change | Change[]>(request)
  if (Array.isArray(changes)) return changes.map((one) => applyChange(world, one) ?? null)
  return { ok: true, result: applyChange(world, changes) ?? null }
}

/** Replaces a set of rules by those in the body, or by random ones when the body has a `rate`. */
async function putFaults({ world, request, query }: Call) {
  const body = await readJson(request)
  const isChaos = typeof body === 'object' && body !== null && 'rate' in body
  putFaultSet(world, query.get('set'), isChaos ? createRandomFaults(parseChaos(body)) : parseFaults(body))
  return getFaultSet(world, query.get('set'))
}

const Latency = z.strictObject({ ms: z.number().min(0).max(600_000) })

async function putLatency({ world, request }: Call) {
  const { ms } = await readShape(request, Latency)
  world.latencyMs = ms
  return { ms }
}

const Throttling = z.strictObject({
  tenantId: z.string().optional(),
  arm: z
    .union([z.boolean(), z.strictObject({ bucket: z.number().positive(), refillPerSecond: z.number().positive() })])
    .optional(),
  graph: z
    .union([z.boolean(), z.strictObject({ units: z.number().positive(), windowSeconds: z.number().positive() })])
    .optional(),
})

async function putThrottling({ world, request }: Call) {
  const { tenantId, arm, graph } = await readShape(request, Throttling)
  const named = tenantId === undefined ? undefined : world.findTenant(tenantId)
  if (tenantId !== undefined && !named) throw new ControlRefusal(`There is no tenant ${tenantId}.`, 404)
  const tenants = named ? [named] : [...world.tenants.values()]
  for (const tenant of tenants)
    tenant.throttling = { arm: arm ?? tenant.throttling.arm, graph: graph ?? tenant.throttling.graph }
  return tenants.length === 1 ? tenants[0]?.throttling : { tenants: tenants.length, arm, graph }
}

/** The query parameters of `truth`. */
const TRUTH_PARAMETERS = ['at', 'of', 'principalId', 'paths']

/**
 * Shows who has access to a subscription at a time, for everyone or one principal, with at most `paths` paths to each role
 * at a scope; with `of=assignments`, every assignment that applies now; with `of=owners`, who owns the groups that roles run
 * through. The answer is written while it is computed: if the
 * world changes meanwhile, later rows show the new state.
 */
function showTruth(world: World, subscriptionId: string, query: URLSearchParams): Response | unknown[] {
  if (!world.findSubscription(subscriptionId))
    throw new ControlRefusal(`There is no subscription ${subscriptionId}.`, 404)
  const unknownParameter = [...query.keys()].find((name) => !TRUTH_PARAMETERS.includes(name))
  if (unknownParameter !== undefined)
    throw new ControlRefusal(`The truth is asked with ${TRUTH_PARAMETERS.join(', ')}, not ${unknownParameter}.`)
  const of = query.get('of') ?? 'access'
  if (of === 'access') return accessOf(world, subscriptionId.toLowerCase(), query)
  if (of === 'owners') {
    if (query.has('principalId') || query.has('paths'))
      throw new ControlRefusal('Owners are those of every group: principalId and paths are for access.')
    return ownersOf(world, subscriptionId.toLowerCase(), readTime(world, query.get('at') ?? 'now'))
  }
  if (of !== 'assignments') throw new ControlRefusal('of is "access", "assignments" or "owners".')
  if ((query.get('at') ?? 'now') !== 'now' || query.has('principalId') || query.has('paths'))
    throw new ControlRefusal('Assignments are those of now and of everyone: at, principalId and paths are for access.')
  return truthOf(world, subscriptionId)
}

function accessOf(world: World, subscriptionId: string, query: URLSearchParams): Response {
  const at = readTime(world, query.get('at') ?? 'now')
  const paths = query.get('paths')
  const options = paths === null ? { at } : { at, paths: readPaths(paths) }
  return streamJsonArray(eachAccessRow(world, subscriptionId, options, readPrincipal(query.get('principalId'))))
}

const TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/

function readTime(world: World, text: string): number {
  if (text === 'now') return world.now()
  const at = TIME.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) throw new ControlRefusal('at is "now" or a time like 2026-01-31T12:00:00Z.')
  return at
}

function readPaths(text: string): number {
  const paths = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (paths === 0) throw new ControlRefusal('paths is a whole number from 1 to 999999.')
  return paths
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

function readPrincipal(text: string | null): string | null {
  if (text !== null && !GUID.test(text))
    throw new ControlRefusal('principalId is an object id like 11111111-2222-3333-4444-555555555555.')
  return text?.toLowerCase() ?? null
}
