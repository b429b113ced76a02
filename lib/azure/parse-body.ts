import type { z } from 'zod'
import { AzureError } from './azure-error'

/** Something Graph answered, in its documented form. Throws `bad_answer`. */
export function parseBody<T>(shape: z.ZodType<T>, body: unknown, status?: number): T {
  const parsed = shape.safeParse(body)
  if (!parsed.success)
    throw new AzureError('bad_answer', 'The answer did not have the documented form.', { status, cause: parsed.error })
  return parsed.data
}
