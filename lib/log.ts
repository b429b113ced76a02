import pino from 'pino'
import { findCurrentVisitor } from './current-request.ts'
import { createLimit } from './log-limit.ts'
import { boundFields, cleanLine, describeError } from './log-line.ts'

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
export type Line = { event: string; error?: unknown; err?: never; msg?: never; [key: string]: unknown }
type Level = 'error' | 'warn' | 'info' | 'debug'
type Log = Record<Level, (line: Line) => void>

/** On `globalThis`, because Next bundles pages, routes and instrumentation apart, and all must share one count of lines. */
const SLOT = Symbol.for('rolecall.log')
const slots: typeof globalThis & { [SLOT]?: Log } = globalThis

/**
 * The log of this process: a line of JSON for each event, on standard output. The same warning or error is written ten
 * times a minute at the most; how often it came beyond that is told at the minute's end, as `repeated`.
 */
export function log(): Log {
  slots[SLOT] ??= createLog()
  return slots[SLOT]
}

/** Errors that a line of the log tells of, so that Next's own report of the same error adds no second line. */
const TOLD = Symbol.for('rolecall.told-errors')
const told: typeof globalThis & { [TOLD]?: WeakSet<object> } = globalThis

export const isTold = (error: object): boolean => told[TOLD]?.has(error) ?? false

function createLog(): Log {
  const output = pino.destination({ fd: 1, sync: true })
  const logger = pino(
    {
      level: readLevel(),
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRET_KEYS.flatMap((key) => [`["${key}"]`, `*["${key}"]`, `*.*["${key}"]`]), remove: true },
    },
    { write: (line: string) => output.write(`${cleanLine(line.trimEnd())}\n`) },
  )
  const admit = createLimit<{ level: Level; fields: object }>(({ line, repeated }) =>
    logger[line.level]({ ...line.fields, repeated }),
  )
  const write = (level: Level) => (line: Line) => {
    const fields = describeLine(line)
    if (!isLimited(level, line) || admit(findCause(level, fields), { level, fields })) logger[level](fields)
  }
  return { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') }
}

/**
 * The log begins before the settings are checked, so that whatever a start says is in it. What `LOG_LEVEL` has wrong is
 * told by lib/env.ts, in a sentence.
 */
function readLevel(): string {
  const { LOG_LEVEL: level = 'info' } = process.env
  return level === 'silent' || level in pino.levels.values ? level : 'info'
}

function describeLine({ error, ...fields }: Line): Record<string, unknown> {
  if (typeof error === 'object' && error !== null) {
    told[TOLD] ??= new WeakSet()
    told[TOLD].add(error)
  }
  const described = error === undefined ? fields : { ...fields, error: describeError(error) }
  const requestId = findCurrentVisitor()?.requestId ?? undefined
  return boundFields({ requestId, ...described }) as Record<string, unknown>
}

/** Our own news, like the end of a run, are never left out. */
const isLimited = (level: Level, { event }: Line) => level === 'error' || level === 'warn' || event === 'output'

/** The start of a text that is not ours, by which its cause is told from others. What follows may be an address. */
const TEXT_START = 24

/** What makes two lines tell of the same thing: not their ids, and not when they came. */
function findCause(level: Level, { event, reason, problem, route, text, error }: Record<string, unknown>): string {
  const { name, errorCode, at } = (error ?? {}) as { name?: unknown; errorCode?: unknown; at?: unknown[] }
  const start = typeof text === 'string' ? text.slice(0, TEXT_START) : undefined
  return JSON.stringify([level, event, reason, problem, route, start, name, errorCode, at?.[0]])
}
