import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildPortal } from './build-portal.mjs'
import { auditPackages } from './check-packages.mjs'
import { CommandFailed, runCommand, stopChildren } from './child-processes.mjs'
import { cleanEnvironment } from './clean-environment.mjs'
import { findChromium } from './find-chromium.mjs'
import { install } from './install.mjs'
import { nodeBinary, projectRoot, Refusal, requireNode, toolFile } from './project.mjs'
import { startPostgres } from './start-postgres.mjs'

// npm test: everything that can be checked, from a bare clone. Later steps run even when an earlier one failed, because
// one run should tell all there is to know.

const reports = mkdtempSync(join(tmpdir(), 'rolecall-test-'))
chmodSync(reports, 0o711) // a PostgreSQL that a test starts has its files in it, and may run as another user

/** How a test file reaches the database: by what `testing/` opens, or by the server's own address. */
const USES_DATABASE = /testing\/(database|rolecall|shared-rolecall)'|TEST_DATABASE_URL/

/** Runs the steps of `npm test`, says how each went, and adds up what passed and failed. */
class TestTally {
  passed = 0
  failed = 0
  skipped = 0

  /**
   * One step: `work` throws when it fails, and may return counts of its own tests, with the titles of those `left` out.
   * A step without counts is one test.
   * Returns whether it went well.
   */
  async step(name, work, countsOfFailure = () => null) {
    const began = Date.now()
    let error = null
    let counts = null
    try {
      counts = await work()
    } catch (thrown) {
      error = thrown
      counts = countsOfFailure()
    }
    this.#add(counts, error)
    const detail = counts ? `, ${counts.passed} passed${counts.failed ? `, ${counts.failed} failed` : ''}` : ''
    process.stdout.write(`${error ? '✗' : '✓'} ${name} (${Math.round((Date.now() - began) / 1000)} s${detail})\n`)
    for (const title of counts?.left ?? []) process.stdout.write(`  skipped: ${title}\n`)
    if (error) process.stdout.write(`${error instanceof CommandFailed ? error.output : error.stack}\n`)
    return !error
  }

  /** The last line of a test run. */
  line() {
    return `${this.passed} passed, ${this.failed} failed${this.skipped ? `, ${this.skipped} skipped` : ''}`
  }

  #add(counts, error) {
    this.passed += counts?.passed ?? (error ? 0 : 1)
    this.skipped += counts?.skipped ?? 0
    // A runner that ends badly has failed once, even when each of its tests passed or none was reached.
    this.failed += error ? Math.max(counts?.failed ?? 0, 1) : 0
  }
}

async function test() {
  requireNode()
  await install({ development: true })
  const tally = new TestTally()

  await tally.step('Format and lint', async () => void (await tool('biome', ['check', '.', '--colors=off'])))
  await tally.step('Import rules', async () => void (await runCommand(nodeBinary(), ['scripts/check-imports.mjs'])))
  await tally.step('Known vulnerabilities', checkPackages)
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
  await citusTests(tally)
  if (await tally.step('Production build', () => buildPortal())) await endToEndTests(tally)

  return tally
}

/** One test, which is left out where the registry does not answer. */
async function checkPackages() {
  const { serious, unanswered } = await auditPackages()
  if (serious.length > 0) throw new Error(`Serious vulnerabilities are known:\n${serious.join('\n')}`)
  return unanswered ? leftOut(`the registry was asked and did not tell (${unanswered})`) : null
}

/** What a step gives when it was not tried. */
const leftOut = (why) => ({ passed: 0, failed: 0, skipped: 1, left: [why] })

/** The integration tests on tables that are spread over a Citus cluster, where the environment names one: it cannot be had from a registry. */
async function citusTests(tally) {
  const name = 'Integration tests, Citus'
  const { CITUS_URL } = process.env
  if (!CITUS_URL) await tally.step(name, async () => leftOut('CITUS_URL names no coordinator'))
  else await unitTests(tally, name, databaseTests(), { TEST_DATABASE_URL: CITUS_URL, TEST_DISTRIBUTED: 'on' })
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
