import { applyChange } from '@/sandbox/world/changes'
import type { World } from '@/sandbox/world/world'

type Application = { clientId: string; objectId: string }
type Wanted = {
  tenantId: string
  /** Where its service principal is Reader; nowhere if it is left out. */
  subscriptionIds?: string[]
  /** The application permissions of Microsoft Graph that the tenant has granted. */
  roles?: string[]
  managedIdentity?: boolean
  displayName?: string
}

/** Registers an application at Microsoft with what an administrator gives it: a service principal, roles and permissions. */
export function addApplication(
  world: World,
  { tenantId, subscriptionIds = [], roles = [], managedIdentity, displayName = 'Access reader' }: Wanted,
): Application {
  const type = 'add_application'
  const made = applyChange(world, { type, tenantId, displayName, managedIdentity }) as Application
  const { clientId, objectId: principalId } = made
  for (const subscriptionId of subscriptionIds)
    applyChange(world, { type: 'assign', tenantId, principalId, role: 'Reader', subscriptionId })
  if (roles.length > 0) applyChange(world, { type: 'grant_app_roles', tenantId, clientId, roles })
  return made
}

/** What a Kubernetes cluster writes into the file of a service account. */
export function issueToken(world: World, issuer: string, subject: string, seconds?: number): string {
  const type = 'issue_federated_token'
  return (applyChange(world, { type, issuer, subject, seconds }) as { token: string }).token
}
