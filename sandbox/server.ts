import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createListener } from './listener'
import { createDemoWorld } from './world/demo'
import type { World } from './world/world'

export type Sandbox = { url: string; world: World; close(): Promise<void> }

/** Starts the sandbox on loopback; port 0 takes a free one. Rejects with the listen error when the port is taken. */
export async function startSandbox(options: { port: number; portalUrl: string; world?: World }): Promise<Sandbox> {
  const world = options.world ?? createDemoWorld(options.portalUrl)
  const server = createServer(createListener(world))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://localhost:${port}`,
    world,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()))
        server.closeAllConnections()
      }),
  }
}
