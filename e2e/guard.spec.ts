import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ask, fromOwnPage } from './support/ask'
import { closedAfter, openSocket, type StartedPortal, startPortal } from './support/own-portal'
import { fill, portalRoutes } from './support/portal-routes'
import { expect, test } from './support/test'

const ID = '00000000-0000-4000-8000-000000000000'
const FILLERS = {
  connectionId: ID,
  attemptId: ID,
  accountId: ID,
  draftId: ID,
  personId: ID,
  keyFile: 'no-such-key.pem',
  changeId: ID,
  feedId: ID,
  exportId: ID,
  nextauth: '_log',
}

/** A file that pages load, one that is no page, and addresses that nothing answers. */
const FILES = [
  `/_next/static/chunks/${readdirSync('.next/static/chunks').find((name) => name.endsWith('.js'))}`,
  '/icon.svg',
  '/favicon.ico',
  '/nothing',
  '/_next/static/nothing.js',
  '/_next/image?url=%2Ficon.svg&w=64&q=75',
]

const everywhere = () => [...portalRoutes().map((route) => fill(route, FILLERS)), ...FILES]
const form = (bytes: number) => ({
  method: 'POST',
  headers: { ...fromOwnPage(), 'content-type': 'application/x-www-form-urlencoded' },
  body: 'a&'.repeat(bytes / 2),
})

/** Far longer than any of these takes on a busy machine. Without the guard a single one held up everything for eight seconds. */
const AT_ONCE_MS = 4_000

test('thousands of parameters, or a form of two megabytes, are refused at once wherever they are sent', async () => {
  for (const path of everywhere()) {
    const began = performance.now()
    const address = await ask(`${path}${path.includes('?') ? '&' : '?'}${'a&'.repeat(7_500)}`)
    const short = await ask(`${path}${path.includes('?') ? '&' : '?'}${'a&'.repeat(3_500)}`)
    const content = await ask(path, form(2_000_000))
    expect([address.status, short.status, content.status], path).toEqual([414, 414, 413])
    expect(performance.now() - began, path).toBeLessThan(AT_ONCE_MS)
  }
})

test('health is answered while a hundred attacks a second come', async () => {
  const attacks: Promise<number>[] = []
  const flood = setInterval(() => {
    for (let n = 0; n < 2; n++) {
      attacks.push(ask('/api/auth/_log', form(2_000_000)).then(({ status }) => status))
      attacks.push(ask(`/signin?${'a&'.repeat(7_500)}`).then(({ status }) => status))
    }
  }, 40)
  try {
    for (let probes = 0; probes < 30 || attacks.length < 200; probes++) {
      const began = performance.now()
      expect((await ask('/api/health')).status).toBe(200)
      expect(performance.now() - began).toBeLessThan(AT_ONCE_MS)
    }
  } finally {
    clearInterval(flood)
  }
  expect(new Set(await Promise.all(attacks))).toEqual(new Set([413, 414]))
})

test('every answer carries the policies of a browser, and an id', async () => {
  const ids = new Set<unknown>()
  const refused = [
    { path: '/signin', method: 'TRACE' },
    { path: '/people/%ff' },
    { path: `/icon.svg?${'a&'.repeat(200)}` },
  ]
  const questions: { path: string; method?: string }[] = [...everywhere().map((path) => ({ path })), ...refused]
  for (const { path, method } of questions) {
    const { headers } = await ask(path, { method })
    expect(headers, path).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy': expect.stringMatching(/^default-src '(self|none)'; .*frame-ancestors 'none'/),
    })
    expect(headers, path).not.toHaveProperty('x-powered-by')
    // The guard recognises the portal's requests to itself by this header.
    expect(JSON.stringify(headers), path).not.toContain('x-own-request')
    expect(headers['x-request-id'], path).toMatch(/^[0-9a-f-]{36}$/)
    ids.add(headers['x-request-id'])
  }
  expect(ids.size).toBe(questions.length)
  for (const path of FILES.slice(0, 2))
    expect((await ask(path)).headers['content-security-policy']).toMatch(/^default-src 'none'/)
})

test('nobody can have pictures made smaller', async () => {
  for (const url of ['%2Ficon.svg', 'https%3A%2F%2Felsewhere.example%2Fa.png'])
    expect((await ask(`/_next/image?url=${url}&w=64&q=75`)).status).toBe(404)
})

test('what browsers report of the policy is counted, and nothing else of it reaches the log', async () => {
  const report = (body: unknown) => ask('/api/csp-reports', { method: 'POST', body: JSON.stringify(body) })
  const address = 'http://portal.example/?code=canary'
  const newer = [{ type: 'csp-violation', body: { effectiveDirective: 'img-src', documentURL: address } }]
  expect((await report(newer)).status).toBe(204)
  expect(
    (await report({ 'csp-report': { 'effective-directive': '\n{"level":60}', 'document-uri': address } })).status,
  ).toBe(204)
  expect((await report('nothing of the kind')).status).toBe(400)
  expect((await ask('/api/csp-reports', form(20_000))).status).toBe(413)

  const log = readFileSync(String(process.env.PORTAL_LOG), 'utf8')
  expect(log).toMatch(/"event":"csp_reports","directives":\{"[a-z-]+":\d+/)
  expect(log).not.toContain('canary')
})

test.describe('a portal of its own, behind TLS', () => {
  let folder: string
  let portal: StartedPortal
  test.beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rolecall-own-'))
    portal = await startPortal({ DATA_DIR: folder, PORTAL_URL: 'https://portal.example' })
  })
  test.afterEach(async () => {
    await portal.kill()
    rmSync(folder, { recursive: true })
  })

  test('tells browsers on every answer to stay on TLS, and ends in time whatever is going on', async () => {
    for (const path of [...FILES, '/signin', '/api/health', '/people/%ff']) {
      const answer = await fetch(`${portal.url}${path}`, { redirect: 'manual' })
      expect(answer.headers.get('strict-transport-security'), path).toBe('max-age=31536000; includeSubDomains')
    }

    const head = 'Host: portal.example\r\n'
    const sockets = await Promise.all([
      openSocket(portal.port, ''),
      openSocket(portal.port, `GET /signin HTTP/1.1\r\n${head}x-slow: `),
      openSocket(portal.port, `POST /signin HTTP/1.1\r\n${head}Content-Length: 100\r\n\r\nabc`),
      openSocket(portal.port, `POST /signin HTTP/1.1\r\n${head}Content-Length: 2000000\r\n\r\nabc`),
      openSocket(portal.port, `GET /api/health HTTP/1.1\r\n${head}\r\n`),
    ])
    const closed = sockets.map(closedAfter)
    // Some of them are being answered, and some not even accepted, when the portal is told to end.
    const underWay = Promise.allSettled(Array.from({ length: 20 }, () => fetch(`${portal.url}/signin`)))

    const told = performance.now()
    expect(await portal.end()).toBe(0)
    expect(performance.now() - told).toBeLessThan(10_000)
    await Promise.all([...closed, underWay])
    expect(existsSync(join(folder, 'db.lock'))).toBe(false)
    expect(portal.output()).not.toContain('shutdown_cut_short')
  })
})
