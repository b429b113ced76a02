import { parseArgs } from 'node:util'
import { type Sandbox, startSandbox } from './server'

const { values } = parseArgs({ options: { port: { type: 'string' }, portal: { type: 'string' } } })
const port = Number(values.port ?? process.env.SANDBOX_PORT ?? 4000)
const portalUrl = (values.portal ?? process.env.PORTAL_URL ?? 'http://localhost:3000').replace(/\/$/, '')

function explain(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `Port ${port} is taken: stop what runs there, or choose another with SANDBOX_PORT.`
  }
  return `The sandbox could not start: ${String(error)}`
}

if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`"${values.port ?? process.env.SANDBOX_PORT}" is not a port: give a number from 0 to 65535.`)
  process.exit(1)
}

let sandbox: Sandbox | null = null
let stopping = false

/** Ctrl-C brings a signal and the end of the parent at once; the first of them counts. */
async function stop(): Promise<void> {
  if (stopping) return
  stopping = true
  await sandbox?.close()
  process.exit(0)
}

process.on('SIGTERM', stop)
process.on('SIGINT', stop)
// A parent that is gone cannot stop us any more. Without a parent's channel this never happens.
process.on('disconnect', stop)

try {
  sandbox = await startSandbox({ port, portalUrl })
  console.log(`Sandbox ready on ${sandbox.url} (portal ${portalUrl})`)
} catch (error) {
  console.error(explain(error))
  process.exit(1)
}
