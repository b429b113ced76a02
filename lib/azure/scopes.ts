import { ARM_SCOPES, GRAPH_SCOPES } from '@/lib/domain/permissions'
import { CLOUDS, cloud } from './cloud'

export type Resource = 'graph' | 'arm'

/**
 * The delegated scopes asked for at a resource, in the configured cloud's own spelling.
 *
 * @param optional names of optional Graph scopes (`GroupMember.Read.All`), asked for beyond the base ones
 */
export function scopesOf(resource: Resource, optional: readonly string[] = []): string[] {
  if (resource === 'arm') return ARM_SCOPES.map((scope) => scope.replace(CLOUDS.global.arm, cloud().arm))
  const base = GRAPH_SCOPES.map((scope) => scope.replace(CLOUDS.global.graph, cloud().graph))
  return [...base, ...optional.map((name) => `${cloud().graph}/${name}`)]
}
