import { SHAPES } from '../shape'

const { text, guid, is, list, number, matching, optional, object } = SHAPES

/** The time of an error as Entra ID prints it: 2016-01-09 02:02:12Z. */
const MOMENT = matching('time of an error', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/)

/**
 * The body of a refusal from the token endpoint. Source: MicrosoftDocs/entra-docs v2-oauth2-auth-code-flow.md @0c1ac842
 * (complete body) and reference-error-codes.md @04f65548.
 */
export const entraError = (code: number, error: string) =>
  object({
    error: is(error),
    error_description: matching(
      'description with its trace, correlation and time',
      new RegExp(
        `^AADSTS${code}: [^\\r\\n]+\\r\\nTrace ID: [0-9a-f-]{36}\\r\\nCorrelation ID: [0-9a-f-]{36}\\r\\nTimestamp: \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\dZ$`,
      ),
    ),
    error_codes: list(is(code)),
    timestamp: MOMENT,
    trace_id: guid,
    correlation_id: guid,
    error_uri: optional(is(`https://login.microsoftonline.com/error?code=${code}`)),
    suberror: optional(text),
    claims: optional(text),
  })

/** The reply with tokens: the same document, "Successful response"; `ext_expires_in` and `client_info` are seen in practice. */
export const TOKENS = object({
  token_type: is('Bearer'),
  scope: text,
  expires_in: number,
  ext_expires_in: optional(number),
  access_token: text,
  refresh_token: optional(text),
  id_token: optional(text),
  client_info: optional(text),
})
