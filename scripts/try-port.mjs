import { createServer } from 'node:net'

/** Listens on a port for a moment; resolves with the error that this met, or null. */
export function tryPort(port, host) {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', resolve)
    server.listen(port, host, () => server.close(() => resolve(null)))
  })
}
