import type { z } from 'zod'
import { NotFound } from '@/lib/actor'

/**
 * What a browser sent with an action, in the shape that the pages send. Anything else was made by hand, so it is answered
 * like an ID that does not exist: by {@link NotFound}, and never by an error of ours. What people type themselves is
 * checked where its form can be given back with a sentence.
 */
export function readInput<Shape extends z.ZodType>(shape: Shape, sent: unknown): z.output<Shape> {
  const read = shape.safeParse(sent)
  if (read.success) return read.data
  throw new NotFound('There is nothing here that fits what was sent.')
}
