import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildPortal } from './build-portal.mjs'
import { runCommand, stopChildren } from './child-processes.mjs'
import { cleanEnvironment } from './clean-environment.mjs'
import { findChromium } from './find-chromium.mjs'
import { install } from './install.mjs'
import { nodeBinary } from './node-binary.mjs'
import { projectRoot } from './project-root.mjs'
import { Refusal } from './refusal.mjs'
import { requireNode } from './require-node.mjs'
import { startPostgres } from './start-postgres.mjs'
import { TestTally } from './test-tally.mjs'
import { toolFile } from './tool-file.mjs'

// npm test: everything that can be checked, from a bare clone. Later steps run even when an earlier one failed, because
// one run should tell all there is to know.

const reports = mkdtempSync(join(tmpdir(), 'rolecall-test-'))

/** How a test file reaches the database: by what `testing/` opens, or by the server's own address. */
const USES_DATABASE = /testing\/(database|rolecall|shared-rolecall)'|TEST_DATABASE_URL/

async function test() {
  requireNode()
  await install({ development: true })
  const tally = new TestTally()

  await tally.step('Format and lint', async () => void (await tool('biome', ['check', '.', '--colors=off'])))
  await tally.step('Import rules', async () => void (await runCommand(nodeBinary(), ['scripts/check-imports.mjs'])))
  await tally.step('Types', async () => {
    await tool('next', ['typegen'])
    await tool('tsc', ['--noEmit'])
  })
  await unitTests(tally, 'Unit and integration tests, embedded database', [], {})
  let url
  const postgres = async () => {
    url = await startPostgres()
  }
  if (await tally.step('PostgreSQL starts', postgres)) {
    await unitTests(tally, 'Integration tests, PostgreSQL', databaseTests(), { TEST_DATABASE_URL: url })
  }
  if (await tally.step('Production build', () => buildPortal())) await endToEndTests(tally)

  return tally
}

function unitTests(tally, name, files, settings) {
  const report = join(reports, `vitest-${Object.keys(settings).length}.json`)
  const counts = () => {
    if (!existsSync(report)) return null
    const found = JSON.parse(readFileSync(report, 'utf8'))
    return {
      passed: found.numPassedTests,
      failed: found.numFailedTests,
      skipped: found.numPendingTests + found.numTodoTests,
      left: found.testResults.flatMap(({ assertionResults }) =>
        assertionResults.filter(({ status }) => status === 'pending' || status === 'skipped').map(({ title }) => title),
      ),
    }
  }
  const args = ['run', '--no-color', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...files]
  const run = async () => {
    await tool('vitest', args, settings)
    return counts()
  }
  return tally.step(name, run, counts)
}

function databaseTests() {
  return readdirSync(join(projectRoot, 'lib'), { recursive: true })
    .map((name) => join('lib', name))
    .concat(readdirSync(join(projectRoot, 'db'), { recursive: true }).map((name) => join('db', name)))
    .filter((file) => file.endsWith('.test.ts') && USES_DATABASE.test(readFileSync(join(projectRoot, file), 'utf8')))
}

function endToEndTests(tally) {
  const report = join(reports, 'playwright.json')
  const counts = () => {
    if (!existsSync(report)) return null
    const { stats } = JSON.parse(readFileSync(report, 'utf8'))
    return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped }
  }
  const run = async () => {
    const settings = {
      CHROMIUM_PATH: await findChromium(),
      PLAYWRIGHT_JSON_OUTPUT_FILE: report,
      PLAYWRIGHT_FORCE_TTY: '0',
    }
    await tool('playwright', ['test', '--reporter=list,json'], settings)
    return counts()
  }
  return tally.step('End-to-end tests', run, counts)
}

function tool(name, args, settings) {
  // What a tool leaves behind when it is cut short goes with our own folder.
  const env = cleanEnvironment({ TMPDIR: reports, ...settings })
  return runCommand(nodeBinary(), [toolFile(name), ...args], { env })
}

async function end(code) {
  await stopChildren()
  rmSync(reports, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  process.exit(code)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(130))

try {
  const tally = await test()
  await stopChildren()
  process.stdout.write(`\n${tally.line()}\n`)
  await end(tally.failed > 0 ? 1 : 0)
} catch (error) {
  process.stderr.write(error instanceof Refusal ? `${error.message}\n` : `${error.stack}\n`)
  process.stdout.write('0 passed, 1 failed\n')
  await end(1)
}
