import type { IncomingMessage, RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { findService } from '../clouds'
import { openCertificateAuthority } from './certificate-authority'
import { HOST_NAMES } from './host-names'

const IDLE_MS = 120_000 // closed as soon as by default, a client's pool of connections meets a reset now and then

type TlsFront = { port: number; caFile: string; close(): Promise<void> }

/** Whether a request is for one of the names: in its Host header, and in what its TLS handshake asked for, if it did. */
function isForKnownHost(incoming: IncomingMessage): boolean {
  const named = (incoming.headers.host ?? '').replace(/:\d+$/, '')
  const { servername } = incoming.socket as TLSSocket
  return findService(named) !== null && (!servername || findService(servername) !== null)
}

/**
 * Serves Microsoft's host names over TLS on loopback, with certificates of a CA kept in `dataDir`. Only those names: the
 * control routes stay on the plain port. Rejects with the listen error when the port is taken or not ours to have.
 */
export async function startTlsFront(
  listener: RequestListener,
  options: { port: number; dataDir: string },
): Promise<TlsFront> {
  const authority = await openCertificateAuthority(join(options.dataDir, 'sandbox-ca'))
  const credentials = await authority.issue([...HOST_NAMES])
  const server = createServer({ ...credentials, minVersion: 'TLSv1.2' }, (incoming, outgoing) => {
    if (isForKnownHost(incoming)) return listener(incoming, outgoing)
    outgoing.writeHead(421, { 'content-type': 'text/plain' }).end('The sandbox does not imitate this host.')
  })
  server.keepAliveTimeout = IDLE_MS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    caFile: authority.caFile,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()))
        server.closeAllConnections()
      }),
  }
}
