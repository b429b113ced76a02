import { z } from 'zod'
import type { World } from '../world/world'
import { expandChaos } from './chaos'
import { ControlRefusal } from './control-refusal'
import { clearFaults, faultSet, putFaultSet } from './fault-sets'
import { parseChaos, parseFaults } from './parse-faults'
import { readJson, readShape } from './read-json'
import { showLog } from './show-log'
import { showTruth } from './show-truth'
import { worldInfo } from './world-info'

type Spec = Parameters<World['makeTenant']>[0]
type Change = Parameters<World['change']>[0]
type Call = { world: World; request: Request; query: URLSearchParams; argument: string }
type Control = { does: string; answer(call: Call): unknown }

const Latency = z.strictObject({ ms: z.number().min(0).max(600_000) })

const Throttling = z.strictObject({
  tenantId: z.string().optional(),
  arm: z
    .union([z.boolean(), z.strictObject({ bucket: z.number().positive(), refillPerSecond: z.number().positive() })])
    .optional(),
  graph: z
    .union([z.boolean(), z.strictObject({ units: z.number().positive(), windowSeconds: z.number().positive() })])
    .optional(),
})

async function makeWorld({ world, request }: Call): Promise<Response> {
  return Response.json(world.makeTenant(await readJson<Spec>(request)), { status: 201 })
}

async function change({ world, request }: Call) {
  const changes = await readJson<Change | Change[]>(request)
  if (Array.isArray(changes)) return changes.map((one) => world.change(one) ?? null)
  return { ok: true, result: world.change(changes) ?? null }
}

async function putFaults({ world, request, query }: Call) {
  const body = await readJson(request)
  const isChaos = typeof body === 'object' && body !== null && 'rate' in body
  putFaultSet(world, query.get('set'), isChaos ? expandChaos(parseChaos(body)) : parseFaults(body))
  return faultSet(world, query.get('set'))
}

async function putLatency({ world, request }: Call) {
  const { ms } = await readShape(request, Latency)
  world.latencyMs = ms
  return { ms }
}

async function putThrottling({ world, request }: Call) {
  const { tenantId, arm, graph } = await readShape(request, Throttling)
  const named = tenantId === undefined ? undefined : world.findTenant(tenantId)
  if (tenantId !== undefined && !named) throw new ControlRefusal(`There is no tenant ${tenantId}.`, 404)
  const tenants = named ? [named] : [...world.tenants.values()]
  for (const tenant of tenants)
    tenant.throttling = { arm: arm ?? tenant.throttling.arm, graph: graph ?? tenant.throttling.graph }
  return tenants.length === 1 ? tenants[0]?.throttling : { tenants: tenants.length, arm, graph }
}

const index = () =>
  Object.entries(CONTROLS).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { does }]) => ({ method, path: `/_sandbox${path}`, does })),
  )

/** What the sandbox can be told and asked, by path and method. A path that ends in `{…}` takes an argument. */
export const CONTROLS: Record<string, Record<string, Control>> = {
  '/': { GET: { does: 'lists these', answer: index } },
  '/info': {
    GET: {
      does: 'tenants, accounts, applications and subscriptions of the demo',
      answer: ({ world }) => worldInfo(world),
    },
  },
  '/worlds': { POST: { does: 'adds a tenant made from parameters and a seed', answer: makeWorld } },
  '/changes': { POST: { does: 'changes the world: one change or a list of them', answer: change } },
  '/faults': {
    GET: {
      does: 'the rules of misbehaviour and how often each fired; of one set with ?set=',
      answer: ({ world, query }) => faultSet(world, query.get('set')),
    },
    PUT: { does: 'replaces the rules of a set; or {"seed", "rate", "kinds", "match"} for chaos', answer: putFaults },
    DELETE: {
      does: 'removes every rule; those of one set with ?set=',
      answer: ({ world, query }) => {
        clearFaults(world, query.get('set'))
        return faultSet(world, query.get('set'))
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
      does: 'who has access, computed from the world alone; ?at=, ?principalId=, ?paths=, ?of=access or assignments',
      answer: ({ world, query, argument }) => showTruth(world, argument, query),
    },
  },
}
