import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PATIENCE, type Patience } from './patience'

/** One request as Microsoft would have seen it: at its real https address. */
export type Asked = { method: string; url: URL; headers: IncomingMessage['headers']; body: string }
export type Said = { status?: number; headers?: Record<string, string>; json?: unknown; text?: string }
export type Script = (asked: Asked, response: ServerResponse) => Said | undefined | Promise<Said | undefined>

/**
 * For tests of the wire: a bare server in the sandbox's place, whose answers each test writes itself. A script that
 * returns nothing has dealt with the response on its own.
 */
export async function startStandIn() {
  const asked: Asked[] = []
  let script: Script = () => ({ status: 500, text: 'no script' })

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const one = {
      method: request.method ?? '',
      url: new URL(`https:/${request.url}`),
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    }
    asked.push(one)
    const said = await script(one, response)
    if (!said) return
    const { status = 200, headers = {}, json, text } = said
    response.writeHead(status, { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers })
    response.end(json === undefined ? text : JSON.stringify(json))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer(next: Script) {
      asked.length = 0
      script = next
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The environment of a portal whose Microsoft is at `sandboxUrl`, without touching the disk. To be called before anything asks for `env()`. */
export function pointAt(sandboxUrl: string): void {
  Object.assign(process.env, {
    SANDBOX_URL: sandboxUrl,
    AUTH_SECRET: 'a secret for tests, long enough to be taken',
    ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
  })
  for (const name of ['AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET', 'AZURE_TENANT_ID', 'DATABASE_URL'])
    delete process.env[name]
}

/** Patience whose waits take no time and are written down. */
export function countedPatience(overrides: Partial<Patience> = {}): Patience & { waits: number[] } {
  const waits: number[] = []
  return { ...PATIENCE, tryTimeoutMs: 5000, wait: async (ms) => void waits.push(ms), ...overrides, waits }
}
