import { isRestError, type RestError } from '@azure/core-rest-pipeline'
import { AuthError } from '@azure/msal-node'
import { GraphClientError, GraphError } from '@microsoft/microsoft-graph-client'
import { ZodError, z } from 'zod'
import type { ProblemCode } from '@/lib/domain/problems'
import type { AttemptProblem } from '@/lib/domain/vocabulary'
import { aadstsIn, problemOfAadsts } from './aadsts'
import { parseRetryAfter } from './retry'

type AzureErrorDetails = {
  aadsts?: number
  correlationId?: string
  /** What a conditional-access challenge demands; it is sent along, unchanged, with the next sign-in. */
  claims?: string
  status?: number
  /** How many minutes the clock of this server is ahead of Microsoft's; negative: behind. */
  clockAheadMinutes?: number
  /** The wait that Microsoft asked for; null when it named none. */
  retryAfterMs?: number | null
  /** Microsoft's own error code, such as `AuthorizationFailed`. */
  microsoftCode?: string
  cause?: unknown
}

/**
 * The only kind of error that leaves lib/azure. Its message holds codes and sentences of ours, never a token, an address
 * or Microsoft's own text.
 */
export class AzureError extends Error {
  override name = 'AzureError'
  readonly code: ProblemCode
  readonly aadsts?: number
  readonly correlationId?: string
  readonly claims?: string
  readonly status?: number
  readonly clockAheadMinutes?: number
  readonly retryAfterMs?: number
  /** Microsoft's own error code, where it has the form of one. */
  readonly microsoftCode?: string

  constructor(code: ProblemCode, message: string, { cause, ...given }: AzureErrorDetails = {}) {
    const details = { ...given, ...keepExpected(given) }
    const codes = [
      code,
      details.status && `HTTP ${details.status}`,
      details.aadsts && `AADSTS${details.aadsts}`,
      details.microsoftCode,
    ].filter(Boolean)
    super(`${message} (${codes.join(', ')})`, cause === undefined ? undefined : { cause })
    this.code = code
    Object.assign(
      this,
      Object.fromEntries(
        Object.entries(details).filter(([, value]) => value !== undefined && value !== null && value !== ''),
      ),
    )
  }
}

/** The largest number of an error of Entra ID that is believed to be one: they have four to eight digits. */
const LARGEST_AADSTS = 99_999_999

/** The longest claims that are sent along with a sign-in: they become a part of its address. */
const LONGEST_CLAIMS = 4_000

const Claims = z.record(z.string(), z.unknown())

/**
 * What Microsoft's own words in a refusal are kept as: only in the form that each of them has. They come by headers and out
 * of MSAL as well as in bodies, and are stored and shown.
 */
function keepExpected({ aadsts, correlationId, claims, microsoftCode }: AzureErrorDetails) {
  return {
    aadsts: aadsts && Number.isInteger(aadsts) && aadsts > 0 && aadsts <= LARGEST_AADSTS ? aadsts : undefined,
    correlationId: correlationId && /^[\w.:-]{1,100}$/.test(correlationId) ? correlationId : undefined,
    claims: claims && claims.length <= LONGEST_CLAIMS && isJsonRecord(claims) ? claims : undefined,
    microsoftCode: microsoftCode && /^[\w.]{1,80}$/.test(microsoftCode) ? microsoftCode : undefined,
  }
}

/** Whether a text is an object in JSON, which has no control character and no half of a surrogate pair in it. */
function isJsonRecord(text: string): boolean {
  try {
    return text.isWellFormed() && Claims.safeParse(JSON.parse(text)).success
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

/** What is kept of an error for a page to explain: codes only, never a message, which may quote the request. */
export function problemOf({ code, aadsts, correlationId, claims, clockAheadMinutes }: AzureError): AttemptProblem {
  return { code, aadsts, correlationId, claims, clockAheadMinutes, at: new Date().toISOString() }
}

/** The error for an answer that does not have the form which Microsoft documents. */
export const badAnswer = (details: AzureErrorDetails = {}): AzureError =>
  new AzureError('bad_answer', 'The answer did not have the documented form.', details)

/** The error for an answer that says the service is overloaded (429) or out of order (5xx); null for every other answer. */
export function outageOf({ status, headers }: Response): AzureError | null {
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'))
  if (status === 429) return new AzureError('throttled', 'Asked to wait.', { status, retryAfterMs })
  if (status < 500) return null
  return new AzureError('azure_unreachable', 'There was no usable answer.', { status, retryAfterMs })
}

/**
 * Any failure as an AzureError, whose codes are a closed set: errors of the ARM, Graph and MSAL clients, values that zod
 * refused, failures of the network. An aborted signal gives the AzureError that it was aborted with; otherwise
 * `timed_out` for a `TimeoutError` (the deadline of a run) and `interrupted` for any other reason.
 */
export function toAzureError(error: unknown): AzureError {
  if (error instanceof AzureError) return error
  if (error instanceof GraphClientError && error.customError !== undefined) return toAzureError(error.customError)
  if (isRestError(error)) return fromRest(error)
  if (error instanceof GraphError) return fromGraph(error)
  if (error instanceof AuthError) return fromMsal(error)
  if (error instanceof ZodError || error instanceof SyntaxError) return badAnswer({ cause: error })
  if (error instanceof Error && error.name === 'TimeoutError')
    return new AzureError('timed_out', 'The deadline passed.', { cause: error })
  if (error instanceof Error && error.name === 'AbortError') {
    return error.cause instanceof Error
      ? toAzureError(error.cause)
      : new AzureError('interrupted', 'The work was stopped.', { cause: error })
  }
  if (error instanceof TypeError && error.cause instanceof Error)
    return new AzureError('azure_unreachable', 'There was no usable answer.', { cause: error })
  return new AzureError('unknown', 'Something else went wrong.', { cause: error })
}

function fromRest(error: RestError): AzureError {
  if (error.cause instanceof AzureError) return error.cause
  if (error.code === 'PARSE_ERROR') return badAnswer({ status: error.statusCode, cause: error })
  const headers = error.response?.headers
  return new AzureError(problemOfArm(error), 'Azure Resource Manager refused.', {
    status: error.statusCode,
    microsoftCode: error.code,
    correlationId: headers?.get('x-ms-correlation-request-id') ?? headers?.get('x-ms-request-id'),
    retryAfterMs: parseRetryAfter(headers?.get('retry-after')),
    cause: error,
  })
}

function problemOfArm({ statusCode, code, request }: RestError): ProblemCode {
  if (code === 'InvalidAuthenticationTokenTenant') return 'subscription_moved'
  if (statusCode === undefined) return 'azure_unreachable'
  // One page of Microsoft's documentation shows 403 for a token that ARM does not accept; ARM itself answers 401.
  if (statusCode === 401 || code?.startsWith('InvalidAuthenticationToken')) return 'sign_in_expired'
  if (statusCode === 403)
    return /\/Microsoft\.Authorization\//i.test(request?.url ?? '')
      ? 'reader_role_missing'
      : 'subscription_not_readable'
  if (statusCode === 404) return 'subscription_not_readable'
  if (statusCode === 400 && code === 'InvalidSubscriptionId') return 'subscription_unknown'
  return problemOfStatus(statusCode, code)
}

function fromGraph(error: GraphError): AzureError {
  if (error.code === 'SyntaxError') return badAnswer({ status: error.statusCode, cause: error })
  return new AzureError(problemOfGraph(error.statusCode, error.code), 'Microsoft Graph refused.', {
    status: error.statusCode > 0 ? error.statusCode : undefined,
    microsoftCode: error.code ?? undefined,
    correlationId: error.requestId ?? error.headers?.get('request-id') ?? undefined,
    retryAfterMs: parseRetryAfter(error.headers?.get('retry-after')),
    cause: error,
  })
}

/** The problem behind a status that Microsoft Graph refused with, be it of a request or of one item of a `$batch`. */
export function problemOfGraph(status: number, code?: string | null): ProblemCode {
  if (status === 401) return 'sign_in_expired'
  if (status === 403) return 'directory_not_readable'
  return problemOfStatus(status, code)
}

/** A refusal that names a code of Microsoft's is Microsoft's; any other one may be due to how we asked. */
function problemOfStatus(status: number, code: string | null | undefined): ProblemCode {
  if (status === 429) return 'throttled'
  if (status >= 500 || status === 408) return 'azure_unreachable'
  if (status >= 200 && status < 300) return 'bad_answer'
  return code ? 'refused_by_microsoft' : 'unknown'
}

/** Refusals that MSAL makes itself, without asking Entra ID. */
const PROBLEM_OF_MSAL = new Map<string, ProblemCode>(
  Object.entries({
    nonce_mismatch: 'state_mismatch',
    no_tokens_found: 'sign_in_expired',
    no_account_found: 'sign_in_expired',
    no_account_in_silent_request: 'sign_in_expired',
    refresh_token_expired: 'sign_in_expired',
    network_error: 'azure_unreachable',
    token_parsing_error: 'bad_answer',
    null_or_empty_token: 'bad_answer',
  }),
)

function fromMsal(error: AuthError): AzureError {
  // ServerError and InteractionRequiredAuthError carry more than their common base declares.
  const { errorNo, claims, status } = error as AuthError & {
    errorNo?: string | number
    claims?: string
    status?: number
  }
  const aadsts = Number(errorNo) || aadstsIn(error.errorMessage)
  const msalProblem = PROBLEM_OF_MSAL.get(error.errorCode)
  // Whatever its number, a challenge with claims can be met by a sign-in that sends them along.
  const demanded = claims && problemOfAadsts(aadsts, undefined) === 'unknown' ? 'mfa_required' : undefined
  return new AzureError(msalProblem ?? demanded ?? problemOfAadsts(aadsts, error.errorCode), 'Entra ID refused.', {
    aadsts,
    correlationId: error.correlationId,
    claims,
    status,
    microsoftCode: error.errorCode,
    cause: error,
  })
}
