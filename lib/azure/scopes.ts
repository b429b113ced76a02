import { ARM_SCOPES, GRAPH_SCOPES } from '@/lib/permissions'
import { CLOUDS, cloud } from './cloud'

export type Resource = 'graph' | 'arm'

/** The delegated scopes asked for at a resource, in the configured cloud's own spelling. */
export function scopesOf(resource: Resource): string[] {
  const scopes = resource === 'graph' ? GRAPH_SCOPES : ARM_SCOPES
  return scopes.map((scope) => scope.replace(CLOUDS.global[resource], cloud()[resource]))
}
