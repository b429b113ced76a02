import type { AzureError } from '@/lib/azure/azure-error'
import type { AttemptProblem } from '@/lib/domain/vocabulary'

/** What is kept of an error for a page to explain: codes only, never a message, which may quote the request. */
export function problemOf({ code, aadsts, correlationId, claims }: AzureError): AttemptProblem {
  return { code, aadsts, correlationId, claims, at: new Date().toISOString() }
}
