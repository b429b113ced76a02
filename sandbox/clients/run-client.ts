import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Sandbox } from '../server'

const run = promisify(execFile)
const here = (name: string) => new URL(name, import.meta.url).pathname

/**
 * Runs a program of this folder as a process of its own, which is told of the sandbox by nothing but a CA file in its
 * environment and where connections to Microsoft's hosts end. Gives what it printed, parsed; throws with what it said.
 */
export async function runClient<T>(sandbox: Sandbox, program: string, args: string[], caFile?: string): Promise<T> {
  if (!sandbox.tls) throw new Error('The sandbox has no TLS front.')
  const node = ['--import', 'tsx', '--import', here('redirect-connections.ts'), here(program), ...args]
  const { stdout } = await run(process.execPath, node, {
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
