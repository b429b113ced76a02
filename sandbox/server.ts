import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createListener } from './listener'
import { startTlsFront } from './tls/tls-front'
import { createDemoWorld } from './world/demo'
import type { World } from './world/world'

type Options = { port: number; portalUrl: string; world?: World; tls?: { port: number; dataDir: string } }

/** A running sandbox. `tls` is null unless it also serves Microsoft's host names; `caFile` is then its CA certificate. */
export type Sandbox = {
  url: string
  world: World
  tls: { port: number; caFile: string } | null
  close(): Promise<void>
}

/** Starts the sandbox on loopback; port 0 takes a free one. Rejects with the listen error when a port is taken. */
export async function startSandbox(options: Options): Promise<Sandbox> {
  const world = options.world ?? createDemoWorld(options.portalUrl)
  const listener = createListener(world)
  const front = options.tls ? await startTlsFront(listener, options.tls) : null
  // Microsoft keeps an idle connection for minutes. With Node's five seconds one can end just as it is used again.
  const server = createServer({ keepAliveTimeout: 120_000 }, listener)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(options.port, '127.0.0.1', resolve)
    })
  } catch (error) {
    await front?.close()
    throw error
  }
  const { port } = server.address() as AddressInfo
  return {
    url: `http://localhost:${port}`,
    world,
    tls: front && { port: front.port, caFile: front.caFile },
    close: async () => {
      await front?.close()
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()))
        server.closeAllConnections()
      })
    },
  }
}
