import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** Limits the connections of a server, in all and from one address; `refuse` gets each that is one too many for its address. */
export function limitConnections(
  server: Server,
  most: { inAll: number; perAddress: number },
  refuse: (socket: Socket) => void,
): void {
  server.maxConnections = most.inAll
  const perAddress = new Map<string, number>()
  server.on('connection', (socket) => {
    const address = socket.remoteAddress ?? ''
    const open = (perAddress.get(address) ?? 0) + 1
    perAddress.set(address, open)
    socket.once('close', () => {
      const left = (perAddress.get(address) ?? 0) - 1
      if (left > 0) perAddress.set(address, left)
      else perAddress.delete(address)
    })
    if (open > most.perAddress) refuse(socket)
  })
}

/**
 * Ends a server within the given time: it takes no new connection, lets requests under way finish, and then closes
 * whatever is still open, be it a slow request, a stream or a client that does not read.
 */
export async function drainServer(server: Server, withinMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const cut = setTimeout(() => server.closeAllConnections(), withinMs)
  await closed
  clearTimeout(cut)
}
