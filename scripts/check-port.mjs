import { Refusal } from './refusal.mjs'
import { tryPort } from './try-port.mjs'

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
