import { z } from 'zod'
import { ControlRefusal } from './requests'
import type { SetField } from './set-field'

/** What goes wrong, for which requests and how often. See docs/sandbox.md for each field. */
export type FaultRule = {
  match: FaultMatch
  /** The name of the rule in the log. */
  name?: string

  /** How many matching requests are let through first; the fields below count from there. */
  skip?: number
  /** How often it fires at most; absent: without limit. */
  times?: number
  /** Only for these matching requests, the first being 1. */
  nth?: number | number[]
  /** Only for every second, third, … matching request. */
  every?: number
  /** The chance to fire, from 0 to 1, drawn from the rule's own source of random numbers. */
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
  /** Throttles in the host's own words, with this Retry-After: seconds, `date` (or seconds ahead), `absurd`, `none`, or any text. */
  retryAfter?: number | string | { date: number }
  /** The token of this request is expired from now on. Fires once unless `nth`, `every`, `times` or `probability` say otherwise. */
  expireToken?: boolean
  /** 401 insufficient_claims: true asks for a newer token, an object for these claims. */
  claimsChallenge?: boolean | Record<string, unknown>
  redirectTo?: string

  nextLink?: NextLink
  /** How many of the last rows of this page are repeated at the beginning of the next. */
  duplicateRows?: number
  /** Answers with an empty page whose next link leads to the true one. */
  emptyPage?: boolean
  /** Reverses the rows of the page. */
  reorder?: boolean
  /** Sets or deletes a field in every n-th row of a list, counted through its pages. */
  setField?: SetField
  /** Refuses the page token of this request, and that token from now on. Only requests with a page token match. */
  expirePageToken?: boolean
  /** Changes the id_token of a token answer and signs it again; only answers with one are changed. */
  forgeIdToken?: ForgeIdToken
  /** Sends half of the JSON, under a correct content-length. */
  corruptJson?: boolean

  /** Waits before answering. */
  delayMs?: number
  /** Closes the connection without an answer; an item of a batch is left out. */
  drop?: boolean
  /** Leaves an item of a batch out of the answer. */
  dropItem?: boolean
  /** Sends only this many bytes, fewer than the content-length promises, then closes the connection. */
  truncate?: number
  /** Sends only this many bytes of a chunked body, then closes the connection before the last chunk. */
  cutBody?: number
  /** Sends the body in pieces of this many bytes. */
  trickle?: { bytes: number; everyMs: number }

  /** Counted by the sandbox: how many requests matched, and how many of them the rule changed. */
  seen: number
  fired: number
}

/** Which requests a rule is for: every field given must match. Regular expressions ignore case. */
type FaultMatch = {
  /** One of Microsoft's host names, for example `graph.microsoft.com`. */
  host?: string
  method?: string
  /** A regular expression on the decoded path. */
  path?: string
  /** A regular expression on the whole decoded query, or one for each named parameter. */
  query?: string | Record<string, string>
  tenantId?: string
  subscriptionId?: string
  /** True: only items of a `$batch`; false: no items of a `$batch`; absent: both. */
  inBatch?: boolean
}

const NEXT_LINKS = ['otherHost', 'self', 'earlier', 'userinfo'] as const

/**
 * Where a list's next link leads: to another host (`otherHost`), back to this page (`self`), to the first page (`earlier`),
 * to another host behind a user name (`userinfo`), or to the address given.
 */
export type NextLink = string | { to: (typeof NEXT_LINKS)[number] | (string & {}) }

const ID_TOKEN_SIGNERS = ['own', 'foreign', 'none', 'published'] as const
export type IdTokenSigner = (typeof ID_TOKEN_SIGNERS)[number]

/** How an id_token is changed after it was made, as somebody would who forges one or whose token went wrong. */
export type ForgeIdToken = {
  /** Claims to set; null takes one away. */
  claims?: Record<string, unknown>
  /** The same for the header, such as `{"typ": "at+jwt"}` or `{"kid": "unknown"}`. */
  header?: Record<string, unknown>
  /**
   * Who signs: the sandbox's own key (when left out), a key of a stranger under the same `kid` (`foreign`), nobody (`none`),
   * or anybody, by an HMAC whose secret is the published key (`published`).
   */
  signedBy?: IdTokenSigner
}

/** Checks rules as they were sent; their counters start at zero. Throws ControlRefusal with the first thing that is wrong. */
export function parseFaults(value: unknown): FaultRule[] {
  if (!Array.isArray(value)) throw new ControlRefusal('The faults are a list of rules, or {"seed": 7, "rate": 0.05}.')
  return value.map((rule, place) => ({ ...parse(Rule, rule, `Rule ${place + 1}`), seen: 0, fired: 0 }))
}

/** Checks what was asked of random faults. Throws ControlRefusal with the first thing that is wrong. */
export const parseChaos = (value: unknown): Chaos => parse(Chaos, value, 'Chaos')

function parse<T>(schema: z.ZodType<T>, value: unknown, called: string): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [first] = parsed.error.issues
  const { path, message } = first ? deepestIssue(first) : { path: [], message: 'is wrong' }
  throw new ControlRefusal(`${[called, path.join('.')].filter(Boolean).join(', ')}: ${message}.`)
}

type Issue = z.core.$ZodIssue

/** Reports the branch of a union that came nearest, because it says more than the union as a whole. */
function deepestIssue(issue: Issue): { path: PropertyKey[]; message: string } {
  if (issue.code === 'unrecognized_keys')
    return { path: issue.path, message: `has no ${issue.keys.map((key) => `"${key}"`).join(' and no ')}` }
  if (issue.code !== 'invalid_union') return issue
  const inner = issue.errors.map(([first]) => first).find((one) => one?.code !== 'invalid_type')
  if (!inner) return { path: issue.path, message: 'has the wrong type' }
  const found = deepestIssue(inner)
  return { path: [...issue.path, ...found.path], message: found.message }
}

const Pattern = z.string().refine(isRegExp, 'is not a regular expression')

function isRegExp(text: string): boolean {
  try {
    new RegExp(text)
    return true
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

const HeaderValue = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'cannot stand in a header')
const HeaderName = z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'is not the name of a header')
const Count = z.int('must be a whole number').min(0, 'must not be negative')
const Place = z.int('must be a whole number').min(1, 'must be at least 1: the first matching request is 1')
const Status = z
  .int('must be a whole number')
  .min(200, 'must be a status from 200 to 599')
  .max(599, 'must be a status from 200 to 599')
const Milliseconds = z
  .int('must be a whole number')
  .min(0, 'must not be negative')
  .max(600_000, 'must be at most 600000')
const Seed = z.union([z.number(), z.string()])

const Match = z.strictObject({
  host: z.string().optional(),
  method: z.string().optional(),
  path: Pattern.optional(),
  query: z.union([Pattern, z.record(z.string(), Pattern)]).optional(),
  tenantId: z.string().optional(),
  subscriptionId: z.string().optional(),
  inBatch: z.boolean().optional(),
})

const Fields = z.strictObject({
  match: Match.default({}),
  name: z.string().optional(),
  skip: Count.optional(),
  times: Count.optional(),
  nth: z.union([Place, z.array(Place).min(1)]).optional(),
  every: Place.optional(),
  probability: z.number().min(0, 'must be from 0 to 1').max(1, 'must be from 0 to 1').optional(),
  seed: Seed.optional(),
  status: Status.optional(),
  headers: z.record(HeaderName, HeaderValue).optional(),
  body: z.unknown().optional(),
  html: z.boolean().optional(),
  errorIn200: z.union([z.boolean(), z.strictObject({ code: z.string(), message: z.string() })]).optional(),
  retryAfter: z.union([z.number(), HeaderValue, z.strictObject({ date: z.number() })]).optional(),
  expireToken: z.boolean().optional(),
  claimsChallenge: z.union([z.boolean(), z.record(z.string(), z.unknown())]).optional(),
  redirectTo: HeaderValue.optional(),
  nextLink: z.union([z.string(), z.strictObject({ to: z.string() })]).optional(),
  duplicateRows: Place.optional(),
  emptyPage: z.boolean().optional(),
  reorder: z.boolean().optional(),
  setField: z
    .strictObject({
      path: z.string().regex(/^[^.]+(\.[^.]+)*$/, 'is no path of field names with dots between them'),
      value: z.unknown().optional(),
      remove: z.literal(true).optional(),
      everyNth: z.int('must be a whole number').min(1, 'must be at least 1').optional(),
    })
    .refine(({ value, remove }) => value === undefined || !remove, 'has a value or remove, not both')
    .refine((field) => 'value' in field || field.remove, 'lacks a value, or remove: true')
    .optional(),
  expirePageToken: z.boolean().optional(),
  forgeIdToken: z
    .strictObject({
      claims: z.record(z.string(), z.unknown()).optional(),
      header: z.record(z.string(), z.unknown()).optional(),
      signedBy: z.enum(ID_TOKEN_SIGNERS).optional(),
    })
    .optional(),
  corruptJson: z.boolean().optional(),
  delayMs: Milliseconds.optional(),
  drop: z.boolean().optional(),
  dropItem: z.boolean().optional(),
  truncate: Count.optional(),
  cutBody: Count.optional(),
  trickle: z.strictObject({ bytes: Place, everyMs: Milliseconds }).optional(),
  // What GET returns may be PUT again; counting then starts from zero.
  seen: z.unknown().optional(),
  fired: z.unknown().optional(),
})

const BODILESS = new Set([204, 205, 304])

const Rule = Fields.refine(
  ({ status = 200, body, html, errorIn200, retryAfter }) =>
    !BODILESS.has(status) || [body, html, errorIn200, retryAfter].every((one) => one === undefined),
  { path: ['status'], message: 'has no body' },
)

const Chaos = z.strictObject({
  seed: Seed,
  rate: z.number().min(0, 'must be from 0 to 1').max(1, 'must be from 0 to 1'),
  kinds: z.array(z.string()).min(1).optional(),
  match: Match.optional(),
})
type Chaos = z.infer<typeof Chaos>

/** Every kind of fault, mild enough that a client which retries still finishes. */
const KINDS: Record<string, Partial<FaultRule>> = {
  throttled: { retryAfter: 1 },
  throttledUntil: { retryAfter: { date: 2 } },
  throttledAbsurdly: { retryAfter: 'absurd' },
  throttledSilently: { retryAfter: 'none' },
  unavailable: { retryAfter: 1, status: 503 },
  status: { errorIn200: true, status: 500 },
  errorIn200: { errorIn200: true },
  html: { html: true },
  drop: { drop: true },
  truncate: { truncate: 20 },
  cutBody: { cutBody: 20 },
  delay: { delayMs: 300 },
  trickle: { trickle: { bytes: 4_000, everyMs: 5 } },
  corruptJson: { corruptJson: true },
  nextLinkElsewhere: { nextLink: { to: 'otherHost' } },
  nextLinkSelf: { nextLink: { to: 'self' } },
  nextLinkEarlier: { nextLink: { to: 'earlier' } },
  nextLinkUserinfo: { nextLink: { to: 'userinfo' } },
  redirect: { redirectTo: 'https://attacker.example/' },
  duplicateRows: { duplicateRows: 3 },
  emptyPage: { emptyPage: true },
  reorder: { reorder: true },
  expiredPageToken: { expirePageToken: true },
  expireToken: { expireToken: true },
  claimsChallenge: { claimsChallenge: true },
  batchItem: { match: { inBatch: true }, retryAfter: 1 },
  dropItem: { dropItem: true },
}

/**
 * Creates one rule for each kind of fault, each with its own random numbers drawn from the seed.
 *
 * @param chaos `rate` is the share of requests to change, if every kind of fault can apply to them
 */
export function createRandomFaults({ seed, rate, kinds = Object.keys(KINDS), match = {} }: Chaos): FaultRule[] {
  const probability = 1 - (1 - rate) ** (1 / kinds.length)
  return kinds.map((kind) => {
    const fault = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined
    if (!fault)
      throw new ControlRefusal(`There is no kind of chaos "${kind}"; there are ${Object.keys(KINDS).join(', ')}.`)
    return {
      ...fault,
      match: { ...match, ...fault.match },
      name: kind,
      probability,
      seed: `${seed}:${kind}`,
      seen: 0,
      fired: 0,
    }
  })
}
