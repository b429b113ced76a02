import type { IncomingMessage } from 'node:http'
import { LONGEST_ADDRESS, MOST_COOKIES, MOST_HEADERS, MOST_PARAMETERS } from './limits'
import { isMethod, REFUSALS, type Refusal } from './refusal'

/** Why a request is refused by its head alone, or the decoded path that it asks for. */
export type Judgement = { refusal: Refusal; path: null } | { refusal: null; path: string }

const refused = (refusal: Refusal): Judgement => ({ refusal, path: null })

/**
 * Judges a request before anything parses its address: each step takes time in proportion to the length of what it
 * looks at, and looks at nothing that an earlier one has not found short enough.
 */
export function judgeRequest({ method, url = '', headers, rawHeaders }: IncomingMessage): Judgement {
  if (!isMethod(method)) return refused(REFUSALS.method)
  if (url.length > LONGEST_ADDRESS) return refused(REFUSALS.longAddress)
  if (url.split('&', MOST_PARAMETERS + 1).length > MOST_PARAMETERS) return refused(REFUSALS.manyParameters)
  if (rawHeaders.length / 2 > MOST_HEADERS) return refused(REFUSALS.largeHeaders)
  if ((headers.cookie ?? '').split(';', MOST_COOKIES + 1).length > MOST_COOKIES) {
    return refused(REFUSALS.largeHeaders)
  }
  const path = decodePath(url)
  if (path === null) return refused(REFUSALS.badAddress)
  if (method !== 'POST' && hasBody({ headers })) return refused(REFUSALS.unexpectedBody)
  return { refusal: null, path }
}

/** Whether content follows the head of a request. */
export const hasBody = ({ headers }: Pick<IncomingMessage, 'headers'>): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/**
 * The path of an address as a router would understand it: decoded, without `..` and doubled slashes. Null when it is no
 * path, when an escape in the address is not UTF-8, or stands for the character NUL, which no database stores.
 */
function decodePath(url: string): string | null {
  const address = url.startsWith('/') ? URL.parse(`http://portal${url}`) : null
  if (!address) return null
  try {
    if (decodeURIComponent(url).includes('\0')) return null
    return decodeURIComponent(address.pathname).replace(/\/{2,}/g, '/')
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
}
