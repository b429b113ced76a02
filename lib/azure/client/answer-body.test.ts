import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countedPatience, pointAt, startStandIn } from '@/testing/stand-in'
import { send } from './transport'

const ARM = 'https://management.azure.com/subscriptions?api-version=2022-12-01'

let microsoft: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  microsoft = await startStandIn()
  pointAt(microsoft.url)
})
afterAll(() => microsoft.close())

/** Gives the body that is left of an answer with this text. */
async function receive(text: string | Buffer, headers: Record<string, string> = {}): Promise<string> {
  microsoft.answer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers })
    response.end(text)
    return undefined
  })
  return (await send(ARM, {}, { patience: countedPatience() })).text()
}

const compressed = (text: string) => receive(gzipSync(text), { 'content-encoding': 'gzip' })

describe('a text in an answer', () => {
  test('holds no NUL and no half of a surrogate pair, wherever it stands, and is otherwise what was sent', async () => {
    const odd = fc.constantFrom(
      '\u0000',
      '\ud800',
      '\udfff',
      '\ud83d\ude00',
      '\\u0000',
      '\\',
      '"',
      '\u202e',
      'é',
      'u0000',
    )
    const text = fc.array(odd, { maxLength: 8 }).map((parts) => parts.join(''))
    // Halves that only a NUL had kept apart stay halves, so each is replaced before the NUL goes.
    const whole = (one: string) => one.toWellFormed().replaceAll('\u0000', '')
    await fc.assert(
      fc.asyncProperty(text, text, async (key, value) => {
        const sent = JSON.stringify({ value: [{ [`k${key}`]: value, also: [value] }] })
        expect(JSON.parse(await receive(sent))).toEqual({
          value: [{ [`k${whole(key)}`]: whole(value), also: [whole(value)] }],
        })
      }),
      { numRuns: 200 },
    )
  })

  test('that is written with escapes in capitals is cleaned too', async () => {
    expect(JSON.parse(await receive('{"a":"x\\u0000\\uD800y\\uDBFF\\uDFFF"}'))).toEqual({ a: 'x\ufffdy\u{10ffff}' })
  })
})

describe('an answer', () => {
  test.each([
    ['lists', '['],
    ['objects', '{"a":'],
  ])('with %s inside each other without end is refused before it has arrived', async (_, opening) => {
    let sent = 0
    microsoft.answer((_asked, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const piece = opening.repeat(4_000)
      const more = () => {
        if (response.destroyed) return
        sent += piece.length
        response.write(piece, () => setImmediate(more))
      }
      more()
      return undefined
    })
    await expect(send(ARM, {}, { patience: countedPatience() })).rejects.toMatchObject({
      code: 'bad_answer',
      message: expect.stringContaining('too deep'),
    })
    expect(sent).toBeLessThan(4_000_000)
    expect(microsoft.asked).toHaveLength(1)
  })

  test('of ten kilobytes that unpacks to five million levels is refused', async () => {
    const levels = 5_000_000
    await expect(compressed('['.repeat(levels) + ']'.repeat(levels))).rejects.toMatchObject({ code: 'bad_answer' })
  })

  test('of more values than any page has is refused', async () => {
    await expect(compressed(`{"value":[${'{},'.repeat(3_000_000)}{}]}`)).rejects.toMatchObject({
      code: 'bad_answer',
      message: expect.stringContaining('of too many values'),
    })
  })

  test('with brackets, commas and quotes in its texts counts only those outside of them', async () => {
    const text = `${'[{'.repeat(500)}${','.repeat(3_000_000)}\\"`
    const sent = JSON.stringify({ value: [text] })
    expect(await compressed(sent)).toBe(sent)
  })

  test('that is no JSON is left as it is', async () => {
    const page = `<html>\\u0000${'['.repeat(1_000)}`
    expect(await receive(page)).toBe(page)
  })
})
