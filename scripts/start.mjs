import { buildPortal } from './build-portal.mjs'
import { checkDataFolder } from './check-data-folder.mjs'
import { checkPort } from './check-port.mjs'
import { startChild, stopChildren } from './child-processes.mjs'
import { install } from './install.mjs'
import { loadEnvFile } from './load-env-file.mjs'
import { nodeBinary } from './node-binary.mjs'
import { readConfiguration } from './read-configuration.mjs'
import { readTlsPort } from './read-tls-port.mjs'
import { Refusal } from './refusal.mjs'
import { requireNode } from './require-node.mjs'
import { summary } from './summary.mjs'
import { toolFile } from './tool-file.mjs'
import { waitForAnswer } from './wait-for-answer.mjs'
import { whenOrphaned } from './when-orphaned.mjs'

// npm start, and with --dev, --worker or --sandbox its relatives; --tls lets the sandbox answer under Microsoft's names.
// Runs on any Node.js from 20.9, before anything is installed; whatever it starts runs on the one that npm installed.

const args = process.argv.slice(2)
const flags = new Set(args)
let ending = false

async function start() {
  requireNode()
  loadEnvFile()
  const configuration = readConfiguration(process.env)
  const { port, host, sandboxPort, ownSandbox, databaseUrl, dataDir } = configuration
  const startsPortal = !flags.has('--worker') && !flags.has('--sandbox')
  const startsSandbox = flags.has('--sandbox') || (startsPortal && ownSandbox)

  if (flags.has('--worker') && !databaseUrl) {
    throw new Refusal(
      'A separate worker needs PostgreSQL: set DATABASE_URL. With the embedded database the portal does the work itself.',
    )
  }
  if (startsPortal) await checkPort('PORT', port, host)
  if (startsSandbox) await checkPort('SANDBOX_PORT', sandboxPort, '127.0.0.1')
  const tlsPort = startsSandbox ? await readTlsPort(args) : null
  if (startsPortal && !databaseUrl) checkDataFolder(dataDir)

  if (!flags.has('--no-install')) await install({ development: false })
  if (startsPortal && !flags.has('--dev') && !flags.has('--no-build')) await buildPortal()

  const info = startsSandbox ? await startSandbox(configuration, tlsPort) : null
  if (flags.has('--worker')) startStaying('worker', ['--import', 'tsx', 'lib/worker/main.ts'], configuration)
  if (!startsPortal) return
  await startPortal(configuration)
  const known =
    info ?? (configuration.sandboxUrl ? await (await fetch(`${configuration.sandboxUrl}/_sandbox/info`)).json() : null)
  process.stdout.write(summary(configuration, known))
}

async function startSandbox(configuration, tlsPort) {
  const { sandboxPort, portalUrl } = configuration
  const tls = tlsPort === null ? [] : ['--tls', '--tls-port', String(tlsPort)]
  const options = ['--port', String(sandboxPort), '--portal', portalUrl, ...tls]
  const child = startStaying('sandbox', ['--import', 'tsx', 'sandbox/serve.ts', ...options], configuration)
  const answer = await waitForAnswer('sandbox', `http://localhost:${sandboxPort}/_sandbox/info`, child)
  return answer.json()
}

async function startPortal(configuration) {
  const { port, host } = configuration
  const args = [toolFile('next'), flags.has('--dev') ? 'dev' : 'start', '-p', String(port), '-H', host]
  const child = startStaying('portal', args, configuration)
  const reachable = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host
  await waitForAnswer('portal', `http://${reachable}:${port}/api/health`, child)
}

/** Starts a child that is to run until all end; when it ends by itself, everything ends with its code. */
function startStaying(name, args, { port, portalUrl, sandboxUrl }) {
  const child = startChild(nodeBinary(), args, {
    ...process.env,
    NODE_ENV: flags.has('--dev') ? 'development' : 'production',
    PORT: String(port),
    PORTAL_URL: portalUrl,
    NEXTAUTH_URL: portalUrl,
    NEXT_MANUAL_SIG_HANDLE: 'true',
    NEXT_TELEMETRY_DISABLED: '1',
    ...(sandboxUrl ? { SANDBOX_URL: sandboxUrl } : {}),
  })
  child.once('exit', (code, signal) => {
    if (ending) return
    process.stderr.write(`The ${name} ended by itself (${signal ?? `code ${code}`}).\n`)
    void end(code || 1)
  })
  return child
}

async function end(code) {
  if (ending) return
  ending = true
  await stopChildren()
  process.exit(code)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(0))
// Only there when a script started us, which is then gone.
process.on('disconnect', () => end(0))
whenOrphaned(() => end(0))

start().catch((error) => {
  if (ending) return undefined
  process.stderr.write(error instanceof Refusal ? `${error.message}\n` : `${error.stack}\n`)
  return end(1)
})
