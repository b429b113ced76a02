import fc from 'fast-check'
import { expect, test } from 'vitest'
import { safePath } from './safe-path'

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
