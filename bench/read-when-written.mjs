import { readFileSync } from 'node:fs'

/** Milliseconds to wait: the largest world takes twelve seconds, and minutes where others want the processor. */
const PATIENCE_MS = 600_000

/** The worlds are made after the sandbox answers: they are there once it answers again. */
export async function readWhenWritten(file) {
  const patience = AbortSignal.timeout(PATIENCE_MS)
  for (;;) {
    patience.throwIfAborted()
    try {
      return JSON.parse(readFileSync(file, 'utf8'))
    } catch (error) {
      if (error.code !== 'ENOENT' && !(error instanceof SyntaxError)) throw error
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }
}
