import { z } from 'zod'
import { ControlRefusal } from './control-refusal'
import type { FaultRule } from './fault-rule'

function isRegExp(text: string): boolean {
  try {
    new RegExp(text)
    return true
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

const Pattern = z.string().refine(isRegExp, 'is not a regular expression')
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
  corruptJson: z.boolean().optional(),
  delayMs: Milliseconds.optional(),
  drop: z.boolean().optional(),
  dropItem: z.boolean().optional(),
  truncate: Count.optional(),
  cutBody: Count.optional(),
  trickle: z.strictObject({ bytes: Place, everyMs: Milliseconds }).optional(),
  // What GET shows may be put back; counting starts anew.
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
export type Chaos = z.infer<typeof Chaos>

type Issue = z.core.$ZodIssue

/** The deepest thing that is wrong: of a choice, the branch that came nearest says more than the choice itself. */
function deepest(issue: Issue): { path: PropertyKey[]; message: string } {
  if (issue.code === 'unrecognized_keys')
    return { path: issue.path, message: `has no ${issue.keys.map((key) => `"${key}"`).join(' and no ')}` }
  if (issue.code !== 'invalid_union') return issue
  const inner = issue.errors.map(([first]) => first).find((one) => one?.code !== 'invalid_type')
  if (!inner) return { path: issue.path, message: 'has the wrong type' }
  const found = deepest(inner)
  return { path: [...issue.path, ...found.path], message: found.message }
}

function parse<T>(schema: z.ZodType<T>, value: unknown, called: string): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [first] = parsed.error.issues
  const { path, message } = first ? deepest(first) : { path: [], message: 'is wrong' }
  throw new ControlRefusal(`${[called, path.join('.')].filter(Boolean).join(', ')}: ${message}.`)
}

export const parseChaos = (value: unknown): Chaos => parse(Chaos, value, 'Chaos')

/** Rules as they were sent, checked and with their counters at nought. Refuses in a sentence what it cannot obey. */
export function parseFaults(value: unknown): FaultRule[] {
  if (!Array.isArray(value)) throw new ControlRefusal('The faults are a list of rules, or {"seed": 7, "rate": 0.05}.')
  return value.map((rule, place) => ({ ...parse(Rule, rule, `Rule ${place + 1}`), seen: 0, fired: 0 }))
}
