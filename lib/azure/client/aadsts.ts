import type { ProblemCode } from '@/lib/domain/problems'

/** The problem behind each of Entra ID's error numbers that people meet (Microsoft: reference-error-codes). */
const PROBLEM_OF = new Map<string, ProblemCode>(
  Object.entries({
    65001: 'admin_consent_required',
    90094: 'admin_consent_required',
    90095: 'admin_consent_required',
    65004: 'declined',
    50072: 'mfa_required',
    50074: 'mfa_required',
    50076: 'mfa_required',
    50078: 'mfa_required',
    50079: 'mfa_required',
    53000: 'blocked_by_policy',
    53001: 'blocked_by_policy',
    53002: 'blocked_by_policy',
    53003: 'blocked_by_policy',
    50097: 'blocked_by_policy',
    50020: 'account_not_in_tenant',
    50034: 'account_not_in_tenant',
    51004: 'account_not_in_tenant',
    16000: 'account_not_in_tenant',
    90072: 'account_not_in_tenant',
    50105: 'not_assigned_to_app',
    50057: 'account_disabled',
    50011: 'app_redirect_wrong',
    7000215: 'app_secret_wrong',
    7000218: 'app_secret_wrong',
    7000222: 'app_secret_expired',
    700016: 'app_not_in_tenant',
    650052: 'app_not_in_tenant',
    650057: 'app_not_in_tenant',
    500011: 'app_not_in_tenant',
    50194: 'app_not_in_tenant',
    90002: 'app_not_in_tenant',
    700005: 'wrong_tenant',
    54005: 'attempt_used',
    50147: 'state_mismatch',
    501481: 'state_mismatch',
    70008: 'sign_in_expired',
    70043: 'sign_in_expired',
    700082: 'sign_in_expired',
    700084: 'sign_in_expired',
    50132: 'sign_in_revoked',
    50133: 'sign_in_revoked',
    50173: 'sign_in_revoked',
    50196: 'throttled',
    90033: 'azure_unreachable',
    90055: 'azure_unreachable',
  }),
)

/** The problem behind OAuth's own error names, for answers whose number is not in the table above. */
const PROBLEM_OF_NAME = new Map<string, ProblemCode>(
  Object.entries({
    access_denied: 'declined',
    consent_required: 'admin_consent_required',
    invalid_client: 'app_secret_wrong',
    unauthorized_client: 'app_not_in_tenant',
    invalid_resource: 'app_not_in_tenant',
    invalid_grant: 'sign_in_expired',
    login_required: 'sign_in_expired',
    interaction_required: 'sign_in_expired',
    server_error: 'azure_unreachable',
    temporarily_unavailable: 'azure_unreachable',
  }),
)

/**
 * The problem behind each number that an application meets which signs in without a person. `7000215` and the like are about
 * its own credential here, and not about the portal's.
 */
const PROBLEM_OF_APPLICATION = new Map<number, ProblemCode>([
  [700016, 'application_unknown'],
  [7000112, 'application_disabled'],
  [7000229, 'application_not_installed'],
  [7000215, 'secret_not_accepted'],
  [7000222, 'secret_out_of_date'],
  [700027, 'certificate_not_accepted'],
  [700024, 'clock_wrong'],
  [70021, 'federation_not_found'],
  [700211, 'federation_mismatch'],
  [700212, 'federation_mismatch'],
  [700213, 'federation_mismatch'],
  [7002137, 'federation_mismatch'],
  [7002138, 'federation_mismatch'],
  [50013, 'federated_token_unusable'],
  [50027, 'federated_token_unusable'],
  [90002, 'tenant_unknown'],
])

/** Problems of a person's sign-in, or of the portal's own registration, that an application cannot have. */
const NOT_OF_APPLICATIONS: readonly ProblemCode[] = [
  'app_secret_wrong',
  'app_secret_expired',
  'app_not_in_tenant',
  'admin_consent_required',
  'declined',
  'mfa_required',
  'sign_in_expired',
  'sign_in_revoked',
]

/** The problem of an application, by its number, or else what it is for a person where that can be said of an application. */
export function problemOfApplication(number: number | undefined, otherwise: ProblemCode): ProblemCode {
  const known = number === undefined ? undefined : PROBLEM_OF_APPLICATION.get(number)
  return known ?? (NOT_OF_APPLICATIONS.includes(otherwise) ? 'application_refused' : otherwise)
}

/** The number in a text with `AADSTS50076: …` anywhere in it. */
export function aadstsIn(text: string | null | undefined): number | undefined {
  const found = /AADSTS(\d{4,8})/.exec(text ?? '')
  return found ? Number(found[1]) : undefined
}

/** The problem behind a refusal of Entra ID: by its number, or else by its OAuth name; `unknown` when neither is known. */
export function problemOfAadsts(number: number | undefined, name: string | undefined): ProblemCode {
  return PROBLEM_OF.get(String(number)) ?? PROBLEM_OF_NAME.get(name ?? '') ?? 'unknown'
}
