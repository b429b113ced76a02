import pino from 'pino'
import { env } from './env'

/** Keys whose values never reach the log, at the top of a line and up to two levels below. */
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

/** A line of the log: an event by its name. An error goes under `error`, because pino would write the message of any other. */
type Line = { event: string; error?: unknown; err?: never; msg?: never; [key: string]: unknown }
type Log = Record<'error' | 'warn' | 'info' | 'debug', (line: Line) => void>

let logger: Log | undefined

/** The log of this process: a line of JSON for each event, on standard output. */
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

/** Lines of an error's stack, and errors below the first one in its chain of causes, that the log keeps. */
const STACK_LINES = 6
const CAUSES = 3

/**
 * The log keeps only names, codes and places of an error and of its causes. Messages are left out: that of a database
 * error holds the query's parameters, and that of a token error the server's whole answer.
 */
function describeError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { kind: typeof error }
  const { code, status, aadsts, correlationId } = error as Error & Record<string, unknown>
  // The stack begins with the message, whose lines may look like places in the code too.
  const places =
    typeof error.stack === 'string'
      ? error.stack
          .slice(error.stack.indexOf(error.message) + error.message.length)
          .split('\n')
          .filter((line) => /^\s+at /.test(line))
          .slice(0, STACK_LINES)
      : []
  return {
    name: error.name,
    // Not under `code`, which is removed because it is the key of an authorization code.
    errorCode: code,
    status,
    aadsts,
    correlationId,
    at: places.map((line) => line.trim()),
    cause: error.cause && depth < CAUSES ? describeError(error.cause, depth + 1) : undefined,
  }
}
