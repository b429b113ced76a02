import { isRestError, type RestError } from '@azure/core-rest-pipeline'
import { AuthError } from '@azure/msal-node'
import { GraphClientError, GraphError } from '@microsoft/microsoft-graph-client'
import { ZodError } from 'zod'
import type { ProblemCode } from '@/lib/domain/problems'
import type { AttemptProblem } from '@/lib/domain/vocabulary'
import { aadstsIn, problemOfAadsts } from './aadsts'
import { parseRetryAfter } from './retry'

export type AzureErrorDetails = {
  aadsts?: number
  correlationId?: string
  /** What a conditional-access challenge demands; handed back to the authorize leg as it is. */
  claims?: string
  status?: number
  /** The wait that Microsoft asked for; null when it named none. */
  retryAfterMs?: number | null
  /** Microsoft's own error code, such as `AuthorizationFailed`. */
  microsoftCode?: string
  cause?: unknown
}

/** The one error that leaves this room. Its message holds codes only: never a token, an address or Microsoft's own text. */
export class AzureError extends Error {
  override name = 'AzureError'
  readonly code: ProblemCode
  readonly aadsts?: number
  readonly correlationId?: string
  readonly claims?: string
  readonly status?: number
  readonly retryAfterMs?: number

  constructor(code: ProblemCode, message: string, { cause, microsoftCode, ...details }: AzureErrorDetails = {}) {
    const said = [
      code,
      details.status && `HTTP ${details.status}`,
      details.aadsts && `AADSTS${details.aadsts}`,
      microsoftCode && /^[\w.]{1,80}$/.test(microsoftCode) && microsoftCode,
    ].filter(Boolean)
    super(`${message} (${said.join(', ')})`, cause === undefined ? undefined : { cause })
    this.code = code
    Object.assign(
      this,
      Object.fromEntries(
        Object.entries(details).filter(([, value]) => value !== undefined && value !== null && value !== ''),
      ),
    )
  }
}

/**
 * Any failure of this room as one type with a closed set of codes: RestError, GraphError, MSAL's errors, shapes that zod
 * refused, network failures. An abort keeps an AzureError reason; a `TimeoutError` (the run's deadline) is `timed_out`,
 * any other abort is `interrupted`.
 */
export function toAzureError(error: unknown): AzureError {
  if (error instanceof AzureError) return error
  if (error instanceof GraphClientError && error.customError !== undefined) return toAzureError(error.customError)
  if (isRestError(error)) return fromRest(error)
  if (error instanceof GraphError) return fromGraph(error)
  if (error instanceof AuthError) return fromMsal(error)
  if (error instanceof ZodError || error instanceof SyntaxError)
    return new AzureError('bad_answer', 'The answer did not have the documented form.', { cause: error })
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
  if (error.code === 'PARSE_ERROR')
    return new AzureError('bad_answer', 'The answer did not have the documented form.', {
      status: error.statusCode,
      cause: error,
    })
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
  // One page of Microsoft's prints 403 for a token that ARM does not accept; ARM itself answers 401.
  if (statusCode === 401 || code?.startsWith('InvalidAuthenticationToken')) return 'sign_in_expired'
  if (statusCode === 403)
    return /\/Microsoft\.Authorization\//i.test(request?.url ?? '')
      ? 'reader_role_missing'
      : 'subscription_not_readable'
  if (statusCode === 404) return 'subscription_not_readable'
  if (statusCode === 400 && code === 'InvalidSubscriptionId') return 'subscription_unknown'
  return problemOfStatus(statusCode)
}

function fromGraph(error: GraphError): AzureError {
  if (error.code === 'SyntaxError')
    return new AzureError('bad_answer', 'The answer did not have the documented form.', {
      status: error.statusCode,
      cause: error,
    })
  return new AzureError(problemOfGraph(error.statusCode), 'Microsoft Graph refused.', {
    status: error.statusCode > 0 ? error.statusCode : undefined,
    microsoftCode: error.code ?? undefined,
    correlationId: error.requestId ?? error.headers?.get('request-id') ?? undefined,
    retryAfterMs: parseRetryAfter(error.headers?.get('retry-after')),
    cause: error,
  })
}

/** What a status from Microsoft Graph is to us; also that of one item of a `$batch`. */
export function problemOfGraph(status: number): ProblemCode {
  if (status === 401) return 'sign_in_expired'
  if (status === 403) return 'directory_not_readable'
  return problemOfStatus(status)
}

function problemOfStatus(status: number): ProblemCode {
  if (status === 429) return 'throttled'
  if (status >= 500 || status === 408) return 'azure_unreachable'
  return status >= 200 && status < 300 ? 'bad_answer' : 'unknown'
}

/** MSAL's own refusals that never went over the wire. */
const PROBLEM_OF_MSAL: Record<string, ProblemCode> = {
  nonce_mismatch: 'state_mismatch',
  no_tokens_found: 'sign_in_expired',
  no_account_found: 'sign_in_expired',
  no_account_in_silent_request: 'sign_in_expired',
  refresh_token_expired: 'sign_in_expired',
  network_error: 'azure_unreachable',
  token_parsing_error: 'bad_answer',
  null_or_empty_token: 'bad_answer',
}

function fromMsal(error: AuthError): AzureError {
  // ServerError and InteractionRequiredAuthError carry more than their common base declares.
  const { errorNo, claims, status } = error as AuthError & {
    errorNo?: string | number
    claims?: string
    status?: number
  }
  const aadsts = Number(errorNo) || aadstsIn(error.errorMessage)
  const own = PROBLEM_OF_MSAL[error.errorCode]
  // A challenge that can be met by signing in with its claims, whatever its number.
  const demanded = claims && problemOfAadsts(aadsts, undefined) === 'unknown' ? 'mfa_required' : undefined
  return new AzureError(own ?? demanded ?? problemOfAadsts(aadsts, error.errorCode), 'Entra ID refused.', {
    aadsts,
    correlationId: error.correlationId,
    claims,
    status,
    microsoftCode: error.errorCode,
    cause: error,
  })
}

/** What is kept of an error for a page to explain: codes only, never a message, which may quote the request. */
export function problemOf({ code, aadsts, correlationId, claims }: AzureError): AttemptProblem {
  return { code, aadsts, correlationId, claims, at: new Date().toISOString() }
}
