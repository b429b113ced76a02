import { ServerUnusable } from './server-faults'

/** An address that may be used, and a sentence for the log when the way to the server is weaker than it could be. */
export type CheckedAddress = { address: string; warning: string | null }

type Environment = Record<string, string | undefined>

/** Modes that pg 8 takes for `verify-full`. PostgreSQL's own programs verify less with them, and pg 9 is to do the same. */
const TAKEN_FOR_VERIFY_FULL = ['prefer', 'require', 'verify-ca']
const MODES = ['disable', 'no-verify', ...TAKEN_FOR_VERIFY_FULL, 'verify-full']

/**
 * Refuses an address by which passwords and data would cross a network as plain text, unless it asks for that by name
 * with `sslmode=disable`. Without `sslmode` pg speaks no TLS at all (pg-connection-string 2, pg's connection-parameters).
 * The modes that pg takes for `verify-full` are written out as that, so that they do not weaken with a later pg.
 *
 * @param setting the name of the setting that holds the address, for the sentences, which never show the address
 * @throws ServerUnusable
 */
export function checkAddress(setting: string, address: string, env: Environment = process.env): CheckedAddress {
  const url = new URL(address)
  const given = url.searchParams.get('sslmode')
  if (given !== null && !MODES.includes(given)) {
    throw new ServerUnusable(`${setting} has an sslmode that is not known: it can be ${MODES.join(', ')}.`)
  }
  const compatible = url.searchParams.get('uselibpqcompat') === 'true'
  const means = given !== null && !compatible && TAKEN_FOR_VERIFY_FULL.includes(given) ? 'verify-full' : given
  if (means !== given) url.searchParams.set('sslmode', `${means}`)
  const checked = means === given ? address : url.href

  if (isThisMachine(url, env)) return { address: checked, warning: null }
  const mode = means ?? (asksForTls(url.searchParams) ? 'verify-full' : env.PGSSLMODE)
  if (!mode) {
    throw new ServerUnusable(
      `${setting} names another machine and has no sslmode, so passwords and data would cross the network as plain text: add sslmode=verify-full, with sslrootcert for an authority of your own, or sslmode=disable if nobody can listen on the way.`,
    )
  }
  return { address: checked, warning: warn(setting, mode, compatible) }
}

function warn(setting: string, mode: string, compatible: boolean): string | null {
  if (mode === 'disable') {
    return `${setting} asks for plain text to another machine: whoever can listen on the way reads passwords and data.`
  }
  if (mode === 'no-verify' || (compatible && mode !== 'verify-full')) {
    return `${setting} does not have the server's certificate checked, so somebody on the way can pose as the server: use sslmode=verify-full.`
  }
  return null
}

/** Whether pg speaks TLS, and checks the certificate, without being given an `sslmode`. */
const asksForTls = (options: URLSearchParams) =>
  ['true', '1'].includes(options.get('ssl') ?? '') ||
  options.get('sslnegotiation') === 'direct' ||
  ['sslcert', 'sslkey', 'sslrootcert'].some((name) => options.get(name))

/** A unix socket or a loopback address, of which nothing reaches a network. */
function isThisMachine(url: URL, env: Environment): boolean {
  const host = url.searchParams.get('host') || decodeURIComponent(url.hostname) || env.PGHOST || 'localhost'
  return /^(\/.*|localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host)
}
