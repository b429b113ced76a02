import { age } from '@/lib/age'
import type { AssignmentKind } from '@/lib/domain/vocabulary'
import { dateWords } from './date-words'

type Bound = { kind: AssignmentKind; startsAt: Date | null; endsAt: Date | null }

/** For how long a role is held or can be activated, as a sentence. An end that has passed was not read again yet, and is said. */
export function timeWords({ kind, startsAt, endsAt }: Bound, now: Date): string {
  if (endsAt && endsAt <= now) return `Ended ${ago(endsAt, now)}; not read again yet.`
  const end = endsAt ? `${dateWords(endsAt)}, in ${age(endsAt.getTime() - now.getTime())}` : null
  if (startsAt && startsAt > now) {
    const begins = `Begins ${dateWords(startsAt)}, in ${age(startsAt.getTime() - now.getTime())}`
    return end ? `${begins}; ends ${end}.` : `${begins}; no end.`
  }
  if (kind === 'activated') {
    const begun = startsAt ? `Activated ${ago(startsAt, now)}` : 'Activated for a time'
    return end ? `${begun}; ends ${end}.` : `${begun}.`
  }
  if (kind === 'eligible')
    return end ? `Can be activated until ${end}.` : 'Can be activated at any time, without an end.'
  return end ? `Held until ${end}.` : 'Permanent.'
}

const ago = (at: Date, now: Date): string => `${age(now.getTime() - at.getTime())} ago`
