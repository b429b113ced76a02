import { parseArgs } from 'node:util'
import { startSandbox } from './server'

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

try {
  const sandbox = await startSandbox({ port, portalUrl })
  // Ctrl-C brings a signal and the end of the parent at once.
  let stopping = false
  const stop = () => {
    if (stopping) return
    stopping = true
    void sandbox.close().then(() => process.exit(0))
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  // A parent that is gone cannot stop us any more.
  if (process.send) process.once('disconnect', stop)
  console.log(`Sandbox ready on ${sandbox.url} (portal ${portalUrl})`)
  process.send?.({ type: 'ready', url: sandbox.url })
} catch (error) {
  console.error(explain(error))
  process.exit(1)
}
