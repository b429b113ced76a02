import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildPortal } from './build-portal.mjs'
import { checkDataFolder } from './check-data-folder.mjs'
import { startChild, stopChildren, waitForAnswer } from './child-processes.mjs'
import { loadEnvFile, readConfiguration, readTlsPort } from './configuration.mjs'
import { install } from './install.mjs'
import { checkPort } from './ports.mjs'
import { nodeBinary, projectRoot, Refusal, requireNode } from './project.mjs'

// npm start, and with --dev, --worker, --migrate or --sandbox its relatives; --tls lets the sandbox answer under Microsoft's names.
// Runs on any Node.js from 20.9, before anything is installed; whatever it starts runs on the one that npm installed.

const args = process.argv.slice(2)
const flags = new Set(args)
let ending = false

/** Node.js loads this first: see lib/process-output.ts. */
const LOGGED = ['--import', pathToFileURL(join(projectRoot, 'lib/process-output.ts')).href]

async function start() {
  requireNode()
  loadEnvFile()
  const configuration = readConfiguration(process.env)
  const { port, host, sandboxPort, ownSandbox, databaseUrl, dataDir } = configuration
  const startsPortal = !['--worker', '--migrate', '--sandbox'].some((flag) => flags.has(flag))
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

  if (flags.has('--migrate')) return migrate(configuration)
  const info = startsSandbox ? await startSandbox(configuration, tlsPort) : null
  if (flags.has('--worker')) startStaying('worker', ['--import', 'tsx', 'lib/worker/main.ts'], configuration)
  if (!startsPortal) return
  await startPortal(configuration)
  const known =
    info ?? (configuration.sandboxUrl ? await (await fetch(`${configuration.sandboxUrl}/_sandbox/info`)).json() : null)
  process.stdout.write(describeStart(configuration, known))
}

/** Ends with the code of the migration, which has written by then what is wrong. */
async function migrate(configuration) {
  const args = ['--import', 'tsx', 'lib/worker/migrate.ts']
  const [code] = await once(startChild(nodeBinary(), args, environmentOf(configuration)), 'exit')
  if (code === 0) process.stdout.write('The database is up to date.\n')
  await end(code ?? 1)
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
  // In production whatever the portal writes is a line of the log, what Next says of itself included.
  const args = [...(flags.has('--dev') ? [] : LOGGED), '--import', 'tsx', 'lib/guard/main.ts']
  const child = startStaying('portal', args, configuration)
  const reachable = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host
  await waitForAnswer('portal', `http://${reachable}:${port}/api/health`, child)
}

/** Starts a child that is to run until all end; when it ends by itself, everything ends with its code. */
function startStaying(name, args, configuration) {
  const child = startChild(nodeBinary(), args, environmentOf(configuration))
  child.once('exit', (code, signal) => {
    if (ending) return
    // With code 1 it has written why, and that is enough.
    if (code !== 1) process.stderr.write(`The ${name} ended by itself (${signal ?? `code ${code}`}).\n`)
    void end(code || 1)
  })
  return child
}

const environmentOf = ({ port, host, portalUrl, sandboxUrl }) => ({
  // With one for each thread, which is what glibc makes, the portal takes 50 MB more at rest.
  MALLOC_ARENA_MAX: '1',
  ...process.env,
  NODE_ENV: flags.has('--dev') ? 'development' : 'production',
  PORT: String(port),
  HOST: host,
  PORTAL_URL: portalUrl,
  NEXTAUTH_URL: portalUrl,
  NEXT_TELEMETRY_DISABLED: '1',
  ...(sandboxUrl ? { SANDBOX_URL: sandboxUrl } : {}),
})

async function end(code) {
  if (ending) return
  ending = true
  await stopChildren()
  process.exit(code)
}

/** What a person needs to know once everything runs: where, in which mode, and what to try in the sandbox. */
function describeStart({ mode, portalUrl, sandboxUrl }, sandbox) {
  const lines = ['', `Rolecall is ready at ${portalUrl}`, '']
  if (mode === 'azure') return [...lines, 'Mode: Microsoft Azure. Ctrl-C ends it.', ''].join('\n')

  lines.push(
    `Mode: sandbox. A small Microsoft of our own plays Entra ID, Graph and Azure at ${sandboxUrl}; nothing leaves this machine.`,
  )
  const tenantNames = new Map(sandbox.tenants.map(({ id, name }) => [id, name]))
  lines.push('', 'Sign in as one of these (no password):')
  lines.push(...table(sandbox.accounts.map(({ username, name, note }) => [username, name, note])))
  lines.push('', 'Connect one of these subscriptions:')
  lines.push(
    ...table(
      sandbox.subscriptions.map(({ id, name, tenantId, note }) => [
        id,
        `${name} (${tenantNames.get(tenantId) ?? tenantId})`,
        note,
      ]),
    ),
  )
  return [...lines, '', 'Ctrl-C ends everything.', ''].join('\n')
}

function table(rows) {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column].length)))
  return rows.map(([first, second, note]) =>
    `  ${first.padEnd(widths[0])}  ${second.padEnd(widths[1])}  ${note ?? ''}`.trimEnd(),
  )
}

const ORPHAN_CHECK_MS = 500 // a person who stops `npm start` waits no longer than this

/**
 * Calls back once the shell that npm started us from is gone. A signal for npm reaches only that shell, which dies of it
 * alone: without this, `kill` of an `npm start` would leave everything running. Started without npm, a parent may leave.
 */
function whenOrphaned(callback) {
  if (!process.env.npm_lifecycle_event) return
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    callback()
  }, ORPHAN_CHECK_MS)
  watch.unref()
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
