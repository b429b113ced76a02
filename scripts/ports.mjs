import { createServer } from 'node:net'
import { Refusal } from './project.mjs'

/** Refuses a port that something else listens on, before anything long is begun. */
export async function checkPort(name, port, host) {
  const error = await tryPort(port, host)
  if (!error) return
  if (error.code === 'EADDRINUSE') {
    throw new Refusal(`Port ${port} is in use. Stop what uses it, or start with ${name}=${port + 1} npm start.`)
  }
  throw new Refusal(
    `Port ${port} on ${host} cannot be listened on (${error.code}). Choose another with ${name} or HOST.`,
  )
}

/** Listens on a port for a moment; resolves with the error that this met, or null. */
export function tryPort(port, host) {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', resolve)
    server.listen(port, host, () => server.close(() => resolve(null)))
  })
}

/** A port of this machine that nothing listens on. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
