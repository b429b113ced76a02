import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { chromium } from 'playwright'
import { runCommand, stopChildren } from '../scripts/child-processes.mjs'
import { cleanEnvironment } from '../scripts/clean-environment.mjs'
import { findChromium } from '../scripts/find-chromium.mjs'
import { freePort } from '../scripts/ports.mjs'
import { nodeBinary, projectRoot } from '../scripts/project.mjs'
import { startQuietly } from './start-quietly.mjs'
import { temporaryFolder } from './temporary-folder.mjs'

const PATIENCE_MS = 60_000
const BUILD = "import('./scripts/build-portal.mjs').then(({ buildPortal }) => buildPortal())"

/** The JavaScript of two pages of the production build, as a browser that has nothing cached loads it. */
export async function measurePages(print) {
  const executablePath = await findChromium()
  await runCommand(nodeBinary(), ['--eval', BUILD])
  const dataDir = temporaryFolder()
  let browser = null
  try {
    const { portal, sandbox } = await startPortal(dataDir)
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-background-networking'] })
    const context = await browser.newContext({ baseURL: portal })
    context.setDefaultTimeout(PATIENCE_MS)
    const page = await context.newPage()
    const shared = sharedScripts()
    const results = await connect(page, sandbox, { people: 12, assignments: 30, consented: true })
    await page.close()
    for (const [name, path] of [
      ['integrations page', '/integrations'],
      ['results page', results],
    ]) {
      const scripts = await scriptsOf(context, path)
      const framework = scripts.filter((script) => shared.has(script.path))
      print({
        bench: 'gzipped JavaScript',
        page: name,
        kB: kilobytes(scripts),
        ofThatReactAndNextKB: kilobytes(framework),
        scripts: scripts.length,
        aim: 140,
      })
      if (process.argv.includes('--chunks')) for (const script of scripts) print({ page: name, ...script })
    }
    await measureAnswers(browser, { portal, sandbox }, print)
  } finally {
    await browser?.close()
    await stopChildren()
  }
}

/** The production build, started as a person starts it. */
async function startPortal(dataDir) {
  const [port, sandboxPort] = [await freePort(), await freePort()]
  const settings = { PORT: String(port), SANDBOX_PORT: String(sandboxPort), DATA_DIR: dataDir, LOG_LEVEL: 'warn' }
  const args = ['scripts/start.mjs', '--no-install', '--no-build']
  await startQuietly('portal', `http://127.0.0.1:${port}/api/health`, args, cleanEnvironment(settings))
  return { portal: `http://localhost:${port}`, sandbox: `http://localhost:${sandboxPort}` }
}

/** As full as a subscription gets: 4,000 assignments, 300 groups in groups, one of them of 50,000. */
const FULL = {
  people: 50_000,
  groups: { count: 300, size: 20, depth: 3, largest: 50_000 },
  assignments: { count: 4_000, principals: { user: 1, group: 3 } },
  consented: ['GroupMember.Read.All'],
}
const ANSWERS = 21

/** How long the server takes to answer pages of a full subscription, to the last byte: the middle of many, and the worst. */
async function measureAnswers(browser, { portal, sandbox }, print) {
  const context = await browser.newContext({ baseURL: portal })
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  const reader = await startReader(browser, { portal, sandbox })
  const results = await connect(page, sandbox, FULL)
  const waits = await reader.stop()
  print({
    bench: 'answer of a page during a first sync of 50,000 people, embedded database',
    page: 'people of another subscription',
    answers: waits.length,
    middleMs: Math.round(waits[Math.floor(waits.length / 2)]),
    worstMs: Math.round(waits.at(-1)),
    aim: 200,
  })
  await page.goto(results)
  const person = await page.locator(`main tbody a[href^="${results}/people/"]`).first().getAttribute('href')
  for (const [name, path] of [
    ['people of a subscription', results],
    ['access of a person', person],
    ['people of all subscriptions', '/people'],
    ['people by subscription', '/people/matrix'],
    ['groups', `${results}/groups`],
    ['roles', `${results}/roles`],
    ['who can do an operation', `${results}/ask?operation=Microsoft.Compute%2FvirtualMachines%2Fdelete`],
  ]) {
    const times = []
    for (let turn = 0; turn < ANSWERS; turn++) {
      const began = performance.now()
      const answer = await context.request.get(path)
      await answer.body()
      times.push(performance.now() - began)
      if (!answer.ok()) throw new Error(`${path} answered ${answer.status()}`)
    }
    times.sort((one, other) => one - other)
    print({
      bench: 'answer of a page, 50,000 people',
      page: name,
      middleMs: Math.round(times[Math.floor(ANSWERS / 2)]),
      worstMs: Math.round(times.at(-1)),
      aim: 50,
    })
  }
  await context.close()
}

/** Somebody of another organisation who reloads the results of a small subscription again and again. `stop()` gives how long each answer took. */
async function startReader(browser, { portal, sandbox }) {
  const context = await browser.newContext({ baseURL: portal })
  context.setDefaultTimeout(PATIENCE_MS)
  const path = await connect(await context.newPage(), sandbox, { people: 12, assignments: 30, consented: true })
  const waits = []
  let reading = true
  const ended = (async () => {
    while (reading) {
      const began = performance.now()
      await (await context.request.get(path)).body()
      waits.push(performance.now() - began)
    }
  })()
  return {
    async stop() {
      reading = false
      await ended
      await context.close()
      return waits.sort((one, other) => one - other)
    },
  }
}

/** Signs in and connects a subscription, as the tests do; gives the path of its results. */
async function connect(page, sandbox, spec) {
  const body = JSON.stringify({ seed: crypto.randomUUID(), ...spec })
  const asked = await fetch(`${sandbox}/_sandbox/worlds`, { method: 'POST', body })
  const { accounts, subscriptions } = await asked.json()
  const pickOwner = () =>
    page.getByRole('button', { name: accounts.find(({ kind }) => kind === 'owner').username }).click()
  await page.goto('/signin?next=%2Fintegrations')
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click()
  await pickOwner()
  await page.waitForURL(/\/integrations$/)
  await page.goto('/integrations/azure/connect/subscription')
  await page.getByLabel('Azure subscription ID').fill(subscriptions[0].id)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: 'Continue to Microsoft' }).click()
  await pickOwner()
  const accept = page.getByRole('button', { name: 'Accept' })
  const ready = page.getByRole('button', { name: 'Connect', exact: true })
  await accept.or(ready).waitFor()
  if (await accept.isVisible()) await accept.click()
  await ready.click()
  await page.getByRole('status').filter({ hasText: 'Synced' }).waitFor()
  const href = await page
    .goto('/integrations')
    .then(() =>
      page
        .locator('main a[href^="/integrations/azure/"]')
        .evaluateAll((links) => links.map((link) => link.getAttribute('href'))),
    )
  return href.find((path) => /\/azure\/[0-9a-f-]{36}$/.test(path))
}

/** What Next.js gives every page of every portal: React, its client and Next's own. */
function sharedScripts() {
  const { rootMainFiles } = JSON.parse(readFileSync(join(projectRoot, '.next/build-manifest.json'), 'utf8'))
  return new Set(rootMainFiles.map((file) => `/_next/${file}`))
}

/** Every script that a page loads, until the network is still, with its size gzipped, the largest first. */
async function scriptsOf(context, path) {
  const page = await context.newPage()
  const loaded = new Map()
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') loaded.set(new URL(response.url()).pathname, response)
  })
  await page.goto(path, { waitUntil: 'networkidle' })
  const scripts = await Promise.all(
    [...loaded].map(async ([script, response]) => ({
      path: script,
      gzipped: gzipSync(await response.body(), { level: 9 }).length,
    })),
  )
  await page.close()
  return scripts.sort((one, other) => other.gzipped - one.gzipped)
}

const kilobytes = (scripts) => Math.round(scripts.reduce((sum, { gzipped }) => sum + gzipped, 0) / 100) / 10
