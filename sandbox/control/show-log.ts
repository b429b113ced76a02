import type { World } from '../world/world'
import { ControlRefusal } from './control-refusal'
import type { LogEntry } from './log-entry'

/** The log, of one tenant, one host, or since a time. */
export function showLog(world: World, query: URLSearchParams): LogEntry[] {
  const tenantId = query.get('tenantId')?.toLowerCase()
  const host = query.get('host')?.toLowerCase()
  const since = query.has('since') ? Date.parse(query.get('since') ?? '') : Number.NEGATIVE_INFINITY
  if (Number.isNaN(since)) throw new ControlRefusal('since is a time like 2026-01-31T12:00:00Z.')
  return world.log.filter(
    (entry) =>
      (!tenantId || entry.tenantId === tenantId) && (!host || entry.host === host) && Date.parse(entry.at) >= since,
  )
}
