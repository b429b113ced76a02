import type { Problem } from './problem'
import { READING_PROBLEMS } from './reading-problems'
import { SIGN_IN_PROBLEMS } from './sign-in-problems'
import type { Refusal } from './vocabulary'

/**
 * Everything that can go wrong between Rolecall and Microsoft, as a closed set of codes. Each says what happened, what
 * to do next, and by its kind whether waiting helps. Runs and attempts store the code, never a sentence or a raw error.
 */
export const PROBLEMS = { ...SIGN_IN_PROBLEMS, ...READING_PROBLEMS }

export type ProblemCode = keyof typeof PROBLEMS

/** Why a list was not read: the problem code, and what Microsoft answered. */
export type Refused = { code: ProblemCode; refusal: Refusal }

export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(PROBLEMS, code)

/** The words for a stored code; one that is not known here reads as a fault of ours. */
export function explain(code: string | null | undefined): Problem & { code: ProblemCode } {
  const known = code && isProblemCode(code) ? code : 'unknown'
  return { code: known, ...PROBLEMS[known] }
}

/** What happened and what to do next, as one text. */
export function describeProblem(code: string): string {
  const { sentence, next } = explain(code)
  return `${sentence} ${next}`
}

/**
 * Whether a problem is one of the account that reads, and so of every connection that lives on it. A subscription that moved to
 * another tenant needs another sign-in too, but that is its own affair.
 */
export const isOfAccount = (code: ProblemCode): boolean =>
  explain(code).kind === 'sign_in' && code !== 'subscription_moved'
