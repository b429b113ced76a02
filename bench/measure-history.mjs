import { runCommand, stopChildren } from '../scripts/child-processes.mjs'
import { cleanEnvironment } from '../scripts/clean-environment.mjs'
import { nodeBinary } from '../scripts/project.mjs'
import { startPostgres } from '../scripts/start-postgres.mjs'
import { temporaryFolder } from './temporary-folder.mjs'

/** People who were listed otherwise by each of so many results: a million rows of holders. `--size 0.1` takes a tenth of the people. */
const [PEOPLE, RESULTS] = [50_000, 20]

/** What asks a long history on a PostgreSQL: the changes, somebody's time line, and the people as of a moment. */
export async function measureHistory(print) {
  const asked = process.argv.indexOf('--size')
  const size = asked < 0 ? 1 : Number(process.argv[asked + 1])
  try {
    const database = await startPostgres()
    const env = cleanEnvironment({
      ...{ TEST_DATABASE_URL: database, LOG_LEVEL: 'silent', SANDBOX_URL: 'http://localhost:4000' },
      DATA_DIR: temporaryFolder(),
    })
    const args = ['--import', 'tsx', 'bench/history-process.ts', String(PEOPLE * size), String(RESULTS)]
    const lines = await runCommand(nodeBinary(), args, { env })
    for (const line of lines.trim().split('\n')) print(JSON.parse(line))
  } finally {
    await stopChildren()
  }
}
