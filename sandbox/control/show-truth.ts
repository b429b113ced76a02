import { eachAccessRow } from '../world/effective-access'
import type { World } from '../world/world'
import { ControlRefusal } from './control-refusal'
import { jsonArray } from './json-array'

const TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const OF_ACCESS = ['at', 'of', 'principalId', 'paths']

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

function readPrincipal(text: string | null): string | null {
  if (text !== null && !GUID.test(text))
    throw new ControlRefusal('principalId is an object id like 11111111-2222-3333-4444-555555555555.')
  return text?.toLowerCase() ?? null
}

function accessOf(world: World, subscriptionId: string, query: URLSearchParams): Response {
  const at = readTime(world, query.get('at') ?? 'now')
  const paths = query.get('paths')
  const options = paths === null ? { at } : { at, paths: readPaths(paths) }
  return jsonArray(eachAccessRow(world, subscriptionId, options, readPrincipal(query.get('principalId'))))
}

/**
 * Who has access to a subscription at a time, everyone or one principal, each with at most `paths` ways to a role at a
 * scope; or (`of=assignments`) every assignment that applies to it now. Written while it is computed: when the world
 * changes meanwhile, what is not yet written is of the world after.
 */
export function showTruth(world: World, subscriptionId: string, query: URLSearchParams): Response | unknown[] {
  if (!world.findSubscription(subscriptionId))
    throw new ControlRefusal(`There is no subscription ${subscriptionId}.`, 404)
  const stray = [...query.keys()].find((name) => !OF_ACCESS.includes(name))
  if (stray !== undefined) throw new ControlRefusal(`The truth is asked with ${OF_ACCESS.join(', ')}, not ${stray}.`)
  const of = query.get('of') ?? 'access'
  if (of === 'access') return accessOf(world, subscriptionId.toLowerCase(), query)
  if (of !== 'assignments') throw new ControlRefusal('of is "access" or "assignments".')
  if ((query.get('at') ?? 'now') !== 'now' || query.has('principalId') || query.has('paths'))
    throw new ControlRefusal('Assignments are those of now and of everyone: at, principalId and paths are for access.')
  return world.truth(subscriptionId)
}
