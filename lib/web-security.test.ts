import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isSameOrigin, safePath } from './web-security'

const portal = 'https://portal.example'
const from = (headers: Record<string, string>) => isSameOrigin(new Headers(headers), portal)

test('a write from a page of the portal passes', () => {
  expect(from({ origin: portal })).toBe(true)
  expect(from({ origin: portal, 'sec-fetch-site': 'same-origin' })).toBe(true)
})

test('a write from another site, or without an origin, does not pass', () => {
  expect(from({})).toBe(false)
  expect(from({ origin: 'null' })).toBe(false)
  expect(from({ origin: 'https://evil.example' })).toBe(false)
  expect(from({ origin: 'http://portal.example' })).toBe(false)
  expect(from({ origin: 'https://portal.example.evil.example' })).toBe(false)
  expect(from({ origin: portal, 'sec-fetch-site': 'cross-site' })).toBe(false)
  expect(from({ origin: portal, 'sec-fetch-site': 'same-site' })).toBe(false)
})

test('a path of the portal comes back as it is', () => {
  for (const path of ['/', '/people?q=ada', '/integrations/azure/1?role=a%20b#top']) expect(safePath(path)).toBe(path)
})

test.each([
  '//evil.example',
  '/\\evil.example',
  '/%2f%2fevil.example',
  '/%5cevil.example',
  'https://evil.example',
  'javascript:alert(1)',
  '/\tevil',
  '/..//evil.example',
  '@evil.example',
  '',
  null,
  undefined,
])('%s leads to the start page instead', (wanted) => {
  expect(safePath(wanted)).toBe('/integrations')
})

test('no text whatever leads to another origin', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl(),
    fc
      .array(fc.constantFrom('/', '\\', '%2f', '%5c', '@', ':', '.', '..', 'evil.example', '\t', '\n', '?', '#'))
      .map((parts) => `/${parts.join('')}`),
  )
  fc.assert(
    fc.property(hostile, (wanted) => {
      const url = new URL(safePath(wanted), 'https://portal.example')
      expect(url.origin).toBe('https://portal.example')
      expect(decodeURIComponent(url.pathname.replaceAll('%', '%25'))).not.toMatch(/^\/[/\\]/)
    }),
    { numRuns: 2000 },
  )
})
