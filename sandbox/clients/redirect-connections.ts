import { Socket } from 'node:net'
import { HOST_NAMES } from '../clouds'

/**
 * Loaded before a client (`node --import`), redirects its connections to Microsoft's hosts to the TLS front on loopback, as a
 * hosts file and port 443 would. Everything above the connection, TLS and its checks included, is unchanged.
 */
const port = Number(process.env.SANDBOX_TLS_PORT)
const { connect } = Socket.prototype

function isForMicrosoft(options: unknown): options is { host: string } {
  return (
    typeof options === 'object' && options !== null && 'host' in options && HOST_NAMES.includes(String(options.host))
  )
}

Object.assign(Socket.prototype, {
  connect(this: Socket, options: unknown, ...rest: unknown[]): unknown {
    const redirected = isForMicrosoft(options) ? { ...options, host: '127.0.0.1', port } : options
    return Reflect.apply(connect, this, [redirected, ...rest])
  },
})
