import type { Signal, SignalCount, SignalCounts } from './vocabulary'

/** What a result adds up to, as far as its first reader is told. */
export type Found = { people: number; unread: number; signals: SignalCounts }

/** One line of what a sync found: how many, who they are, and by which list and signal they are shown. */
export type FoundLine = { count: number; words: string; list: 'people' | 'others'; signal: Signal | null }

type Words = { signal: Signal; of: keyof SignalCount; one: string; many: string }

/** What is told of a result when there is any of it, in this order. */
const TOLD: readonly Words[] = [
  { signal: 'can_grant', of: 'people', one: 'can grant access', many: 'can grant access' },
  {
    signal: 'can_grant',
    of: 'others',
    one: 'other principal can grant access',
    many: 'other principals can grant access',
  },
  { signal: 'guest_writes', of: 'people', one: 'guest can write', many: 'guests can write' },
  {
    signal: 'gone',
    of: 'people',
    one: 'deleted or not in the directory, with a role',
    many: 'deleted or not in the directory, with a role',
  },
  {
    signal: 'orphan',
    of: 'others',
    one: 'other principal not in the directory, with a role',
    many: 'other principals not in the directory, with a role',
  },
]

/**
 * What a sync found, the number of people first. What there is none of is left out: where something could not be read, there may
 * be some all the same.
 */
export function foundLines({ people, unread, signals }: Found): FoundLine[] {
  const told = TOLD.map(({ signal, of, one, many }): FoundLine => {
    const count = signals[signal]?.[of] ?? 0
    return { count, words: count === 1 ? one : many, list: of, signal }
  })
  const lines: FoundLine[] = [
    {
      count: people,
      words: people === 1 ? 'person holds or can activate a role' : 'people hold or can activate a role',
      list: 'people',
      signal: null,
    },
    ...told.filter(({ count }) => count > 0),
  ]
  if (unread > 0) lines.push({ count: unread, words: 'not read now', list: 'people', signal: 'not_read' })
  return lines
}
