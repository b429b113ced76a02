import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { runCommand, stopChildren } from '../scripts/child-processes.mjs'
import { cleanEnvironment } from '../scripts/clean-environment.mjs'
import { nodeBinary } from '../scripts/project.mjs'
import { startPostgres } from '../scripts/start-postgres.mjs'
import { temporaryFolder } from './temporary-folder.mjs'

/**
 * Runs a measuring process beside a PostgreSQL of its own, and prints each line of JSON that it writes. `--size 0.1` gives it a tenth of the
 * people.
 *
 * @param script its file below bench
 * @param people how many there are in the whole size; the other number is handed on as it is
 */
export async function runBesidePostgres(print, script, people, number) {
  const { values } = parseArgs({ options: { size: { type: 'string', default: '1' } }, strict: false })
  try {
    const env = cleanEnvironment({
      ...{ TEST_DATABASE_URL: await startPostgres(), LOG_LEVEL: 'silent', SANDBOX_URL: 'http://localhost:4000' },
      ...{ AUTH_SECRET: randomBytes(32).toString('hex'), ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}` },
      DATA_DIR: temporaryFolder(),
    })
    const sizes = [people * Number(values.size), number].map(String)
    const args = ['--expose-gc', '--import', 'tsx', `bench/${script}`, ...sizes]
    const lines = await runCommand(nodeBinary(), args, { env })
    for (const line of lines.trim().split('\n')) print(JSON.parse(line))
  } finally {
    await stopChildren()
  }
}
