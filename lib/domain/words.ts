import type { AssignmentKind, ExportFormat } from './vocabulary'

type Bound = { kind: AssignmentKind; startsAt: Date | null; endsAt: Date | null }

/**
 * For how long a role is held or can be activated, as a sentence. An assignment whose end has passed was still there when
 * Azure was last read, so it is shown as ended and not yet read again.
 */
export function timeWords({ kind, startsAt, endsAt }: Bound, now: Date): string {
  if (endsAt && endsAt <= now) return `Ended ${ago(endsAt, now)}; not read again yet.`
  const end = endsAt ? `${dateWords(endsAt)}, in ${age(endsAt.getTime() - now.getTime())}` : null
  if (startsAt && startsAt > now) {
    const begins = `Begins ${dateWords(startsAt)}, in ${age(startsAt.getTime() - now.getTime())}`
    return end ? `${begins}; ends ${end}.` : `${begins}; no end.`
  }
  if (kind === 'activated') {
    const activated = startsAt ? `Activated ${ago(startsAt, now)}` : 'Activated for a time'
    return end ? `${activated}; ends ${end}.` : `${activated}.`
  }
  if (kind === 'eligible')
    return end ? `Can be activated until ${end}.` : 'Can be activated at any time, without an end.'
  return end ? `Held until ${end}.` : 'Permanent.'
}

const ago = (at: Date, now: Date): string => `${age(now.getTime() - at.getTime())} ago`

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A day as people write it, in UTC like every time that Azure gives: `3 Nov 2026`. */
export function dateWords(at: Date): string {
  return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`
}

/** A moment to the minute, in UTC: `3 Nov 2026, 09:41 UTC`. */
export function momentWords(at: Date): string {
  return `${dateWords(at)}, ${at.toISOString().slice(11, 16)} UTC`
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A length of time in milliseconds as one rounded-down unit: `40 s`, `4 min`, `1 h`, `2 days`, `5 months`, `3 years`. */
export function age(milliseconds: number): string {
  const passed = Math.max(0, milliseconds)
  if (passed < MINUTE) return `${Math.floor(passed / 1000)} s`
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min`
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h`
  const days = Math.floor(passed / DAY)
  if (days < 60) return days === 1 ? '1 day' : `${days} days`
  if (days < 730) return `${Math.floor(days / 30)} months`
  return `${Math.floor(days / 365)} years`
}

/** Unicode's embeddings, overrides and isolates, with which `exe.png` can be made to read as something else. */
const CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g

/** A name with the controls that turn letters around spelled out, so that it reads as it is written: `inv[U+202E]gnp.exe`. */
export function spellControls(name: string): string {
  return name.replaceAll(CONTROLS, (control) => `[U+${control.charCodeAt(0).toString(16).toUpperCase()}]`)
}

const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u

/**
 * A name made safe for the middle of a sentence. One that is written from right to left gets marks of isolation around it
 * (Unicode's FSI and PDI), because it would reverse the order of the words next to it.
 */
export function isolateName(name: string): string {
  const spelled = spellControls(name)
  return RIGHT_TO_LEFT.test(spelled) ? `\u2068${spelled}\u2069` : spelled
}

/** A role by its name, or as an unknown one by its ID where its definition could not be read. For lists and fields, without markup. */
export const roleWords = ({ id, name }: { id: string; name: string | null }): string =>
  name === null ? `Unknown role ${id}` : spellControls(name)

type Range = {
  /** How many rows come before these; null where it is not known. */
  start: number | null
  shown: number
  /** How many there are in all; null where it is not known. */
  total: Total | null
  /** What they are, as it stands after a number. */
  unit: string
}

/** The most of a list that are counted for a page. Of more it says only that they are more. */
export const MOST_COUNTED = 1_000

/** How many of something there are: a number, or only that there are more than are counted. */
export type Total = number | 'more'

/** A total from a count that was ended at one more than are counted. */
export const totalOf = (count: number): Total => (count > MOST_COUNTED ? 'more' : count)

/** A total as it stands in a sentence: `3,279`, `more than 1,000`. */
export const totalWords = (total: Total): string =>
  total === 'more' ? `more than ${MOST_COUNTED.toLocaleString('en')}` : total.toLocaleString('en')

/** The same beside a choice, where there is little room: `3,279`, `1,000+`. */
export const shortTotal = (total: Total): string =>
  total === 'more' ? `${MOST_COUNTED.toLocaleString('en')}+` : total.toLocaleString('en')

/** Which rows of a list a page shows: `51 to 100 of 3,279 people`, or as much of it as is known. */
export function rangeWords({ start, shown, total, unit }: Range): string {
  const digits = (count: number) => count.toLocaleString('en')
  const last = start === null ? null : start + shown
  // Rows that came or went since the address was made can lead beyond the end.
  const isKnown = start !== null && last !== null && (typeof total !== 'number' || last <= total)
  const range = isKnown && shown > 1 ? `${digits(start + 1)} to ${digits(last)}` : digits(isKnown ? last : shown)
  if (total !== null) return `${range} of ${totalWords(total)} ${unit}`
  return isKnown && start > 0 ? `${upperFirst(unit)} ${range}` : `${digits(shown)} ${unit}`
}

/** Words as they begin a sentence. */
export const upperFirst = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1)

/** Words that begin with a capital, as they go on in a sentence. */
export const lowerFirst = (words: string): string => words.charAt(0).toLowerCase() + words.slice(1)

/** How many of something need attention, without saying of what: `1 needs attention`, `3 need attention`. */
export const attentionWords = (count: number): string =>
  `${count.toLocaleString('en')} ${count === 1 ? 'needs' : 'need'} attention`

/** `a`, `a or b`, `a, b or c`. */
export function joinList(items: readonly string[], last: 'and' | 'or'): string {
  const head = items.slice(0, -1)
  const tail = items.at(-1) ?? ''
  return head.length === 0 ? tail : `${head.join(', ')} ${last} ${tail}`
}

/** What a format of exports is called where one is chosen. */
export const EXPORT_FORMAT_LABELS: Record<ExportFormat, string> = {
  xlsx: 'Excel workbook',
  csv: 'CSV, zipped',
  jsonl: 'JSON Lines, zipped',
}
