import { expect, test } from 'vitest'
import { isSameOrigin } from './is-same-origin'

const portal = 'https://portal.example'
const from = (headers: Record<string, string>) => isSameOrigin(new Headers(headers), portal)

test('a write from a page of the portal passes', () => {
  expect(from({ origin: portal })).toBe(true)
  expect(from({ origin: portal, 'sec-fetch-site': 'same-origin' })).toBe(true)
})

test('a write from elsewhere, or from nowhere, does not', () => {
  expect(from({})).toBe(false)
  expect(from({ origin: 'null' })).toBe(false)
  expect(from({ origin: 'https://evil.example' })).toBe(false)
  expect(from({ origin: 'http://portal.example' })).toBe(false)
  expect(from({ origin: 'https://portal.example.evil.example' })).toBe(false)
  expect(from({ origin: portal, 'sec-fetch-site': 'cross-site' })).toBe(false)
  expect(from({ origin: portal, 'sec-fetch-site': 'same-site' })).toBe(false)
})
