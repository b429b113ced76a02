import type { z } from 'zod'
import { ControlRefusal } from './control-refusal'

/** The body of a control request as JSON; an empty one counts as {}. */
export async function readJson<T = unknown>(request: Request): Promise<T> {
  const text = await request.text()
  try {
    return (text === '' ? {} : JSON.parse(text)) as T
  } catch (error) {
    if (error instanceof SyntaxError) throw new ControlRefusal(`The body is not JSON: ${error.message}.`)
    throw error
  }
}

/** The body of a control request in the shape it must have; refused with the first thing that is wrong. */
export async function readShape<T>(request: Request, shape: z.ZodType<T>): Promise<T> {
  const parsed = shape.safeParse(await readJson(request))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new ControlRefusal(`The body is not what is asked for: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`)
}
