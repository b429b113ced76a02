import type { Tenant } from '../world/types'

/** Who an operation is shown to be made by. */
export type Actor = { name: string; objectId: string }

/** The person behind everything for which the world names nobody: the first account that is an owner. */
export function findDefaultActor(tenant: Tenant): Actor {
  const owner = tenant.users.list().find(({ account }) => account?.kind === 'owner')
  return { name: owner?.userPrincipalName ?? `admin@${tenant.domain}`, objectId: owner?.id ?? '' }
}
