import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NextRequest } from 'next/server'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rolecall-proxy-'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

/** The proxy as a process at this address would load it. */
async function proxyAt(portalUrl: string) {
  vi.resetModules()
  vi.stubEnv('PORTAL_URL', portalUrl)
  vi.stubEnv('SANDBOX_URL', 'http://localhost:4000')
  vi.stubEnv('DATA_DIR', folder)
  vi.stubEnv('AUTH_SECRET', 'x'.repeat(32))
  vi.stubEnv('ENCRYPTION_KEYS', `k1:${randomBytes(32).toString('base64')}`)
  const { proxy } = await import('@/proxy')
  return proxy
}

test('on https browsers are told to stay there, on plain http they are not', async () => {
  const answer = async (portal: string) => (await proxyAt(portal))(new NextRequest(`${portal}/integrations`))
  expect((await answer('https://portal.example')).headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/)
  expect((await answer('http://localhost:3000')).headers.get('strict-transport-security')).toBeNull()
})

test('a write passes only with the portal’s own origin', async () => {
  const portal = 'https://portal.example'
  const proxy = await proxyAt(portal)
  const status = (headers: Record<string, string>) =>
    proxy(new NextRequest(`${portal}/integrations`, { method: 'POST', headers })).status
  expect(status({ origin: portal })).toBe(200)
  expect(status({ origin: portal, 'sec-fetch-site': 'cross-site' })).toBe(403)
  expect(status({ origin: 'https://portal.example.evil.example' })).toBe(403)
  expect(status({ origin: 'null' })).toBe(403)
  expect(status({})).toBe(403)
})
