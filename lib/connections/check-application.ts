import type { Actor } from '@/db/actor'
import { allow } from '@/lib/actor'
import { type AppClaims, readAppClaims } from '@/lib/azure/client/app-claims'
import type { Azure } from '@/lib/azure/client/clients'
import { AzureError, toAzureError } from '@/lib/azure/client/errors'
import { listSubscriptions } from '@/lib/azure/subscriptions'
import { APPLICATION_PERMISSIONS, isAllowedBy, type OptionalScope, optionalAmong } from '@/lib/domain/permissions'
import type { ProblemCode } from '@/lib/domain/problems'
import { limit } from '@/lib/limits'
import { findDraft } from './application-drafts'
import { azureForDraft } from './vault'

export type ApplicationCheck = {
  id: 'sign_in' | 'subscriptions' | 'graph' | 'people' | 'optional'
  /** `warned`: something will be missing, but the account is of use. `skipped`: an earlier check failed. */
  state: 'passed' | 'failed' | 'warned' | 'skipped'
  /** What Microsoft refused; null where something is missing without a refusal. */
  code: ProblemCode | null
  /** What was found: how many subscriptions, which permissions. */
  detail: string | null
  /** Permissions that are not granted. */
  missing: string[]
  aadsts?: number
  correlationId?: string
}

export type CheckedApplication = {
  checks: ApplicationCheck[]
  /** Who the application is in the tenant; null when Microsoft gave it no token. */
  identity: Pick<AppClaims, 'objectId' | 'clientId' | 'tenantId'> | null
  /** The name of the application, which only the token for Graph tells. */
  name: string | null
  granted: OptionalScope[]
}

/**
 * Asks Microsoft for everything that an application account needs: a token for Azure, the subscriptions that it lists, a token
 * for Graph, and the permissions in it. The answers are not stored. Throws NotAllowed, NotFound and TooMany.
 */
export async function checkApplication(actor: Actor, draftId: string): Promise<CheckedApplication> {
  allow(actor, 'connect')
  await limit('connect_check', actor.memberId)
  const azure = azureForDraft(await findDraft(actor, draftId))
  const { tokens } = azure.caller
  // One token after the other, as they wait for each other anyway: the second is not asked for when the first is refused.
  const arm = await claimsOf(tokens.get('arm'))
  if (arm instanceof AzureError) {
    const rest = (['subscriptions', 'graph', 'people', 'optional'] as const).map((id) => check(id, 'skipped'))
    return { checks: [refuse('sign_in', arm), ...rest], identity: null, name: null, granted: [] }
  }
  const [subscriptions, graph] = await Promise.all([checkSubscriptions(azure), claimsOf(tokens.get('graph'))])
  const { objectId, clientId, tenantId } = arm
  const isSeen = !(graph instanceof AzureError)
  return {
    checks: [check('sign_in', 'passed', objectId), subscriptions, ...checkGraph(graph)],
    identity: { objectId, clientId, tenantId },
    name: isSeen ? graph.name : null,
    granted: isSeen ? optionalAmong(graph.roles) : [],
  }
}

const claimsOf = (asked: Promise<{ token: string }>): Promise<AppClaims | AzureError> =>
  asked.then(({ token }) => readAppClaims(token)).catch(toAzureError)

const check = (
  id: ApplicationCheck['id'],
  state: ApplicationCheck['state'],
  detail: string | null = null,
  missing: string[] = [],
): ApplicationCheck => ({ id, state, code: null, detail, missing })

const refuse = (id: ApplicationCheck['id'], error: AzureError, state: 'failed' | 'warned' = 'failed') => ({
  ...check(id, state),
  code: error.code,
  aadsts: error.aadsts,
  correlationId: error.correlationId,
})

/** An account that lists nothing can be added: a role that was just given takes minutes until it counts. */
async function checkSubscriptions(azure: Azure): Promise<ApplicationCheck> {
  const listed = await listSubscriptions(azure).catch(toAzureError)
  if (listed instanceof AzureError) return refuse('subscriptions', listed, 'warned')
  const count = listed.rows.length + listed.odd.length
  return check('subscriptions', count > 0 ? 'passed' : 'warned', String(count))
}

/** Without it people are shown by ID. */
const PEOPLE = 'User.Read.All'

function checkGraph(graph: AppClaims | AzureError): ApplicationCheck[] {
  if (graph instanceof AzureError)
    return [refuse('graph', graph, 'warned'), check('people', 'skipped'), check('optional', 'skipped')]
  const lacks = (name: string) => !isAllowedBy(graph.roles, name)
  const optional = APPLICATION_PERMISSIONS.map(({ name }) => name).filter((name) => name !== PEOPLE)
  const missing = optional.filter(lacks)
  return [
    check('graph', 'passed', graph.name),
    lacks(PEOPLE) ? check('people', 'warned', null, [PEOPLE]) : check('people', 'passed', PEOPLE),
    check(
      'optional',
      missing.length === 0 ? 'passed' : 'warned',
      optional.filter((name) => !lacks(name)).join(', ') || null,
      missing,
    ),
  ]
}
