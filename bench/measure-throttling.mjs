import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { runCommand, stopChildren } from '../scripts/child-processes.mjs'
import { cleanEnvironment } from '../scripts/clean-environment.mjs'
import { freePort } from '../scripts/ports.mjs'
import { nodeBinary } from '../scripts/project.mjs'
import { startPostgres } from '../scripts/start-postgres.mjs'
import { readWhenWritten } from './read-when-written.mjs'
import { startQuietly } from './start-quietly.mjs'
import { temporaryFolder } from './temporary-folder.mjs'

const PORTAL = 'http://localhost:3000'

/** A tenant of fewer than 50 users, for which Graph's limit is the smallest, with enough groups to use it up. */
const COMPANY = { people: 40, groups: 600, assigned: 600, subscriptions: 8, assignments: 10 }

/**
 * Two worker processes on one PostgreSQL sync all subscriptions of one account by hand, so that each run reads its groups
 * anew, from a sandbox that throttles by Microsoft's documented figures: with the shared budget, and without it.
 */
export async function measureThrottling(print) {
  const port = await freePort()
  const url = `http://localhost:${port}`
  const file = join(temporaryFolder(), 'throttling.json')
  try {
    const database = await startPostgres()
    const args = ['--import', 'tsx', 'bench/fleet-sandbox.ts', String(port), PORTAL, file, JSON.stringify(COMPANY)]
    await startQuietly('sandbox', `${url}/_sandbox/info`, args, cleanEnvironment())
    const made = await readWhenWritten(file)
    const env = cleanEnvironment({
      ...{ SANDBOX_URL: url, PORTAL_URL: PORTAL, DATABASE_URL: database, LOG_LEVEL: 'silent' },
      ...{ AUTH_SECRET: randomBytes(32).toString('hex'), ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}` },
      DATA_DIR: temporaryFolder(),
    })
    const run = async (program, ...words) =>
      JSON.parse(await runCommand(nodeBinary(), ['--import', 'tsx', `bench/${program}.ts`, ...words], { env }))
    const step = (...words) => run('throttling-process', ...words)
    await run('fleet-process', 'connect', JSON.stringify(made))
    await run('fleet-process', 'open')
    await run('fleet-process', 'work')
    const throttle = (on) => send(`${url}/_sandbox/throttling`, 'PUT', { tenantId: made.tenantId, arm: on, graph: on })
    for (const budget of ['shared', 'none']) {
      if (budget === 'none') await step('drop_budgets')
      const before = await step('tally')
      await send(`${url}/_sandbox/log`, 'DELETE')
      await throttle(true)
      const began = performance.now()
      await Promise.all([step('half', '0'), step('half', '1')])
      const seconds = Math.round((performance.now() - began) / 100) / 10
      const log = await (await send(`${url}/_sandbox/log`, 'GET')).json()
      await throttle(false)
      const { ended, statements } = await step('tally')
      const refused = log.flatMap(({ batch = [], ...call }) => [call, ...batch]).filter(({ status }) => status === 429)
      const counts = { refused: refused.length, calls: log.length, statements: statements - before.statements }
      print({ bench: 'throttling', budget, ...counts, seconds, ...ended })
    }
  } finally {
    await stopChildren()
  }
}

async function send(address, method, body) {
  const answer = await fetch(address, { method, body: body && JSON.stringify(body) })
  if (!answer.ok) throw new Error(await answer.text())
  return answer
}
