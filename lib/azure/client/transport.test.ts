import { request } from 'node:https'
import { type AddressInfo, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { countedPatience, pointAt, startStandIn } from '@/testing/stand-in'
import { CLOUDS } from './cloud'
import { browserAddress, createMeter, loginAgent, send, sendToMachine } from './transport'

const ARM = 'https://management.azure.com/subscriptions?api-version=2022-12-01'
const TOKEN = 'https://login.microsoftonline.com/common/oauth2/v2.0/token'

let microsoft: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  microsoft = await startStandIn()
  pointAt(microsoft.url)
})
beforeEach(() => microsoft.answer(() => ({ json: {} })))
afterAll(() => microsoft.close())

describe('the origin guard', () => {
  test.each([
    'http://management.azure.com/subscriptions',
    'https://management.azure.com:8443/subscriptions',
    'https://management.azure.com.evil.example/subscriptions',
    'https://graph.microsoft.com:x@evil.example/v1.0/users',
    'https://token@management.azure.com/subscriptions',
    'https://management.azure.com%2eevil.example/',
    'https://management.azure.com./subscriptions',
    'https://graph.microsoft.us/v1.0/users',
    'https://127.0.0.1/subscriptions',
    'https://[::1]/subscriptions',
    '//management.azure.com/subscriptions',
    '/subscriptions',
    'file:///etc/passwd',
    'javascript:alert(1)',
    '',
  ])('sends nothing to %j', async (address) => {
    await expect(send(address, {})).rejects.toMatchObject({ code: 'untrusted_link' })
    expect(() => browserAddress(address)).toThrow()
    expect(microsoft.asked).toEqual([])
  })

  test('sends nothing to any address but those of the configured cloud', async () => {
    const origins = Object.values(CLOUDS.global)
    const authority = fc.oneof(
      fc.webAuthority({ withPort: true, withUserInfo: true, withIPv4: true, withIPv6: true }),
      fc
        .constantFrom(...origins)
        .chain((origin) => fc.webAuthority({ withPort: true }).map((tail) => `${origin.slice(8)}${tail}`)),
      fc.constantFrom(...origins).chain((origin) => fc.webAuthority().map((tail) => `${origin.slice(8)}@${tail}`)),
    )
    const address = fc
      .tuple(fc.constantFrom('https', 'http', 'ftp', 'ws'), authority, fc.webPath())
      .map(([scheme, at, path]) => `${scheme}://${at}${path}`)
    await fc.assert(
      fc.asyncProperty(address, async (foreign) => {
        const parsed = URL.parse(foreign)
        fc.pre(parsed?.username !== '' || !origins.includes(parsed.origin))
        const outcome = await send(foreign, {}).catch((error: unknown) => error)
        expect(outcome).toMatchObject({ code: 'untrusted_link' })
      }),
      { numRuns: 200 },
    )
    expect(microsoft.asked).toEqual([])
  })

  test('keeps host, path and query of a trusted address', async () => {
    await send(ARM, { headers: { authorization: 'Bearer x' } })
    expect(microsoft.asked.map(({ url }) => url.href)).toEqual([ARM])
    expect(browserAddress(`${TOKEN}?a=b`)).toBe(
      `${microsoft.url}/login.microsoftonline.com/common/oauth2/v2.0/token?a=b`,
    )
  })

  test('also holds without a sandbox: a stranger that listens hears nothing', async () => {
    let connections = 0
    const stranger = createServer(() => {
      connections += 1
    })
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
    const { port } = stranger.address() as AddressInfo
    vi.resetModules()
    vi.stubEnv('SANDBOX_URL', '')
    vi.stubEnv('AZURE_CLIENT_ID', '11111111-1111-1111-1111-111111111111')
    vi.stubEnv('AZURE_CLIENT_SECRET', 'not a real one')
    vi.stubEnv('AZURE_TENANT_ID', '22222222-2222-2222-2222-222222222222')
    const real = await import('./transport')
    for (const address of [
      `https://127.0.0.1:${port}/`,
      `https://graph.microsoft.com:x@127.0.0.1:${port}/`,
      `http://localhost:${port}/`,
    ]) {
      await expect(real.send(address, {})).rejects.toMatchObject({ code: 'untrusted_link' })
    }
    expect(real.browserAddress(TOKEN)).toBe(TOKEN)
    expect(connections).toBe(0)
    vi.unstubAllEnvs()
    await new Promise((resolve) => stranger.close(resolve))
  })
})

test.each([300, 301, 302, 303, 307, 308])('does not follow a %i', async (status) => {
  microsoft.answer(() => ({ status, headers: { location: 'https://management.azure.com/elsewhere' } }))
  await expect(send(ARM, {})).rejects.toMatchObject({ code: 'untrusted_link', status })
  expect(microsoft.asked).toHaveLength(1)
})

describe('the retry policy', () => {
  /** Refuses as often as told, then answers. */
  const refuse = (refusals: number, status: number, headers: Record<string, string> = {}) => {
    let left = refusals
    microsoft.answer(() => (left-- > 0 ? { status, headers, json: {} } : { json: { fine: true } }))
  }

  test.each([429, 500, 502, 503, 504])('tries again after a %i, and counts it', async (status) => {
    refuse(2, status)
    const meter = createMeter()
    const patience = countedPatience()
    expect((await send(ARM, {}, { meter, patience })).status).toBe(200)
    expect(meter).toMatchObject({ calls: 3, retries: 2 })
    expect(patience.waits[0]).toBeGreaterThanOrEqual(1000)
    expect(patience.waits[1]).toBeGreaterThanOrEqual(2000)
  })

  test('never comes back earlier than Retry-After says, in seconds or as a date', async () => {
    refuse(1, 429, { 'retry-after': '17' })
    const seconds = countedPatience()
    await send(ARM, {}, { patience: seconds })
    expect(seconds.waits[0]).toBeGreaterThanOrEqual(17_000)

    refuse(1, 503, { 'retry-after': new Date(Date.now() + 30_000).toUTCString() })
    const date = countedPatience()
    await send(ARM, {}, { patience: date })
    expect(date.waits[0]).toBeGreaterThan(28_000)
    expect(date.waits[0]).toBeLessThan(31_000)
  })

  test('gives up at once when asked to wait longer than a minute', async () => {
    refuse(9, 429, { 'retry-after': '61' })
    const patience = countedPatience()
    expect((await send(ARM, {}, { patience })).status).toBe(429)
    expect(patience.waits).toEqual([])
    expect(microsoft.asked).toHaveLength(1)
  })

  test('returns the refusal after four tries', async () => {
    refuse(9, 503)
    expect((await send(ARM, {}, { patience: countedPatience() })).status).toBe(503)
    expect(microsoft.asked).toHaveLength(4)
  })

  test('a batch may be sent again, a code may not', async () => {
    refuse(1, 502)
    expect(
      (
        await send(
          'https://graph.microsoft.com/v1.0/$batch',
          { method: 'POST', body: '{}' },
          { patience: countedPatience() },
        )
      ).status,
    ).toBe(200)
    refuse(1, 502)
    expect((await send(TOKEN, { method: 'POST', body: 'code=x' }, { patience: countedPatience() })).status).toBe(502)
    refuse(1, 503)
    expect((await send(TOKEN, { method: 'POST', body: 'code=x' }, { patience: countedPatience() })).status).toBe(200)
    microsoft.answer((_, response) => void response.destroy())
    await expect(
      send(TOKEN, { method: 'POST', body: 'code=x' }, { patience: countedPatience() }),
    ).rejects.toMatchObject({ code: 'azure_unreachable' })
    expect(microsoft.asked).toHaveLength(1)
  })

  test('a connection that breaks is tried again', async () => {
    let broken = 2
    microsoft.answer((_, response) => (broken-- > 0 ? void response.destroy() : { json: {} }))
    expect((await send(ARM, {}, { patience: countedPatience() })).status).toBe(200)
    expect(microsoft.asked).toHaveLength(3)
  })

  test('the deadline of a run ends the wait', async () => {
    refuse(9, 503)
    const deadline = new AbortController()
    const patience = countedPatience({
      wait: async (_, signal) => {
        deadline.abort(new DOMException('too long', 'TimeoutError'))
        signal?.throwIfAborted()
      },
    })
    await expect(send(ARM, {}, { patience, signal: deadline.signal })).rejects.toMatchObject({ code: 'timed_out' })
    expect(microsoft.asked).toHaveLength(1)
    await expect(send(ARM, {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'interrupted' })
    expect(microsoft.asked).toHaveLength(1)
  })
})

test('a request that never left is sent again, even one with a code', async () => {
  const gone = await startStandIn()
  await gone.close()
  vi.resetModules()
  vi.stubEnv('SANDBOX_URL', gone.url)
  const { send: sendToNobody } = await import('./transport')
  const meter = createMeter()
  const outcome = sendToNobody(TOKEN, { method: 'POST', body: 'code=x' }, { meter, patience: countedPatience() })
  await expect(outcome).rejects.toMatchObject({ code: 'azure_unreachable' })
  expect(meter).toMatchObject({ calls: 4, retries: 3 })
  vi.unstubAllEnvs()
})

test('an agent for https clients reaches the sandbox in plain http, under Microsoft’s name', async () => {
  microsoft.answer(({ headers }) => ({ json: { host: headers.host } }))
  const body = await new Promise<string>((resolve, reject) => {
    const asking = request('https://login.microsoftonline.com/common', { agent: loginAgent() }, (response) => {
      text(response).then(resolve, reject)
    })
    asking.on('error', reject).end()
  })
  expect(JSON.parse(body)).toEqual({ host: 'login.microsoftonline.com' })
})

test('an agent for https clients ends an answer that has no end', async () => {
  microsoft.answer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const more = () => {
      while (!response.destroyed && response.write('[1,'.repeat(20_000)));
      if (!response.destroyed) response.once('drain', more)
    }
    more()
    return undefined
  })
  const read = new Promise<string>((resolve, reject) => {
    const asking = request('https://login.microsoftonline.com/common', { agent: loginAgent() }, (response) => {
      text(response).then(resolve, reject)
    })
    asking.on('error', reject).end()
  })
  await expect(read).rejects.toThrow()
})

describe('the body', () => {
  test('that never ends is cut off with its try', async () => {
    microsoft.answer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('{"value":[')
      return undefined
    })
    const patience = countedPatience({ tryTimeoutMs: 100, tries: 2 })
    await expect(send(ARM, {}, { patience })).rejects.toMatchObject({ code: 'azure_unreachable' })
    expect(microsoft.asked).toHaveLength(2)
  })

  test('that is shorter than announced is not taken', async () => {
    microsoft.answer((_, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{"value":[]}')
      response.destroy()
      return undefined
    })
    await expect(send(ARM, {}, { patience: countedPatience({ tries: 1 }) })).rejects.toMatchObject({
      code: 'azure_unreachable',
    })
  })

  test('that unpacks to more than 32 MiB is not taken', async () => {
    const bomb = gzipSync(Buffer.alloc(40 * 1024 * 1024))
    microsoft.answer((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' })
      response.end(bomb)
      return undefined
    })
    await expect(send(ARM, {}, { patience: countedPatience() })).rejects.toMatchObject({ code: 'bad_answer' })
    expect(microsoft.asked).toHaveLength(1)
  })

  test('arrives unpacked, with its headers', async () => {
    microsoft.answer((_, response) => {
      response.writeHead(200, {
        'content-encoding': 'gzip',
        'content-type': 'application/json',
        'x-ms-request-id': 'r1',
      })
      response.end(gzipSync('{"äöü":1}'))
      return undefined
    })
    const response = await send(ARM, {})
    expect(response.headers.get('x-ms-request-id')).toBe('r1')
    expect(await response.json()).toEqual({ äöü: 1 })
  })
})

describe('the address of the machine', () => {
  const PLACE = 'http://169.254.169.254/metadata/identity/oauth2/token'

  test.each([
    'http://169.254.169.254/metadata/instance?api-version=2021-02-01',
    'http://169.254.169.254/metadata/identity/oauth2/token/../../instance',
    'http://169.254.169.254:80@evil.example/metadata/identity/oauth2/token',
    'http://user@169.254.169.254/metadata/identity/oauth2/token',
    'http://169.254.169.254:8080/metadata/identity/oauth2/token',
    'https://management.azure.com/metadata/identity/oauth2/token',
  ])('is not %s', async (address) => {
    await expect(sendToMachine(address, {})).rejects.toMatchObject({ code: 'untrusted_link' })
  })

  test('is reached by its own function and by no other', async () => {
    microsoft.answer(() => ({ json: {} }))
    expect((await sendToMachine(`${PLACE}?resource=x`, {})).status).toBe(200)
    expect(microsoft.asked.map(({ url }) => url.pathname)).toEqual(['/metadata/identity/oauth2/token'])
    await expect(send(`${PLACE}?resource=x`, {})).rejects.toMatchObject({ code: 'untrusted_link' })
  })
})
