import { join } from 'node:path'
import { startChild } from './child-processes.mjs'
import { nodeBinary, projectRoot } from './project.mjs'

/** Starts a throw-away PostgreSQL and returns its address. It ends with us, or with `stopChildren`. */
export async function startPostgres() {
  const { url } = await startOwnPostgres()
  return url
}

/**
 * The same for somebody who wants the server to break: `crash` ends it at once, as a power cut of its machine would, except
 * that what it has written stays; `start` starts it again at the same address, where it recovers from its log.
 */
export async function startOwnPostgres() {
  const child = startChild(nodeBinary(), [join(projectRoot, 'scripts/serve-postgres.mjs')])
  /** Resolves with the next thing that the child says. */
  const hear = () =>
    new Promise((resolve, reject) => {
      const fail = (code) => reject(new Error(`PostgreSQL did not start (code ${code}).`))
      child.once('exit', fail)
      child.once('message', (message) => {
        child.off('exit', fail)
        resolve(message)
      })
    })
  const tell = async (command) => {
    const heard = hear()
    child.send(command)
    await heard
  }
  const { url } = await hear()
  return {
    url,
    crash: () => tell('crash'),
    start: () => tell('start'),
    /** Ends the server for good. */
    end: () =>
      new Promise((resolve) => {
        child.once('exit', resolve)
        child.kill('SIGTERM')
      }),
  }
}
