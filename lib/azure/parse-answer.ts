import type { z } from 'zod'
import { AzureError, problemOfGraph } from './azure-error'
import type { BatchAnswer } from './graph-batch'
import { parseBody } from './parse-body'

/** The body of an item of a batch, in its documented form; any refusal is thrown. */
export function parseAnswer<T>(shape: z.ZodType<T>, { status, body }: BatchAnswer): T {
  if (status !== 200)
    throw new AzureError(problemOfGraph(status), 'Microsoft Graph refused an item of a batch.', { status })
  return parseBody(shape, body, status)
}
