import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { HOST_NAMES } from '../clouds'
import type { Sandbox } from '../server'

const runProgram = promisify(execFile)

const MAX_OUTPUT = 64 * 1024 * 1024 // bytes a program may print

/**
 * Runs a program of this folder in a process of its own. The program knows nothing of the sandbox but a CA file in its
 * environment; its connections to Microsoft's hosts are redirected. Returns what it printed, parsed; throws when it fails.
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
    maxBuffer: MAX_OUTPUT,
  })
  return JSON.parse(stdout) as T
}

const here = (name: string) => new URL(name, import.meta.url).pathname

/** A sandbox on port 443 of a network namespace in which Microsoft's host names mean loopback. */
export type NetworkNamespace = {
  caFile: string
  /** Runs a program in the namespace and returns its output; throws with its error output when it fails. */
  run(program: string, args: string[], env?: Record<string, string>): Promise<string>
  /** Sends a request to a control route of the sandbox. */
  control(path: string, body?: unknown): Promise<unknown>
  close(): Promise<void>
}

// In a new network namespace loopback is down, and /etc/hosts is the machine's own until another file is mounted over it.
const PREPARE = 'ip link set lo up && mount --bind "$1" /etc/hosts && shift && exec "$@"'
/** How to enter namespaces as root, and as a user who first becomes root of a namespace of their own. */
const METHODS = [
  { unshare: ['--mount', '--net'], nsenter: ['--mount', '--net'] },
  {
    unshare: ['--map-root-user', '--mount', '--net'],
    nsenter: ['--user', '--preserve-credentials', '--mount', '--net'],
  },
]

type NamespaceMethod = (typeof METHODS)[number]

/** Finds a method that works on this machine, else a sentence why none does. */
export function findNamespaceMethod(folder: string): NamespaceMethod | string {
  const refusals: string[] = []
  const hosts = hostsFile(folder)
  for (const method of METHODS) {
    try {
      execFileSync('unshare', [...method.unshare, 'sh', '-c', PREPARE, 'sh', hosts, 'true'], { stdio: 'pipe' })
      return method
    } catch (error) {
      refusals.push(error instanceof Error ? error.message.trim().replaceAll('\n', ' ') : String(error))
    }
  }
  return `no network namespace of one's own here (${refusals.join('; ')})`
}

/** Starts a sandbox with its TLS front in a namespace; its CA and its hosts file are in `folder`. */
export async function openNetworkNamespace(method: NamespaceMethod, folder: string): Promise<NetworkNamespace> {
  const serve = [process.execPath, '--import', 'tsx', serveScript, '--port', '4000', '--tls']
  const child = spawn('unshare', [...method.unshare, 'sh', '-c', PREPARE, 'sh', hostsFile(folder), ...serve], {
    env: { ...process.env, DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  await waitUntilReady(child)
  const runInside = async (program: string, args: string[], env: Record<string, string> = {}) => {
    const { stdout } = await runProgram(
      'nsenter',
      ['--target', String(child.pid), ...method.nsenter, program, ...args],
      {
        env: { PATH: process.env.PATH ?? '', HOME: folder, NODE_ENV: 'test', ...env },
        maxBuffer: MAX_OUTPUT,
      },
    )
    return stdout
  }
  return {
    caFile: join(folder, 'sandbox-ca', 'ca.pem'),
    run: runInside,
    async control(path, body) {
      const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
      const ask =
        'fetch(process.argv[1], JSON.parse(process.argv[2])).then((r) => r.text()).then((t) => process.stdout.write(t))'
      return JSON.parse(
        await runInside(process.execPath, ['-e', ask, `http://127.0.0.1:4000/_sandbox${path}`, JSON.stringify(init)]),
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

function hostsFile(folder: string): string {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'hosts')
  writeFileSync(file, ['localhost', ...HOST_NAMES].map((name) => `127.0.0.1 ${name}\n`).join(''))
  return file
}

/** Resolves when the sandbox is ready; rejects with its error output when it ends before. */
async function waitUntilReady(child: ChildProcess): Promise<void> {
  const errors: string[] = []
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => String(chunk).includes('Sandbox ready') && resolve())
    child.stderr?.on('data', (chunk) => errors.push(String(chunk)))
    child.once('exit', () => reject(new Error(`The sandbox ended while it was starting: ${errors.join('')}`)))
  })
}
