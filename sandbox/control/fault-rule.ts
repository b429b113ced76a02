/** What goes wrong, for which requests. Everything under `match` must hold; a regular expression is tried on the path. */
export type FaultRule = {
  match: { host?: string; path?: string; method?: string; tenantId?: string; subscriptionId?: string }
  /** How often it fires at most; absent: always. */
  times?: number
  /** How many matching requests pass first. */
  skip?: number
  status?: number
  headers?: Record<string, string>
  /** A string is sent as it is, anything else as JSON. */
  body?: unknown
  delayMs?: number
  /** Close the connection without an answer. */
  drop?: boolean
  /** Put this into the answer's nextLink or @odata.nextLink. */
  nextLink?: string
  redirectTo?: string
  /** Send only this many bytes of the body, then close the connection. */
  truncate?: number
  /** Counted by the sandbox. */
  seen: number
  fired: number
}
