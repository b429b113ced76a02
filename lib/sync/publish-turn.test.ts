import { expect, test } from 'vitest'
import { publishInTurn } from './publish-turn'

/** A publish that ends when it is told to. */
function gated(events: string[], name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const publish = async () => {
    events.push(`${name} begins`)
    await promise
    events.push(`${name} ends`)
    return name
  }
  return { publish, end: resolve, fail: reject }
}

test('publishes for one account come one after another in the order in which they were asked for, and a failed one holds up nobody', async () => {
  const events: string[] = []
  const [first, second, third] = [gated(events, 'first'), gated(events, 'second'), gated(events, 'third')]
  const ended = [first, second, third].map(({ publish }) => publishInTurn('an account', publish))
  third.end()
  second.fail(new Error('It failed.'))
  const failed = expect(ended[1]).rejects.toThrow('It failed.')
  first.end()
  expect(await ended[0]).toBe('first')
  await failed
  expect(await ended[2]).toBe('third')
  expect(events).toEqual(['first begins', 'first ends', 'second begins', 'third begins', 'third ends'])
})

test('publishes for different accounts do not wait for each other', async () => {
  const events: string[] = []
  const [held, other] = [gated(events, 'held'), gated(events, 'other')]
  const waiting = publishInTurn('one account', held.publish)
  other.end()
  expect(await publishInTurn('another account', other.publish)).toBe('other')
  held.end()
  expect(await waiting).toBe('held')
})
