import type { Application, Tenant } from '../world/types'
import type { World } from '../world/world'
import type { Account } from './account-picker'
import { CLIENT_REFUSALS } from './client-refusals'
import { grant, grantedScopes, mayConsentForAll, needsAdmin } from './consent'
import { consentPage, needAdminApprovalPage } from './consent-page'
import type { Refusal } from './entra-error'
import { type Subject, subjectAt } from './mint'
import { refusalPage } from './refusal-page'
import { REFUSALS } from './refusals'
import { keysOf, type ParsedScopes } from './scopes'

/** The way of one person from an account that was picked to its end, whichever client waits there. */
export type SignInJourney = {
  world: World
  request: Request
  app: Application
  /** Null at common and organizations: the account's own. */
  tenant: Tenant | null
  parsed: ParsedScopes
  prompt: string | null
  /** A link to where another account can be picked, as HTML. */
  another: string
  /** What was pressed, when this is the answer of a page. */
  answer: FormData | null
  refuse: (refusal: Refusal, more?: Record<string, string>) => Response
  finish: (subject: Subject, account: Account) => Response
}

/** Asks for what is not yet consented, or ends the journey. */
function consentOrFinish(journey: SignInJourney, subject: Subject, account: Account): Response {
  const { app, prompt, answer } = journey
  const { tenant, user } = subject
  const wanted = keysOf(journey.parsed.scopes, app.registeredScopes)
  const granted = grantedScopes(tenant, app, user.id)
  const missing = wanted.filter((key) => !granted.has(key))
  const asked = prompt === 'consent' ? wanted : missing
  const admin = mayConsentForAll(user)
  const said = answer?.get('consent')

  // What comes back after this page is recalled, not verified: Microsoft's page may send nothing at all.
  if (said === 'return') return journey.refuse(REFUSALS.needsAdmin(app, tenant.consentWorkflow))
  if (said === 'cancel') return journey.refuse(REFUSALS.declined(), { error_subcode: 'cancel' })
  if (asked.length === 0) return journey.finish(subject, account)
  const silent = () => journey.refuse({ ...REFUSALS.notConsented(app), error: 'interaction_required' })
  if (prompt === 'none') return silent()
  if (!admin && needsAdmin(missing)) {
    return needAdminApprovalPage(app, account, { workflow: tenant.consentWorkflow ?? false, sent: said === 'request' })
  }
  if (said !== 'accept') return consentPage(app, tenant, user, account, asked, { admin })
  grant(tenant, app.clientId, admin && answer?.has('organisation') ? null : user.id, asked)
  return journey.finish(subject, account)
}

/** What happens to an account that was picked: its own page of refusal, a refusal sent back, consent, or the end. */
export function continueAs(journey: SignInJourney, account: Account): Response {
  const { world, request, app } = journey
  const { homeTenant, homeUser } = account
  const tenant = journey.tenant ?? homeTenant
  const subject = subjectAt(tenant, homeTenant, homeUser)
  const stay = (refusal: Refusal) => refusalPage(world, request, refusal, journey.another)
  if (app.homeTenantId !== null && app.homeTenantId !== tenant.id)
    return stay(CLIENT_REFUSALS.appNotFound(app.clientId, tenant.name))
  if (!subject) return stay(REFUSALS.otherTenantsAccount(homeUser, homeTenant, tenant, app))
  if (!homeUser.accountEnabled || !subject.user.accountEnabled) return stay(REFUSALS.disabled())
  if (subject.user.traits.unassigned) return stay(REFUSALS.notAssigned(homeUser, app))
  if (subject.user.traits.blocked && journey.parsed.scopes.some((scope) => scope.resource === 'arm'))
    return journey.refuse(REFUSALS.blocked())
  return consentOrFinish(journey, subject, account)
}
