import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { HOST_NAMES } from '../clouds'
import type { Sandbox } from '../server'

const runProgram = promisify(execFile)

const MAX_OUTPUT = 64 * 1024 * 1024

/**
 * Runs a program of this folder as a process of its own, which is told of the sandbox by nothing but a CA file in its
 * environment and where connections to Microsoft's hosts end. Gives what it printed, parsed; throws with what it said.
 */
export async function runClient<T>(sandbox: Sandbox, program: string, args: string[], caFile?: string): Promise<T> {
  if (!sandbox.tls) throw new Error('The sandbox has no TLS front.')
  const node = ['--import', 'tsx', '--import', here('redirect-connections.ts'), here(program), ...args]
  const { stdout } = await runProgram(process.execPath, node, {
    env: {
      PATH: process.env.PATH ?? '',
      NODE_ENV: 'test',
      SANDBOX_TLS_PORT: String(sandbox.tls.port),
      NODE_EXTRA_CA_CERTS: caFile ?? sandbox.tls.caFile,
    },
    maxBuffer: 64 * 1024 * 1024,
  })
  return JSON.parse(stdout) as T
}

const here = (name: string) => new URL(name, import.meta.url).pathname

/** A sandbox on port 443 of a network namespace in which Microsoft's host names mean loopback. */
export type NetworkNamespace = {
  caFile: string
  /** Runs a program in there to its end and gives its output; throws with what it said when it fails. */
  run(program: string, args: string[], env?: Record<string, string>): Promise<string>
  /** Asks a control route of the sandbox. */
  control(path: string, body?: unknown): Promise<unknown>
  close(): Promise<void>
}

// Loopback is down in a new network namespace, and /etc/hosts is everybody's until a file of ours lies over it.
const PREPARE = 'ip link set lo up && mount --bind "$1" /etc/hosts && shift && exec "$@"'
/** For root, and for those who first become root of a namespace of their own. */
const WAYS = [
  { unshare: ['--mount', '--net'], nsenter: ['--mount', '--net'] },
  {
    unshare: ['--map-root-user', '--mount', '--net'],
    nsenter: ['--user', '--preserve-credentials', '--mount', '--net'],
  },
]

type Way = (typeof WAYS)[number]

/** How namespaces can be had here, or why they cannot. */
export function findWay(folder: string): Way | string {
  const refusals: string[] = []
  const hosts = hostsFile(folder)
  for (const way of WAYS) {
    try {
      execFileSync('unshare', [...way.unshare, 'sh', '-c', PREPARE, 'sh', hosts, 'true'], { stdio: 'pipe' })
      return way
    } catch (error) {
      refusals.push(error instanceof Error ? error.message.trim().replaceAll('\n', ' ') : String(error))
    }
  }
  return `no network namespace of one's own here (${refusals.join('; ')})`
}

/** Starts a sandbox with its TLS front in a namespace; its CA and its hosts file are in `folder`. */
export async function openNetworkNamespace(way: Way, folder: string): Promise<NetworkNamespace> {
  const serve = [process.execPath, '--import', 'tsx', serveScript, '--port', '4000', '--tls']
  const child = spawn('unshare', [...way.unshare, 'sh', '-c', PREPARE, 'sh', hostsFile(folder), ...serve], {
    env: { ...process.env, DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  await untilReady(child)
  const inside = async (program: string, args: string[], env: Record<string, string> = {}) => {
    const { stdout } = await run('nsenter', ['--target', String(child.pid), ...way.nsenter, program, ...args], {
      env: { PATH: process.env.PATH ?? '', HOME: folder, NODE_ENV: 'test', ...env },
      maxBuffer: MAX_OUTPUT,
    })
    return stdout
  }
  return {
    caFile: join(folder, 'sandbox-ca', 'ca.pem'),
    run: inside,
    async control(path, body) {
      const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
      const ask =
        'fetch(process.argv[1], JSON.parse(process.argv[2])).then((r) => r.text()).then((t) => process.stdout.write(t))'
      return JSON.parse(
        await inside(process.execPath, ['-e', ask, `http://127.0.0.1:4000/_sandbox${path}`, JSON.stringify(init)]),
      )
    },
    async close() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

const serveScript = new URL('../serve.ts', import.meta.url).pathname

const run = promisify(execFile)

function hostsFile(folder: string): string {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'hosts')
  writeFileSync(file, ['localhost', ...HOST_NAMES].map((name) => `127.0.0.1 ${name}\n`).join(''))
  return file
}

async function untilReady(child: ChildProcess): Promise<void> {
  const said: string[] = []
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => String(chunk).includes('Sandbox ready') && resolve())
    child.stderr?.on('data', (chunk) => said.push(String(chunk)))
    child.once('exit', () => reject(new Error(`The sandbox ended while it was starting: ${said.join('')}`)))
  })
}
