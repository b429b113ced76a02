import { join } from 'node:path'
import { startChild } from './child-processes.mjs'
import { nodeBinary, projectRoot } from './project.mjs'

/** Starts a throw-away PostgreSQL and returns its address. It ends with us, or with `stopChildren`. */
export function startPostgres() {
  const child = startChild(nodeBinary(), [join(projectRoot, 'scripts/serve-postgres.mjs')])
  return new Promise((resolve, reject) => {
    child.once('message', ({ url }) => resolve(url))
    child.once('exit', (code) => reject(new Error(`PostgreSQL did not start (code ${code}).`)))
  })
}
