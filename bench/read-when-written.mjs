import { readFileSync } from 'node:fs'

/** The worlds are made after the sandbox answers: they are there once it answers again. */
export async function readWhenWritten(file) {
  const patience = AbortSignal.timeout(120_000)
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
