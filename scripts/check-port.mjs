import { createServer } from 'node:net'
import { Refusal } from './refusal.mjs'

/** Refuses a port that something else listens on, before anything long is begun. */
export async function checkPort(name, port, host) {
  const error = await new Promise((resolve) => {
    const server = createServer()
    server.once('error', resolve)
    server.listen(port, host, () => server.close(() => resolve(null)))
  })
  if (!error) return
  if (error.code === 'EADDRINUSE') {
    throw new Refusal(`Port ${port} is in use. Stop what uses it, or start with ${name}=${port + 1} npm start.`)
  }
  throw new Refusal(
    `Port ${port} on ${host} cannot be listened on (${error.code}). Choose another with ${name} or HOST.`,
  )
}
