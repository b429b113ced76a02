import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { tryPort } from './ports.mjs'
import { projectRoot, Refusal } from './project.mjs'

const CREDENTIALS = ['AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET', 'AZURE_TENANT_ID']

/**
 * What to start and where, from the environment. Throws a {@link Refusal} for half a configuration. Only what decides
 * what is started is looked at here; lib/env.ts checks every setting when the portal starts.
 */
export function readConfiguration(environment) {
  const env = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const port = portOf(env, 'PORT', 3000)
  const sandboxPort = portOf(env, 'SANDBOX_PORT', 4000)
  if (port === sandboxPort) throw new Refusal(`PORT and SANDBOX_PORT are both ${port}. Choose two ports.`)
  if (env.DATABASE_URL && !(env.AUTH_SECRET && env.ENCRYPTION_KEYS)) {
    throw new Refusal('With DATABASE_URL, AUTH_SECRET and ENCRYPTION_KEYS must be set, the same for every process.')
  }
  // Told to listen on localhost, Next would take every request for one by that name: see `skipProxyUrlNormalize`.
  const host = !env.HOST || env.HOST === 'localhost' ? '127.0.0.1' : env.HOST
  const mode = modeOf(env, host)
  return {
    mode,
    port,
    host,
    portalUrl: new URL(env.PORTAL_URL ?? `http://localhost:${port}`).origin,
    sandboxPort,
    ownSandbox: mode === 'sandbox' && !env.SANDBOX_URL,
    sandboxUrl: mode === 'sandbox' ? (env.SANDBOX_URL ?? `http://localhost:${sandboxPort}`) : null,
    databaseUrl: env.DATABASE_URL ?? null,
    dataDir: resolve(projectRoot, env.DATA_DIR ?? '.data'),
  }
}

function modeOf(env, host) {
  const missing = CREDENTIALS.filter((name) => !env[name])
  if (missing.length === 0) {
    if (env.SANDBOX_URL || env.ROLECALL_MODE === 'sandbox') {
      throw new Refusal(
        'Azure credentials and the sandbox are both asked for. Remove one: real credentials never meet the sandbox.',
      )
    }
    return 'azure'
  }
  if (missing.length < CREDENTIALS.length || env.ROLECALL_MODE === 'azure') {
    const verb = missing.length > 1 ? 'are' : 'is'
    throw new Refusal(`${list(missing)} ${verb} not set. Set all of ${list(CREDENTIALS)}, or none for the sandbox.`)
  }
  const serious = seriousness(env, host)
  if (serious && env.ROLECALL_MODE !== 'sandbox' && !env.SANDBOX_URL) {
    throw new Refusal(
      `No Azure credentials are set, and ${serious} does not fall back to the sandbox. Set ${list(CREDENTIALS)}, or ROLECALL_MODE=sandbox to ask for it.`,
    )
  }
  return 'sandbox'
}

function portOf(env, name, otherwise) {
  const port = Number(env[name] ?? otherwise)
  if (Number.isInteger(port) && port > 0 && port < 65536) return port
  throw new Refusal(`${name} is "${env[name]}", which is not a port number.`)
}

/**
 * Why this start is not somebody trying Rolecall on their own machine, or null. That it runs in some container says
 * nothing, people develop in those; that it is our image, or that others can reach it, does.
 */
function seriousness(env, host) {
  if (env.ROLECALL_CONTAINER === '1') return 'the container'
  if (env.NODE_ENV === 'production') return 'a start with NODE_ENV=production'
  if (!['127.0.0.1', '::1'].includes(host)) return `a portal that listens on ${host}`
  return null
}

const list = (names) => new Intl.ListFormat('en-GB').format(names)

/** Adds the settings of `.env`, if there is one, to the environment. What is already set stays. */
export function loadEnvFile() {
  const file = join(projectRoot, '.env')
  if (!existsSync(file)) return
  if (!process.loadEnvFile)
    throw new Refusal('Reading .env needs Node.js 20.12 or newer; on this one, export the settings instead.')
  process.loadEnvFile(file)
}

const HTTPS_PORT = 443 // what Microsoft's clients connect to; they cannot be told another

/**
 * The port on which the sandbox is to serve Microsoft's host names over TLS, from `--tls` and `--tls-port N`, or null
 * when neither was given. Throws a {@link Refusal} for what is no port, and for one that cannot be had.
 */
export async function readTlsPort(args) {
  const at = args.findIndex((arg) => arg === '--tls-port' || arg.startsWith('--tls-port='))
  if (at < 0 && !args.includes('--tls')) return null
  const text = at < 0 ? String(HTTPS_PORT) : args[at].includes('=') ? args[at].split('=')[1] : (args[at + 1] ?? '')
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new Refusal(`--tls-port is "${text}", which is not a port number.`)

  const error = await tryPort(port, '127.0.0.1')
  if (!error) return port
  if (error.code === 'EADDRINUSE')
    throw new Refusal(`Port ${port} for TLS is in use. Stop what uses it, or choose another with --tls-port.`)
  if (error.code === 'EACCES')
    throw new Refusal(
      `Port ${port} for TLS needs a right that this account lacks. Choose one above 1023 with --tls-port, or start in a network namespace (docs/sandbox.md).`,
    )
  throw new Refusal(`Port ${port} for TLS cannot be listened on (${error.code}). Choose another with --tls-port.`)
}
