import { aadstsIn } from './client/aadsts'

/** How an administrator's approval for the whole tenant ended, as Microsoft reports it through the browser. */
export type ApprovalOutcome = 'granted' | 'declined' | 'needs_admin' | 'failed'

/**
 * Whether Microsoft sent the browser back from an approval and not from a sign-in. An approval that was begun in Microsoft's
 * own portal comes back to the first registered address, without state (dotnet/aspnetcore#55910). A code and a state
 * together are a sign-in: Microsoft may add `admin_consent` to one in which an administrator consented (Microsoft:
 * v1-protocols-oauth-code). A refusal without state belongs to no sign-in of ours, because each of those has one.
 */
export function isApproval(query: URLSearchParams): boolean {
  const state = query.get('state')
  const code = query.get('code')
  if (query.has('admin_consent')) return !(code && state)
  return !code && !state && REFUSALS.includes(query.get('error') ?? '')
}

/**
 * Reads the outcome of an approval. It is only good for words, because anyone can open such an address: the next sign-in
 * shows whether the consent was given. A refusal too carries `admin_consent=True` (Microsoft: v2-admin-consent), and
 * sometimes only `error` and `error_subcode` (MicrosoftDocs/azure-docs#41053).
 */
export function readApproval(query: URLSearchParams): ApprovalOutcome {
  const error = query.get('error')
  const consent = query.get('admin_consent')?.toLowerCase()
  if (error === null) return consent === 'true' ? 'granted' : consent === 'false' ? 'declined' : 'failed'
  const number = aadstsIn(query.get('error_description'))
  if (number === undefined) return REFUSALS.includes(error) ? 'declined' : 'failed'
  return OUTCOME_OF[number] ?? 'failed'
}

/** OAuth's names for an approval that was not given; at this page `consent_required` means that it was declined. */
const REFUSALS = ['access_denied', 'consent_required']

/** Entra ID's numbers for an approval that was not given (Microsoft: reference-error-codes). */
const OUTCOME_OF: Record<number, ApprovalOutcome> = { 65004: 'declined', 90094: 'needs_admin', 90095: 'needs_admin' }
