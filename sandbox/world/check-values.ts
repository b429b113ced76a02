import { z } from 'zod'
import type { NamedChange } from './changes'
import { sentenceOfIssue } from './sentence-of-issue'
import { UnknownThing } from './unknown-thing'

const CENTURY_MS = 100 * 365 * 86_400_000
const text = z.string().min(1)
const pages = z.int().min(1)
const bucket = z.strictObject({ bucket: z.number().positive(), refillPerSecond: z.number().min(0) })
const units = z.strictObject({ units: z.number().positive(), windowSeconds: z.number().positive() })

/** The plain values changes are given; what they name is looked up by those who carry them out. */
const VALUES: Partial<Record<NamedChange['type'], z.ZodObject>> = {
  delete: z.object({ permanently: z.boolean().optional() }),
  rename: z.object({
    displayName: text.optional(),
    mail: text.nullish(),
    userPrincipalName: text.optional(),
  }),
  set_traits: z.object({
    traits: z.strictObject({
      blocked: z.boolean().optional(),
      mfa: z.boolean().optional(),
      unassigned: z.boolean().optional(),
      error: z.int().optional(),
    }),
  }),
  add_group: z.object({ displayName: text, isAssignableToRole: z.boolean().optional() }),
  rename_group: z.object({ displayName: text }),
  rename_management_group: z.object({ displayName: text }),
  set_subscription_state: z.object({ state: z.enum(['Enabled', 'Warned', 'PastDue', 'Disabled', 'Deleted']) }),
  withdraw_consent: z.object({ scopes: z.array(text).optional() }),
  grant_consent: z.object({ scopes: z.array(text).optional() }),
  set_powerless: z.object({ powerless: z.enum(['forbidden', 'empty']) }),
  set_page_size: z.object({
    pageSize: z.union([
      pages,
      z.strictObject({
        assignments: pages.optional(),
        instances: pages.optional(),
        subscriptions: pages.optional(),
        users: pages.optional(),
        members: pages.optional(),
      }),
    ]),
  }),
  set_throttling: z.object({
    arm: z.union([z.boolean(), bucket]).optional(),
    graph: z.union([z.boolean(), units]).optional(),
  }),
  set_secret: z.object({ value: text }),
  rotate_keys: z.object({ forgetOld: z.boolean().optional() }),
  set_token_lifetime: z.object({
    seconds: z
      .number()
      .positive()
      .max(CENTURY_MS / 1_000),
  }),
  advance_clock: z.object({ ms: z.number().min(-CENTURY_MS).max(CENTURY_MS) }),
}

/** Throws UnknownThing, in a sentence, when a change lacks a value or has one it cannot have. */
export function checkValues(change: NamedChange): void {
  const parsed = VALUES[change.type]?.safeParse(change)
  if (parsed?.success === false) throw new UnknownThing(parsed.error.issues.slice(0, 1).map(sentenceOfIssue).join(' '))
}
