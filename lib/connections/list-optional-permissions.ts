import { and, eq } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { OPTIONAL_PERMISSIONS, type OptionalScope } from '@/lib/domain/permissions'

export type OptionalPermission = {
  scope: OptionalScope
  /** `withdrawn`: it was granted, and the run that readers see found that the tenant no longer grants it. */
  state: 'granted' | 'withdrawn' | 'not_asked'
}

/** How a connection stands with each optional permission; none for an id the organisation does not have. */
export async function listOptionalPermissions(actor: Actor, connectionId: string): Promise<OptionalPermission[]> {
  const db = await getDb()
  const [found] = await db
    .select({ scopes: connections.optionalScopes, coverage: syncRuns.coverage })
    .from(connections)
    .leftJoin(
      syncRuns,
      and(eq(syncRuns.organisationId, connections.organisationId), eq(syncRuns.id, connections.publishedRunId)),
    )
    .where(and(eq(connections.organisationId, actor.organisationId), eq(connections.id, connectionId)))
  if (!found) return []
  return OPTIONAL_PERMISSIONS.map(({ scope, dataset }) => {
    if (!found.scopes.includes(scope)) return { scope, state: 'not_asked' }
    const why = found.coverage?.find((line) => line.dataset === dataset)?.why
    return { scope, state: why === 'optional_consent_withdrawn' ? 'withdrawn' : 'granted' }
  })
}
