import type { Permission } from '@/lib/domain/vocabulary'
import { leavesOver } from './leaves-over'
import { operationsOf, type Verb } from './operations-of'
import { overlap } from './overlap'

/** Patterns minus patterns: what one permission gives on one plane. */
type Given = { patterns: string[]; less: string[] }
type Budget = { left: number }

const VERBS: readonly Verb[] = ['read', 'write', 'delete', 'action']
const MOST_STEPS = 20_000 // pairs of patterns looked at; a large role under a large denial has some thousands

/**
 * How much of a role a deny assignment cuts, where it holds: all that the role allows, part of it, or none. A denial is read
 * like a role: the operations denied are, per permission, its actions minus its notActions, likewise for data ("List Azure
 * deny assignments"). A role that allows nothing has nothing to cut.
 *
 * Exact, except for denials too tangled to follow, which cut a part.
 */
export function denied(deny: readonly Permission[], role: readonly Permission[]): 'all' | 'part' | 'none' {
  const planes = [
    cut(deny.map(control), role.map(control)), //
    cut(deny.map(data), role.map(data)),
  ].filter((plane) => plane !== null)
  if (planes.every((plane) => plane === 'none')) return 'none'
  return planes.every((plane) => plane === 'all') ? 'all' : 'part'
}

const control = (one: Permission): Given => ({ patterns: one.actions, less: one.notActions })
const data = (one: Permission): Given => ({ patterns: one.dataActions, less: one.notDataActions })

function cut(deny: Given[], role: Given[]): 'all' | 'part' | 'none' | null {
  const held = role.flatMap(({ patterns, less }) =>
    patterns
      .flatMap((pattern) => VERBS.flatMap((verb) => operationsOf(pattern, verb)))
      .filter((operations) => leavesOver(operations, less))
      .map((operations) => ({ operations, less })),
  )
  if (held.length === 0) return null
  const budget = { left: MOST_STEPS }
  if (held.every(({ operations, less }) => liesWithin(operations, less, deny, budget))) return 'all'
  budget.left = MOST_STEPS
  return held.some(({ operations, less }) => isTouched(operations, less, deny, budget)) ? 'part' : 'none'
}

/** Whether an operation that is held is also denied: one both patterns cover and neither not-list takes. */
function isTouched(operations: string, less: string[], deny: Given[], budget: Budget): boolean {
  return deny.some((one) =>
    one.patterns.some((pattern) => {
      budget.left -= 1
      const both = budget.left < 0 ? null : overlap(operations, pattern)
      return both === null || both.some((shared) => leavesOver(shared, [...less, ...one.less]))
    }),
  )
}

/**
 * Whether all that is held is denied. One denying permission has to cover the pattern as a whole (`leavesOver` says why
 * several cannot do it together); what that one excepts has to be denied by the others.
 */
function liesWithin(operations: string, less: string[], deny: Given[], budget: Budget): boolean {
  budget.left -= 1
  if (budget.left < 0) return false
  if (!leavesOver(operations, less)) return true
  const whole = deny.find((one) => !leavesOver(operations, one.patterns) && leavesOver(operations, one.less))
  if (!whole) return false
  const others = deny.filter((one) => one !== whole)
  return whole.less.every((except) => {
    const spared = overlap(operations, except)
    return spared?.every((shared) => liesWithin(shared, less, others, budget)) ?? false
  })
}
