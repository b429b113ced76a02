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

let logger: pino.Logger | undefined

/** The process's log: one JSON line an event, on standard output. */
export function log(): pino.Logger {
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
  const ours =
    typeof error.stack === 'string'
      ? error.stack
          .split('\n')
          .filter((line) => /^\s+at /.test(line))
          .slice(0, 6)
      : []
  return {
    name: error.name,
    code,
    status,
    aadsts,
    correlationId,
    at: ours.map((line) => line.trim()),
    cause: error.cause && depth < 3 ? describeError(error.cause, depth + 1) : undefined,
  }
}
