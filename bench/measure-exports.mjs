import { randomBytes } from 'node:crypto'
import { runCommand, stopChildren } from '../scripts/child-processes.mjs'
import { cleanEnvironment } from '../scripts/clean-environment.mjs'
import { nodeBinary } from '../scripts/project.mjs'
import { startPostgres } from '../scripts/start-postgres.mjs'
import { temporaryFolder } from './temporary-folder.mjs'

/** As many roles of groups as give every person twenty rows. `--size 0.1` takes a tenth of the people. */
const [PEOPLE, ROLES] = [50_000, 20]

/** Exports of a million rows in each format, by a process of its own on a PostgreSQL: the first byte, the time, and the memory. */
export async function measureExports(print) {
  const asked = process.argv.indexOf('--size')
  const size = asked < 0 ? 1 : Number(process.argv[asked + 1])
  try {
    const database = await startPostgres()
    const env = cleanEnvironment({
      ...{ TEST_DATABASE_URL: database, LOG_LEVEL: 'silent', SANDBOX_URL: 'http://localhost:4000' },
      ...{ AUTH_SECRET: randomBytes(32).toString('hex'), ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}` },
      DATA_DIR: temporaryFolder(),
    })
    const args = ['--expose-gc', '--import', 'tsx', 'bench/export-process.ts', String(PEOPLE * size), String(ROLES)]
    const lines = await runCommand(nodeBinary(), args, { env })
    for (const line of lines.trim().split('\n')) print(JSON.parse(line))
  } finally {
    await stopChildren()
  }
}
