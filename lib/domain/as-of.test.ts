import { describe, expect, test } from 'vitest'
import {
  formatMoment,
  instantsWords,
  instantWords,
  keepMoment,
  type NotShown,
  parseMoment,
  problemOfAll,
  problemOfMoment,
  problemOfResult,
  whyNotShown,
} from './as-of'

const momentOf = (text: string) => {
  const moment = parseMoment(text)
  return moment && [moment.from.toISOString(), moment.at.toISOString()]
}

describe('a moment', () => {
  test('that is a day alone is its end, in UTC', () => {
    expect(momentOf('2026-03-12')).toEqual(['2026-03-12T00:00:00.000Z', '2026-03-12T23:59:59.999Z'])
  })

  test.each([
    ['2026-03-12T09:14', '2026-03-12T09:14:00.000Z', '2026-03-12T09:14:59.999Z'],
    ['2026-03-12 09:14Z', '2026-03-12T09:14:00.000Z', '2026-03-12T09:14:59.999Z'],
    ['2026-03-12T09:14:22', '2026-03-12T09:14:22.000Z', '2026-03-12T09:14:22.999Z'],
    ['2026-03-12T09:14:22.123Z', '2026-03-12T09:14:22.123Z', '2026-03-12T09:14:22.123Z'],
    ['2026-03-12T09:14+01:00', '2026-03-12T08:14:00.000Z', '2026-03-12T08:14:59.999Z'],
  ])('that is an instant is taken at the end of what is not said: %s', (text, from, at) => {
    expect(momentOf(text)).toEqual([from, at])
  })

  test('survives its own address', () => {
    const at = new Date('2026-03-12T09:14:22.123Z')
    expect(parseMoment(formatMoment(at))?.at).toEqual(at)
  })

  test.each(['', 'yesterday', '2026', '2026-02-30', '2026-13-01', '2026-03-12T25:00', '12.03.2026', '0', "' or 1=1"])(
    'is not understood from %j',
    (text) => expect(parseMoment(text)).toBeNull(),
  )
})

describe('a moment that cannot be shown is explained', () => {
  const first = new Date('2026-03-12T09:14:22.123Z')
  const now = new Date('2026-03-20T12:00:00.000Z')
  const problemOf = (text: string, around = { now, first: first as Date | null }) =>
    problemOfMoment(parseMoment(text), around)

  test('when nobody can read it', () => {
    expect(problemOf('soon')?.title).toBe('This is not a date that Rolecall understands')
  })

  test('when it lies before the first result, with that one as the next step', () => {
    expect(problemOf('2026-03-11')).toMatchObject({
      sentence: 'Its first sync ended on 12 March 2026 at 09:14 UTC. What was so before was never read.',
      next: { at: first },
    })
  })

  test('when it has not come yet', () => {
    expect(problemOf('2026-03-21')?.title).toBe('This moment has not come yet')
    expect(problemOf('2026-03-20T12:01')?.title).toBe('This moment has not come yet')
  })

  test('when nothing was ever read', () => {
    expect(problemOf('2026-03-12', { now, first: null })?.title).toBe('Nothing has been read yet')
  })

  test('but not the day and the minute that have begun', () => {
    expect(problemOf('2026-03-20')).toBeNull()
    expect(problemOf('2026-03-20T12:00')).toBeNull()
    expect(problemOf('2026-03-12')).toBeNull()
  })

  test('when its result is not kept, or was of another tenant, with the one after it as the next step', () => {
    expect(problemOfResult('forgotten', now)).toMatchObject({ next: { at: now } })
    expect(problemOfResult('other_tenant', null)).toMatchObject({
      title: 'The subscription was in another tenant then',
      next: null,
    })
  })
})

describe('a moment at which no subscription at all can be shown', () => {
  const [first, later] = [new Date('2026-03-12T09:14:22.123Z'), new Date('2026-03-14T00:00:00.000Z')]
  const problemOf = (text: string, prunedTo: Date | null, ...reasons: NotShown[]) => {
    const moment = parseMoment(text)
    if (!moment) throw new Error(`This is no moment: ${text}`)
    return problemOfAll(moment, { first, later, prunedTo }, reasons)
  }

  test('lies before the first sync of all, which is the next step', () => {
    expect(problemOf('2026-03-11', null, { kind: 'not_read', first })).toMatchObject({
      title: 'Rolecall knew no subscription then',
      sentence: 'The first sync of all ended on 12 March 2026 at 09:14 UTC. What was so before was never read.',
      next: { at: first },
    })
  })

  test('is not called unknown where something was known once', () => {
    const reasons: NotShown[] = [
      { kind: 'not_read', first },
      { kind: 'deleted', on: later },
    ]
    expect(problemOf('2026-03-11', null, ...reasons)).toMatchObject({
      title: 'Nothing that Rolecall saw then can be shown',
      next: { at: later },
    })
  })

  test('leads to the earliest moment of which everything is kept', () => {
    const prunedTo = new Date('2026-03-13T00:00:00.000Z')
    expect(problemOf('2026-03-12', prunedTo, { kind: 'forgotten' })).toMatchObject({ next: { at: prunedTo } })
    expect(problemOf('2026-03-13', prunedTo, { kind: 'other_tenant' })).toMatchObject({ next: { at: later } })
  })
})

test('why nothing of a subscription is shown follows a because', () => {
  const at = new Date('2026-03-12T09:14:22.123Z')
  const reasons: NotShown[] = [
    { kind: 'not_read', first: at },
    { kind: 'not_read', first: null },
    { kind: 'forgotten' },
    { kind: 'other_tenant' },
    { kind: 'deleted', on: at },
  ]
  expect(reasons.map(whyNotShown)).toEqual([
    'its first sync ended on 12 March 2026 at 09:14 UTC',
    'it has not been synced yet',
    'what Rolecall saw of it then is not kept any more',
    'it was in another tenant then, which is not read any more',
    'it was deleted on 12 March 2026 at 09:14 UTC, with all that was read of it',
  ])
})

test('a moment is said to the minute', () => {
  expect(instantWords(new Date('2026-03-02T09:04:59.999Z'))).toBe('2 March 2026 at 09:04 UTC')
})

test('two moments of one minute are told apart by their seconds', () => {
  const [one, two] = [new Date('2026-03-02T09:04:05.000Z'), new Date('2026-03-02T09:04:09.000Z')]
  expect(instantsWords(one, two)).toEqual(['2 March 2026 at 09:04:05 UTC', '2 March 2026 at 09:04:09 UTC'])
  expect(instantsWords(one, new Date('2026-03-02T09:05:00.000Z'))[0]).toBe('2 March 2026 at 09:04 UTC')
})

test('links keep the moment, whatever it is, and have none for now', () => {
  expect(keepMoment('/a', '')).toBe('/a')
  expect(keepMoment('/a', '2026-03-12')).toBe('/a?at=2026-03-12')
  expect(keepMoment('/a?group=1', '2026-03-12T09:14+01:00')).toBe('/a?group=1&at=2026-03-12T09%3A14%2B01%3A00')
})
