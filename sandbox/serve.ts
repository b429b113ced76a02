import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { HOST_NAMES } from './clouds'
import { type Sandbox, startSandbox } from './server'

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    portal: { type: 'string' },
    tls: { type: 'boolean', default: false },
    'tls-port': { type: 'string' },
  },
})
const port = toPort(values.port ?? process.env.SANDBOX_PORT ?? '4000')
const tlsPort = toPort(values['tls-port'] ?? '443')
const portalUrl = (values.portal ?? process.env.PORTAL_URL ?? 'http://localhost:3000').replace(/\/$/, '')
const dataDir = resolve(process.env.DATA_DIR || '.data')
const withTls = values.tls || values['tls-port'] !== undefined

let sandbox: Sandbox | null = null
let stopping = false

process.on('SIGTERM', stop)
process.on('SIGINT', stop)
// A parent that has ended cannot stop this process any more. Without a channel to a parent this event never comes.
process.on('disconnect', stop)

try {
  sandbox = await startSandbox({ port, portalUrl, ...(withTls ? { tls: { port: tlsPort, dataDir } } : {}) })
  console.log(`Sandbox ready on ${sandbox.url} (portal ${portalUrl})`)
  if (sandbox.tls) console.log(tlsRecipe(sandbox.tls))
} catch (error) {
  console.error(explain(error))
  process.exit(1)
}

/** Stops once: Ctrl-C sends a signal and also ends the parent, which calls this a second time. */
async function stop(): Promise<void> {
  if (stopping) return
  stopping = true
  await sandbox?.close()
  process.exit(0)
}

function toPort(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 0 && number <= 65_535 && text.trim() !== '') return number
  console.error(`"${text}" is not a port: give a number from 0 to 65535.`)
  process.exit(1)
}

/** Instructions, printed at the start, for making other people's clients use the sandbox instead of Microsoft. */
function tlsRecipe({ port, caFile }: { port: number; caFile: string }): string {
  return [
    `TLS for Microsoft's host names on 127.0.0.1:${port}, certificates signed by ${caFile}`,
    'A client finds it with these lines in /etc/hosts, best in a network namespace with a hosts file of its own (docs/sandbox.md):',
    ...HOST_NAMES.map((name) => `  127.0.0.1 ${name}`),
    ...(port === 443 ? [] : [`and with something that takes connections to port 443 to port ${port}.`]),
    "It trusts the certificates with this in its own environment; leave the system's list of trusted CAs alone:",
    `  SSL_CERT_FILE=${caFile} REQUESTS_CA_BUNDLE=${caFile} NODE_EXTRA_CA_CERTS=${caFile}`,
  ].join('\n')
}

/** Explains in one sentence why the sandbox could not start. */
function explain(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null
  const taken = error instanceof Error && 'port' in error ? error.port : null
  if (withTls && taken === tlsPort && code === 'EADDRINUSE')
    return `Port ${tlsPort} for TLS is taken: stop what runs there, or choose another with --tls-port.`
  if (withTls && taken === tlsPort && code === 'EACCES')
    return `Port ${tlsPort} for TLS needs a right that this account lacks: choose one above 1023 with --tls-port, or start in a network namespace (docs/sandbox.md).`
  if (code === 'EADDRINUSE') return `Port ${port} is taken: stop what runs there, or choose another with SANDBOX_PORT.`
  return `The sandbox could not start: ${String(error)}`
}
