import { rememberRequests } from './current-request.ts'
import { isTold, log } from './log.ts'
import { describeText } from './log-line.ts'

/**
 * Imported first by every long-lived process in production (`node --import`, so before Next): from then on whatever this
 * process writes is a line of the log, also what Next, Node.js and libraries say of themselves.
 */
const SLOT = Symbol.for('rolecall.process-output')
const slots: typeof globalThis & { [SLOT]?: true } = globalThis

if (!slots[SLOT]) {
  slots[SLOT] = true
  rememberRequests()
  takeOverConsole()
  takeOverStream(process.stdout, 'info')
  takeOverStream(process.stderr, 'warn')
  takeOverWarnings()
  takeOverUncaughtErrors()
}

function takeOverConsole(): void {
  const levels = { error: 'error', warn: 'warn', log: 'info', info: 'info', debug: 'debug', trace: 'debug' } as const
  for (const [method, level] of Object.entries(levels)) {
    console[method as keyof typeof levels] = (...words: unknown[]) => tell(level, words)
  }
}

type Level = 'error' | 'warn' | 'info' | 'debug'

/** What was said with an error and waits for {@link tell} to see whether our own code tells of that error. */
const waiting = new Set<() => void>()
process.once('exit', () => {
  for (const write of waiting) write()
})

/**
 * One line for what was said to the console. Next first writes an uncaught error to the console and then calls
 * `onRequestError` of instrumentation.ts, which knows the route. So an error waits a moment, and is left to that.
 */
function tell(level: Level, words: unknown[]): void {
  const text = describeText(words.filter((word) => typeof word === 'string').join(' '))
  const error = words.find((word) => word instanceof Error)
  if (!error) {
    if (text) log()[level]({ event: 'output', text })
    return
  }
  const write = () => {
    waiting.delete(write)
    if (!isTold(error)) log()[level]({ event: 'output', text: text || undefined, error })
  }
  waiting.add(write)
  setImmediate(write)
}

/** What is written past the console. It does not catch pino's lines, because pino writes to the file descriptor. */
function takeOverStream(stream: NodeJS.WriteStream, level: Level): void {
  stream.write = (chunk: Uint8Array | string, coding?: unknown, callback?: unknown) => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
    for (const line of text.split('\n')) tell(level, [line])
    const done = typeof coding === 'function' ? coding : callback
    if (typeof done === 'function') process.nextTick(done)
    return true
  }
}

function takeOverWarnings(): void {
  // Node's own listener writes past everything that can be replaced.
  process.removeAllListeners('warning')
  process.on('warning', ({ name, message }) => tell('warn', [`${name}: ${message}`]))
}

/**
 * An uncaught error ends the process with code 1, as it does without a listener. Next adds its own listener, which keeps
 * the portal up and tells the console; then it is left to that one.
 */
function takeOverUncaughtErrors(): void {
  process.on('uncaughtException', (error) => {
    if (process.listenerCount('uncaughtException') > 1) return
    log().error({ event: 'uncaught', error })
    process.exit(1)
  })
}
