import { POLICY_CLAIMS } from './refusals'
import type { Refusal } from './replies'

/** What the texts mention: the resource by its application id, and when the grant was issued. */
type PolicyFacts = { resource: string; issuedAt: string }

/** The refusal for the code in a person's `error` trait; a plain invalid_grant for a code that the table lacks. */
export function policyRefusalOf(code: number, facts: PolicyFacts): Refusal {
  const found = POLICY_REFUSALS[code]
  if (!found) return { error: 'invalid_grant', code, text: 'The request was refused by a policy of the sandbox.' }
  return { ...found, code, text: found.text(facts) }
}

type PolicyRefusal = Omit<Refusal, 'code' | 'text'> & { text: (facts: PolicyFacts) => string }

const STRONGER_SIGN_IN =
  'Due to a configuration change made by your administrator, or because you moved to a new location, you must'
const interaction = { error: 'invalid_grant', suberror: 'basic_action', claims: POLICY_CLAIMS }

/**
 * The errors that a person's `error` trait can produce, by AADSTS code. Codes and meanings are those of Microsoft's error
 * code table; most texts, `error` and `suberror` values are recalled, not verified.
 */
const POLICY_REFUSALS: Readonly<Record<number, PolicyRefusal>> = {
  50020: {
    error: 'invalid_grant',
    text: () =>
      'User account from identity provider does not exist in tenant and cannot access the application in that tenant. The account needs to be added as an external user in the tenant first.',
  },
  50034: {
    error: 'invalid_grant',
    text: () =>
      'The user account does not exist in the directory. To sign into this application, the account must be added to the directory.',
  },
  50055: { error: 'invalid_grant', suberror: 'user_password_expired', text: () => 'The password is expired.' },
  50057: { error: 'invalid_grant', text: () => 'The user account is disabled.' },
  50074: { ...interaction, text: () => 'Strong Authentication is required.' },
  50076: {
    ...interaction,
    text: ({ resource }) => `${STRONGER_SIGN_IN} use multi-factor authentication to access '${resource}'.`,
  },
  50078: {
    ...interaction,
    text: ({ resource }) =>
      `Presented multi-factor authentication has expired due to policies configured by your administrator, you must refresh your multi-factor authentication to access '${resource}'.`,
  },
  50079: {
    ...interaction,
    text: ({ resource }) => `${STRONGER_SIGN_IN} enroll in multi-factor authentication to access '${resource}'.`,
  },
  50097: { error: 'interaction_required', text: () => 'Device authentication is required.' },
  50105: { error: 'invalid_grant', text: () => 'The signed in user is not assigned to a role for the application.' },
  50173: {
    error: 'invalid_grant',
    text: ({ issuedAt }) =>
      `The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '${issuedAt}'.`,
  },
  50196: {
    error: 'invalid_grant',
    text: () =>
      'The server terminated an operation because it encountered a loop while processing a request. Contact your app vendor.',
  },
  51004: { error: 'invalid_grant', text: () => 'The user account does not exist in the directory.' },
  53000: {
    error: 'interaction_required',
    suberror: 'message_only',
    text: () => 'Your device is required to be managed to access this resource.',
  },
  53001: {
    error: 'interaction_required',
    suberror: 'message_only',
    text: () => 'Your device is required to be domain joined to access this resource.',
  },
  53003: {
    error: 'invalid_grant',
    suberror: 'message_only',
    text: () =>
      'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
  },
  65001: {
    error: 'invalid_grant',
    suberror: 'consent_required',
    text: () =>
      'The user or administrator has not consented to use the application. Send an interactive authorization request for this user and resource.',
  },
  70008: {
    error: 'invalid_grant',
    text: () =>
      'The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.',
  },
  70043: {
    error: 'invalid_grant',
    suberror: 'token_expired',
    text: ({ issuedAt }) =>
      `The refresh token has expired or is invalid due to sign-in frequency checks by conditional access. The token was issued on ${issuedAt} and the maximum allowed lifetime for this request is 3600.`,
  },
  90033: {
    error: 'temporarily_unavailable',
    status: 503,
    text: () => 'A transient error has occurred. Please try again.',
  },
  90055: {
    error: 'temporarily_unavailable',
    status: 429,
    text: () => 'There are too many incoming requests. Please try again later.',
  },
  700082: {
    error: 'invalid_grant',
    text: ({ issuedAt }) =>
      `The refresh token has expired due to inactivity. The token was issued on ${issuedAt} and was inactive for 90.00:00:00.`,
  },
}
