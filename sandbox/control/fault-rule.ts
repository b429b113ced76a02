/** Which requests a rule is for: everything named must hold. Regular expressions are tried in any case. */
type FaultMatch = {
  /** One of Microsoft's names, `graph.microsoft.com` say. */
  host?: string
  method?: string
  /** A regular expression on the decoded path. */
  path?: string
  /** A regular expression on the whole decoded query, or one for each named parameter. */
  query?: string | Record<string, string>
  tenantId?: string
  subscriptionId?: string
  /** True: only the items of a `$batch`; false: never those; absent: both. */
  inBatch?: boolean
}

const NEXT_LINKS = ['otherHost', 'self', 'earlier', 'userinfo'] as const

/** Where a list's next link leads: elsewhere, back to this page, to the first page, or elsewhere behind a user name. */
export type NextLink = string | { to: (typeof NEXT_LINKS)[number] | (string & {}) }

/** What goes wrong, for which requests and how often. See docs/sandbox.md for each field. */
export type FaultRule = {
  match: FaultMatch
  /** How the log calls it. */
  name?: string

  /** How many matching requests pass first; what follows counts from there. */
  skip?: number
  /** How often it fires at most; absent: always. */
  times?: number
  /** Only for these matching requests, the first being 1. */
  nth?: number | number[]
  /** Only for every second, third, … matching request. */
  every?: number
  /** With this chance, from a source of the rule's own. */
  probability?: number
  seed?: number | string

  status?: number
  headers?: Record<string, string>
  /** A string is sent as it is, anything else as JSON. */
  body?: unknown
  /** The error page of a proxy, with status 200 unless another is given. */
  html?: boolean
  /** The host's error envelope under status 200. */
  errorIn200?: boolean | { code: string; message: string }
  /** Throttles in the host's own words: seconds, `date` (or so many seconds ahead), `absurd`, `none`, or any text. */
  retryAfter?: number | string | { date: number }
  /** The token of this request is expired from now on. Happens once unless `nth`, `every`, `times` or `probability` say otherwise. */
  expireToken?: boolean
  /** 401 insufficient_claims; the claims asked for, if not a newer token. */
  claimsChallenge?: boolean | Record<string, unknown>
  redirectTo?: string

  nextLink?: NextLink
  /** So many last rows of this page come again at the head of the next. */
  duplicateRows?: number
  /** An empty page comes first, whose next link leads to the true one. */
  emptyPage?: boolean
  /** The rows of the page backwards. */
  reorder?: boolean
  /** Half of the JSON, under a true content-length. */
  corruptJson?: boolean

  /** Waits first. */
  delayMs?: number
  /** Close the connection without an answer; an item of a batch is left out. */
  drop?: boolean
  /** The item of a batch is missing from the answer. */
  dropItem?: boolean
  /** Send only this many bytes of those the content-length promises, then close the connection. */
  truncate?: number
  /** Send only this many bytes of a chunked body, then close the connection before the last chunk. */
  cutBody?: number
  /** Send the body so many bytes at a time. */
  trickle?: { bytes: number; everyMs: number }

  /** Counted by the sandbox: requests that matched, and those it spoiled. */
  seen: number
  fired: number
}
