/** The moment that a page is asked to show, as it was typed or linked; empty for now. */
export type AsOfView = { at: string }

const DAY = /^\d{4}-\d{2}-\d{2}$/
const INSTANT = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2})?(\.\d{1,3})?(Z|[+-]\d{2}:\d{2})?$/i

/** A moment that was understood: the last one of the day, the minute or the second that was named, which begins at `from`. */
export type Moment = { from: Date; at: Date }

const LENGTHS = { day: 24 * 60 * 60_000, minute: 60_000, second: 1_000, millisecond: 1 }

/**
 * Reads a moment: a day (`2026-03-12`) or an instant (`2026-03-12T09:14`, with or without seconds), in UTC unless it says another
 * zone. What is not said is taken at its end: a day is over, and so is a minute. Null for anything else, and for days that no
 * calendar has.
 */
export function parseMoment(text: string): Moment | null {
  const [, day, minutes, seconds, fraction, zone = 'Z'] = INSTANT.exec(DAY.test(text) ? `${text}T00:00` : text) ?? []
  if (!day || !isDay(day)) return null
  const from = new Date(`${day}T${minutes}${seconds ?? ':00'}${fraction ?? ''}${zone.toUpperCase()}`)
  if (Number.isNaN(from.getTime())) return null
  const unit = DAY.test(text) ? 'day' : fraction ? 'millisecond' : seconds ? 'second' : 'minute'
  return { from, at: new Date(from.getTime() + LENGTHS[unit] - 1) }
}

/** JavaScript takes 30 February for a day in March. */
function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
}

/** The publishes that a subscription has at and around a moment. */
type Around = {
  /** The time of the database. */
  now: Date
  /** The first result that is known; null when there is none. */
  first: Date | null
}

/** Why a moment cannot be shown. `next` is given where there is a result near it to go to, with what it is called. */
export type MomentProblem = { title: string; sentence: string; next: { at: Date; label: string } | null }

/**
 * What keeps a moment of a subscription from being shown: it was not understood, has not come yet, or lies before the first result.
 * Null when nothing does.
 */
export function problemOfMoment(moment: Moment | null, around: Around): MomentProblem | null {
  const problem = problemOfAsking(moment, around)
  if (problem || !moment || !around.first || moment.at >= around.first) return problem
  return {
    title: 'Rolecall did not know this subscription then',
    sentence: `Its first sync ended on ${instantWords(around.first)}. What was so before was never read.`,
    next: { at: around.first, label: 'Show the first result' },
  }
}

/** What is wrong about a moment whatever is shown of it: it was not understood, has not come yet, or there is no past at all. */
export function problemOfAsking(moment: Moment | null, { now, first }: Around): MomentProblem | null {
  if (!moment)
    return {
      title: 'This is not a date that Rolecall understands',
      sentence: 'Choose a day and a time below, in UTC. An address may also name a day alone, as in at=2026-03-12.',
      next: null,
    }
  if (!first)
    return {
      title: 'Nothing has been read yet',
      sentence: 'There is a past to look at once the first sync has ended.',
      next: null,
    }
  // A day that has begun can be shown, as far as it has come.
  if (moment.from > now)
    return {
      title: 'This moment has not come yet',
      sentence: 'Rolecall can show what is so now, and what was so at any time since its first sync.',
      next: null,
    }
  return null
}

/** Why nothing of a subscription is shown at a moment, over all subscriptions. `first` is when its first known result was published. */
export type NotShown =
  | { kind: 'not_read'; first: Date | null }
  | { kind: 'forgotten' }
  | { kind: 'other_tenant' }
  | { kind: 'deleted'; on: Date }

/** Why nothing of a subscription is shown, as what follows *because* in a sentence. */
export function whyNotShown(why: NotShown): string {
  switch (why.kind) {
    case 'not_read':
      return why.first ? `its first sync ended on ${instantWords(why.first)}` : 'it has not been synced yet'
    case 'forgotten':
      return 'what Rolecall saw of it then is not kept any more'
    case 'other_tenant':
      return 'it was in another tenant then, which is not read any more'
    case 'deleted':
      return `it was deleted on ${instantWords(why.on)}, with all that was read of it`
  }
}

/** The results of all subscriptions beside a moment of which none can be shown; `prunedTo` is until when history is deleted. */
type AllAround = { first: Date; later: Date | null; prunedTo: Date | null }

/** Why no subscription at all is shown at a moment, from why each of them is not. */
export function problemOfAll(
  { at }: Moment,
  { first, later, prunedTo }: AllAround,
  reasons: readonly NotShown[],
): MomentProblem {
  if (at < first && reasons.every(({ kind }) => kind === 'not_read'))
    return {
      title: 'Rolecall knew no subscription then',
      sentence: `The first sync of all ended on ${instantWords(first)}. What was so before was never read.`,
      next: { at: first, label: 'Show the first result' },
    }
  const kept = prunedTo && prunedTo > at ? prunedTo : null
  return {
    title: 'Nothing that Rolecall saw then can be shown',
    sentence: 'Of no subscription is there a result of then that is kept whole, and a part of it would mislead.',
    next: kept
      ? { at: kept, label: 'Show the earliest moment that is kept' }
      : later && { at: later, label: 'Show the result after it' },
  }
}

/** Why there is a result of a moment that cannot be shown any more; `later` is when the one after it was published. */
export function problemOfResult(kind: 'forgotten' | 'other_tenant', later: Date | null): MomentProblem {
  const next = later && { at: later, label: 'Show the result after it' }
  if (kind === 'other_tenant')
    return {
      title: 'The subscription was in another tenant then',
      sentence: 'Its people and roles were those of that tenant, which this connection does not read any more.',
      next,
    }
  return {
    title: 'What Rolecall saw then is not kept any more',
    sentence: 'A sync had a result then, but not everyone in it is still stored, and a part of it would mislead.',
    next,
  }
}

/** A moment to the minute, in UTC, for a sentence: `12 March 2026 at 09:14 UTC`. */
export const instantWords = (at: Date): string => wordsTo(at, 'minute')

/** Two moments for a sentence that has to tell them apart: to the second where they are of one minute. */
export function instantsWords(one: Date, other: Date): [string, string] {
  const unit = wordsTo(one, 'minute') === wordsTo(other, 'minute') ? 'second' : 'minute'
  return [wordsTo(one, unit), wordsTo(other, unit)]
}

function wordsTo(at: Date, unit: 'minute' | 'second'): string {
  const day = at.toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
  return `${day} at ${at.toISOString().slice(11, unit === 'minute' ? 16 : 19)} UTC`
}

/** A moment as an address has it. */
export const formatMoment = (at: Date): string => at.toISOString()

/** An address at the same moment as the page that links to it; `at` is empty for now. */
export function keepMoment(href: string, at: string): string {
  return at === '' ? href : `${href}${href.includes('?') ? '&' : '?'}at=${encodeURIComponent(at)}`
}
