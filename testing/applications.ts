import type { SessionActor } from '@/db/actor'
import { draftApplication, getDraft } from '@/lib/connections/application-drafts'
import { confirmApplication } from '@/lib/connections/confirm-application'
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

type Signing = { world: World; tenantId: string; owner: SessionActor }

/** Begins an account of an application with a certificate that is made here, and registers it at Microsoft. Gives the draft's id. */
export async function draftWithCertificate({ world, tenantId, owner }: Signing, clientId: string): Promise<string> {
  const drafted = await draftApplication(owner, { tenant: tenantId, clientId, credential: 'certificate' })
  if (drafted.kind !== 'drafted') throw new Error(`Not begun: ${JSON.stringify(drafted)}`)
  const { certificate } = await getDraft(owner, drafted.draftId)
  applyChange(world, { type: 'add_certificate', clientId, certificate: certificate ?? '' })
  return drafted.draftId
}

/** An account of an application with a certificate, which reads the directory. Gives the account's id. */
export async function addApplicationAccount(tenant: Signing, wanted: Partial<Wanted> = {}) {
  const { tenantId } = tenant
  const roles = ['User.Read.All', 'GroupMember.Read.All', 'Application.Read.All']
  const application = addApplication(tenant.world, { roles, ...wanted, tenantId })
  const draftId = await draftWithCertificate(tenant, application.clientId)
  const confirmed = await confirmApplication(tenant.owner, draftId)
  if (confirmed.kind !== 'added') throw new Error(`Not added: ${JSON.stringify(confirmed)}`)
  return { ...application, accountId: confirmed.accountId }
}
