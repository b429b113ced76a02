import { Socket } from 'node:net'
import { HOST_NAMES } from '../clouds'

/**
 * Loaded before a client (`node --import`), takes its connections to Microsoft's hosts to the TLS front on loopback: what
 * a hosts file and port 443 do where one may have them. Everything above, TLS and its checks included, stays as it is.
 */
const port = Number(process.env.SANDBOX_TLS_PORT)
const { connect } = Socket.prototype

function isMicrosofts(options: unknown): options is { host: string } {
  return (
    typeof options === 'object' && options !== null && 'host' in options && HOST_NAMES.includes(String(options.host))
  )
}

Object.assign(Socket.prototype, {
  connect(this: Socket, options: unknown, ...rest: unknown[]): unknown {
    const redirected = isMicrosofts(options) ? { ...options, host: '127.0.0.1', port } : options
    return Reflect.apply(connect, this, [redirected, ...rest])
  },
})
