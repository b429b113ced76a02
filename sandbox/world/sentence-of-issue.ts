import type { z } from 'zod'

type Issue = z.core.$ZodIssue

/** Of a choice, the kind that was meant is the one whose refusal lies deepest. */
function deepest(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue
  const inner = issue.errors.flat().filter((one) => one.code !== 'invalid_type' || one.path.length > 0)
  const [found] = inner.sort((one, other) => other.path.length - one.path.length)
  return found ? deepest({ ...found, path: [...issue.path, ...found.path] }) : issue
}

/** What is wrong with what was asked for, in a sentence that names it. */
export function sentenceOfIssue(first: Issue): string {
  const issue = deepest(first)
  const name = issue.path.join('.') || 'The body'
  if (issue.code === 'unrecognized_keys')
    return `There is no parameter called ${issue.keys.map((key) => [...issue.path, key].join('.')).join(', ')}.`
  if (issue.code === 'too_small') return `${name} must be ${issue.minimum} or more.`
  if (issue.code === 'too_big') return `${name} must be ${issue.maximum} at most.`
  if (issue.code === 'custom') return `${name} ${issue.message}.`
  return `${name} is wrong: ${issue.message}.`
}
