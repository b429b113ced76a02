import pino from 'pino'
import { env } from './env'

/** Keys whose values never reach the log, at any of the depths our lines have. */
const SECRET_KEYS = [
  'authorization',
  'cookie',
  'set-cookie',
  'code',
  'state',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'client_secret',
  'code_verifier',
  'sealed',
  'params',
]

/** What may be logged: an event by name, with an error as `error` only. An error by itself would bring its message along. */
type Line = { event: string; error?: unknown; err?: never; msg?: never; [key: string]: unknown }
type Log = Record<'error' | 'warn' | 'info' | 'debug', (line: Line) => void>

let logger: Log | undefined

/** The process's log: one JSON line an event, on standard output. */
export function log(): Log {
  logger ??= pino({
    level: env().logLevel,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET_KEYS.flatMap((key) => [`["${key}"]`, `*["${key}"]`, `*.*["${key}"]`]), remove: true },
    serializers: { error: describeError },
  })
  return logger
}

/**
 * What a log line says of an error: names, codes and where, down the chain of causes. Messages of foreign errors are
 * left out: a database error's message carries the query's parameters, a token error's the server's whole answer.
 */
function describeError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { kind: typeof error }
  const { code, status, aadsts, correlationId } = error as Error & Record<string, unknown>
  // The stack begins with the message, whose lines may look like places too.
  const ours =
    typeof error.stack === 'string'
      ? error.stack
          .slice(error.stack.indexOf(error.message) + error.message.length)
          .split('\n')
          .filter((line) => /^\s+at /.test(line))
          .slice(0, 6)
      : []
  return {
    name: error.name,
    // Not as `code`: that key is an authorization code's, which never passes.
    errorCode: code,
    status,
    aadsts,
    correlationId,
    at: ours.map((line) => line.trim()),
    cause: error.cause && depth < 3 ? describeError(error.cause, depth + 1) : undefined,
  }
}
