import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type StartedPortal = Awaited<ReturnType<typeof startPortal>>

/** Starts the production build once more, for a test that ends it. It uses the sandbox of the other portal. */
export async function startPortal(settings: Record<string, string>) {
  const port = await freePort()
  const child = spawn(process.execPath, ['scripts/start.mjs', '--no-install', '--no-build'], {
    env: { ...process.env, DATABASE_URL: '', ...settings, PORT: String(port), HOST: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece: Buffer) => (output += piece))
  const exit = once(child, 'exit') as Promise<[number | null, string | null]>
  const ready = new Promise<void>((resolve) =>
    child.stdout?.on('data', () => output.includes('Rolecall is ready') && resolve()),
  )
  await Promise.race([
    ready,
    exit.then(() => {
      throw new Error(`The portal ended while it was starting: ${output}`)
    }),
  ])
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    output: () => output,
    /** Tells it to end, and gives the code with which it did. */
    end: async () => {
      child.kill('SIGTERM')
      return (await exit)[0]
    },
    kill: () => killIfAlive(child, exit),
  }
}

async function killIfAlive(child: ChildProcess, exit: Promise<unknown>): Promise<void> {
  // It then kills what it started.
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
  await exit
}

/** A port at which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** A connection on which exactly these bytes are sent. */
export async function openSocket(port: number, bytes: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  // The portal may close it while we are sending.
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(bytes)
  return socket.resume()
}

/** Resolves when the other side has closed the connection. */
export const closedAfter = (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.once('close', () => resolve()))
