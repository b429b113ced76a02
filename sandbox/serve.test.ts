import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startSandbox } from './server'

const script = new URL('serve.ts', import.meta.url).pathname
const dataDir = mkdtempSync(join(tmpdir(), 'rolecall-serve-'))
afterAll(() => rmSync(dataDir, { recursive: true }))

/** Starts the sandbox in a process of its own and waits for its first output. */
async function serve(port: string): Promise<{ child: ChildProcess; output: string }> {
  const child = fork(script, ['--port', port], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const chunks: string[] = []
  const first = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => resolve(void chunks.push(String(chunk))))
  })
  await first
  return { child, output: chunks.join('') }
}

test('the sandbox ends when its parent ends, and on SIGTERM', async () => {
  const orphan = await serve('0')
  expect(orphan.output).toContain('Sandbox ready on http://localhost:')
  orphan.child.disconnect()
  expect(await once(orphan.child, 'exit')).toEqual([0, null])
  const stopped = await serve('0')
  stopped.child.kill('SIGTERM')
  expect(await once(stopped.child, 'exit')).toEqual([0, null])
})

test('a port that is taken is reported in one sentence', async () => {
  const other = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  const port = new URL(other.url).port
  const child = spawn(process.execPath, ['--import', 'tsx', script, '--port', port])
  let output = ''
  child.stderr.on('data', (chunk) => {
    output += String(chunk)
  })
  expect(await once(child, 'close')).toEqual([1, null])
  expect(output).toBe(`Port ${port} is taken: stop what runs there, or choose another with SANDBOX_PORT.\n`)
  await other.close()
})

test('a TLS port that is taken is reported in one sentence', async () => {
  const other = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  const port = new URL(other.url).port
  const child = spawn(process.execPath, ['--import', 'tsx', script, '--port', '0', '--tls', '--tls-port', port], {
    env: { ...process.env, DATA_DIR: dataDir },
  })
  let output = ''
  child.stderr.on('data', (chunk) => {
    output += String(chunk)
  })
  expect(await once(child, 'close')).toEqual([1, null])
  expect(output).toBe(`Port ${port} for TLS is taken: stop what runs there, or choose another with --tls-port.\n`)
  await other.close()
})

test('control routes do not answer under a name that is not loopback’s', async () => {
  const sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  const asked = request(`${sandbox.url}/_sandbox/info`, { headers: { host: 'evil.example' } }).end()
  const [response] = await once(asked, 'response')
  expect(response.statusCode).toBe(421)
  response.resume()
  await sandbox.close()
})
