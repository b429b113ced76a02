import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { deliverOwn } from './deliver-own'
import { jsonArray } from './json-array'

test('whoever takes rows as fast as they are made leaves others their turn', async () => {
  const rows = Array.from({ length: 10_000 }, (_, number) => number)
  let turns = 0
  let turnsAtTheEnd = 0
  const count = () => {
    turns++
    if (turnsAtTheEnd === 0) setImmediate(count)
  }
  const server = createServer((_, outgoing) => {
    setImmediate(count)
    deliverOwn(outgoing, jsonArray(rows)).then(
      () => {
        turnsAtTheEnd = turns
      },
      (error: Error) => outgoing.destroy(error),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}`)
  expect(await response.json()).toEqual(rows)
  expect(turnsAtTheEnd).toBeGreaterThan(20)
  await new Promise((resolve) => server.close(resolve))
})

test.each([0, 1, 199, 200, 201, 400])('%d rows are an array of as many', async (length) => {
  const rows = Array.from({ length }, (_, number) => ({ number, name: `Åse "${number}"` }))
  expect(await jsonArray(rows).json()).toEqual(rows)
})
