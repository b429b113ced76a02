import { randomUUID } from 'node:crypto'
import type { SessionActor } from '@/db/actor'
import { getDbOfEveryOrganisation } from '@/db/client'
import { organisations } from '@/db/schema/organisations'
import { registerSignIn, type SignInBrowser } from '@/lib/auth/register-sign-in'
import { findSession } from '@/lib/auth/sessions'
import type { ToldMembership } from '@/lib/domain/join-groups'

type Who = {
  tenantId?: string
  objectId?: string
  name?: string
  /** What Microsoft says of app roles and groups: none of either, if it is left out, and that these are all. */
  membership?: Partial<ToldMembership>
  /** What their tenant calls them; null for a guest. Their address, if it is left out. */
  username?: string | null
  /** Just now, if it is left out; null when Microsoft does not say. */
  authenticatedAt?: Date | null
} & Partial<SignInBrowser>

/**
 * Signs a person in to the portal, as the way back from Microsoft does. The first of a tenant becomes its owner, and later ones become
 * viewers, because an organisation that is made here lets everyone in. `token` is what the cookie of their browser would hold.
 */
export async function signInAs({
  tenantId = randomUUID(),
  objectId = randomUUID(),
  name = 'Olga Owner',
  membership = {},
  username = `${name.split(' ')[0]?.toLowerCase()}@contoso.example`,
  authenticatedAt = new Date(),
  browser = 'Firefox on Linux',
  visitor = { address: null, requestId: null },
  previousToken = null,
}: Who = {}) {
  const email = `${name.split(' ')[0]?.toLowerCase()}@contoso.example`
  const account = {
    ...{ tenantId, objectId, name, email, authenticatedAt },
    organisationName: 'contoso.example',
    username,
    membership: { roles: [], groups: [], groupsTold: true, ...membership },
  }
  const db = await getDbOfEveryOrganisation()
  const organisation = { tenantId, name: account.organisationName, joinRule: 'everyone' as const }
  await db.insert(organisations).values(organisation).onConflictDoNothing()
  const token = await registerSignIn(account, { browser, visitor, previousToken })
  const member = await findSession(token)
  if (!member) throw new Error('The session just made was not found.')
  return { ...member, token, objectId } satisfies SessionActor & { token: string; objectId: string }
}
