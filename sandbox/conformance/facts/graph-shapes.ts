import { SHAPES } from '../shape'

const { text, guid, matching, nullable, optional, list, object } = SHAPES

/**
 * A person as listed without `$select`. Source: microsoftgraph/microsoft-graph-docs-contrib
 * api-reference/v1.0/api/user-list.md @008316a3, Example 1.
 */
const PERSON = {
  businessPhones: list(text),
  displayName: nullable(text),
  givenName: nullable(text),
  jobTitle: nullable(text),
  mail: nullable(text),
  mobilePhone: nullable(text),
  officeLocation: nullable(text),
  preferredLanguage: nullable(text),
  surname: nullable(text),
  userPrincipalName: text,
  id: guid,
}
export const ME = object({ '@odata.context': text, ...PERSON })
export const PEOPLE = object({
  '@odata.context': matching('context of users', /^https:\/\/graph\.microsoft\.com\/v1\.0\/\$metadata#users$/),
  '@odata.nextLink': optional(text),
  value: list(object(PERSON)),
})

/** concepts/json-batching.md @028b8e35; the date has no zone. */
export const GRAPH_ERROR = object({
  error: object({
    code: text,
    message: text,
    innerError: object({
      date: matching('time without a zone', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
      'request-id': guid,
      'client-request-id': guid,
    }),
  }),
})
