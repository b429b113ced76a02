import { Refusal } from './refusal.mjs'
import { tryPort } from './try-port.mjs'

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
