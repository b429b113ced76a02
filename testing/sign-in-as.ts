import { randomUUID } from 'node:crypto'
import type { Actor } from '@/db/actor'
import { findSession, registerSignIn } from '@/lib/auth/sessions'

type Who = { tenantId?: string; objectId?: string; name?: string }

/** Signs a person in to the portal, as the way back from Microsoft does. The first of a tenant becomes its owner. */
export async function signInAs({ tenantId = randomUUID(), objectId = randomUUID(), name = 'Olga Owner' }: Who = {}) {
  const email = `${name.split(' ')[0]?.toLowerCase()}@contoso.example`
  const sessionId = await registerSignIn({ tenantId, objectId, name, email, organisationName: 'contoso.example' })
  const member = await findSession(sessionId)
  if (!member) throw new Error('The session just made was not found.')
  return member satisfies Actor & { sessionId: string }
}
