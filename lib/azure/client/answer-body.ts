import { AzureError } from './errors'

/** The largest answer taken, after decompression. 4,000 assignments are about 4 MB, so no honest page comes near it. */
const LARGEST_BODY_BYTES = 32 * 1024 * 1024

/** Lists and objects inside each other. Microsoft's own answers have some ten levels. */
const DEEPEST_LEVEL = 64

/** Lists, objects and their entries. A batch of twenty pages with 999 people each has some 200,000. */
const MOST_VALUES = 2_000_000

/** Statuses of answers that have no body. */
const WITHOUT_BODY = new Set([204, 205, 304])

/**
 * The same answer with its body in memory, as everything behind may parse it: bounded in bytes, levels and values while it
 * arrives, since a few kilobytes can unpack to what costs a parser seconds and gigabytes; and with no NUL and no half of a
 * surrogate pair in any text, neither of which PostgreSQL accepts. All that
 * `lib/azure` reads passes here.
 * Throws `bad_answer` for one that is out of bounds.
 */
export async function readBody(response: Response): Promise<Response> {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  const json = createJsonGauge()
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    const excess = size > LARGEST_BODY_BYTES ? 'too large' : json.measure(chunk)
    // Leaving the loop cancels the stream, so nothing more is fetched or unpacked.
    if (excess) throw new AzureError('bad_answer', `The answer is ${excess}.`, { status: response.status })
    chunks.push(chunk)
  }
  const { status, statusText } = response
  const headers = new Headers(response.headers)
  headers.delete('content-encoding')
  headers.delete('content-length')
  if (WITHOUT_BODY.has(status)) return new Response(null, { status, statusText, headers })
  const body = new Blob(chunks)
  return new Response(json.hasEscapes() ? cleanEscapes(await body.text()) : body, { status, statusText, headers })
}

const [QUOTE, COMMA, OPEN_LIST, BACKSLASH, CLOSE_LIST, SMALL_U, OPEN_OBJECT, CLOSE_OBJECT] = Buffer.from('",[\\]u{}')

/** The bytes that may stand before the first one that says whether a body is JSON: white space and the byte order mark. */
const LEADING = new Set([...Buffer.from(' \t\r\n'), 0xef, 0xbb, 0xbf])

type Excess = 'too deep' | 'of too many values'

/**
 * Watches a body as it arrives, without parsing it. A body that does not begin like a list or an object is no JSON that
 * could become large: a parser refuses it at its first character.
 */
function createJsonGauge() {
  let isJson: boolean | undefined
  let isInText = false
  let isAfterBackslash = false
  let hasEscapes = false
  let levels = 0
  let values = 0

  return {
    /** Whether a text in it has a character that is written by its number. */
    hasEscapes: () => hasEscapes,
    measure(chunk: Uint8Array): Excess | null {
      for (let at = 0; at < chunk.byteLength; at += 1) {
        const byte = chunk[at] as number
        if (isJson === undefined && !LEADING.has(byte)) isJson = byte === OPEN_LIST || byte === OPEN_OBJECT
        if (isJson === false) return null
        if (isAfterBackslash) {
          isAfterBackslash = false
          if (byte === SMALL_U) hasEscapes = true
        } else if (isInText) {
          if (byte === BACKSLASH) isAfterBackslash = true
          else if (byte === QUOTE) isInText = false
        } else if (byte === QUOTE) isInText = true
        else if (byte === COMMA) values += 1
        else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
          levels += 1
          values += 1
          if (levels > DEEPEST_LEVEL) return 'too deep'
        } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) levels -= 1
        if (values > MOST_VALUES) return 'of too many values'
      }
      return null
    },
  }
}

/** From each backslash of a JSON text on: a whole surrogate pair, a NUL, half of a pair, or any other escape. */
const ESCAPE =
  /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(?<nul>\\u0000)|(?<half>\\u[dD][89a-fA-F][\da-fA-F]{2})|\\./gs

/** A JSON text without NULs, and with U+FFFD for each half of a surrogate pair. In UTF-8 both can only come as escapes. */
const cleanEscapes = (json: string): string =>
  json.replace(ESCAPE, (found, nul?: string, half?: string) => (nul ? '' : half ? '\\ufffd' : found))
