import { createHash } from 'node:crypto'

const SECRET_HEADER = /authorization|cookie|secret|token|assertion|password|api-?key/i
const SECRET_PARAMETER = /^(code|device_code|user_code|otc|code_verifier|password|.*(token|secret|assertion).*)$/i
const HARMLESS = /^\$?(skip|delta)token$/i
const JWT = /eyJ[\w-]+\.[\w-]+/

const hashed = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`

/** The query of an address, with codes, tokens and secrets by hash only. Of a repeated name the last counts. */
export function redactQuery(url: URL): Record<string, string> {
  const query: Record<string, string> = {}
  for (const [name, value] of url.searchParams) {
    const secret = (SECRET_PARAMETER.test(name) && !HARMLESS.test(name)) || JWT.test(value)
    query[name] = secret ? hashed(value) : value
  }
  return query
}

/** Headers with tokens, cookies and secrets by hash only; an address one came from loses its query. */
export function redactHeaders(headers: Headers): Record<string, string> {
  const shown: Record<string, string> = {}
  for (const [name, value] of headers) {
    if (SECRET_HEADER.test(name) || JWT.test(value)) shown[name] = hashed(value)
    else shown[name] = name === 'referer' ? (value.split('?')[0] ?? '') : value
  }
  return shown
}
