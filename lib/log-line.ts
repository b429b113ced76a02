/** Lines of an error's stack, and errors below the first one in its chain of causes, that the log keeps. */
const STACK_LINES = 6
const CAUSES = 3

/** Characters of a value, values of a list and levels of an object that the log keeps: many times what our own lines have. */
const LONGEST_VALUE = 300
const MOST_VALUES = 50
const DEEPEST = 8

/**
 * The log keeps only names, codes and places of an error and of its causes. Messages are left out: that of a database
 * error holds the query's parameters, and that of a token error the server's whole answer.
 */
export function describeError(error: unknown, depth = 0): Record<string, unknown> {
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

/** The same fields with long values cut, lists and depth bounded, so that nobody can make a line as long as they like. */
export function boundFields(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (depth === DEEPEST) return undefined
  if (Array.isArray(value)) return value.slice(0, MOST_VALUES).map((entry) => boundFields(entry, depth + 1))
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MOST_VALUES)
      .map(([key, entry]) => [key, boundFields(entry, depth + 1)]),
  )
}

/**
 * What the log keeps of a text that is not ours, such as what Next writes to the console: its first line without queries
 * of addresses, SQL, messages of errors, and long opaque words, because each of these may hold a secret or a name.
 */
export function describeText(text: string): string {
  const [line = ''] = text
    .slice(0, 4 * LONGEST_VALUE)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences with which terminals are coloured
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '')
    .trim()
    .split(/[\r\n]/)
  return line
    .replace(/\b(\w*(?:Error|Exception))\b.*/, '$1')
    .replace(/\bFailed query\b.*|\bparams:.*/i, '…')
    .replace(/[?#]\S+/g, '?…')
    .replace(/[\w.~+/=%-]{40,}/g, '…')
    .trim()
}

/** An e-mail address or a user principal name, also where its @ is percent-encoded. Names of packages with a version are none. */
const PERSONAL_ADDRESS =
  /[\p{L}\p{N}._%+'#-]{1,64}(?:@|%40)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){0,8}\.\p{L}{2,}/giu

/** What a terminal or an editor may obey or hide: DEL and C1, line and paragraph separators, and the marks of writing direction. */
const CONTROLS = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g

/** A line of JSON in which no address of a person stands and every control character is escaped. C0 is so in any JSON. */
export function cleanLine(json: string): string {
  return json
    .replace(PERSONAL_ADDRESS, '[address]')
    .replace(CONTROLS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
