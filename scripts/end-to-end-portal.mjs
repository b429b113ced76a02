import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildPortal } from './build-portal.mjs'
import { startChild, stopChildren } from './child-processes.mjs'
import { cleanEnvironment } from './clean-environment.mjs'
import { freePort } from './free-port.mjs'
import { waitForAnswer } from './wait-for-answer.mjs'

/**
 * Playwright's global set-up: the production build, started as a person starts it, on free ports and an empty data
 * folder. Tests find the portal by `baseURL` and its small Microsoft by SANDBOX_URL.
 */
export default async function endToEndPortal() {
  await buildPortal()
  const dataDir = mkdtempSync(join(tmpdir(), 'rolecall-e2e-'))
  const port = await freePort()
  const sandboxPort = await freePort()
  process.env.PORTAL_URL = `http://localhost:${port}`
  process.env.SANDBOX_URL = `http://localhost:${sandboxPort}`

  const settings = { PORT: String(port), SANDBOX_PORT: String(sandboxPort), DATA_DIR: dataDir, LOG_LEVEL: 'warn' }
  const started = startChild(process.execPath, ['scripts/start.mjs', '--no-install'], cleanEnvironment(settings))
  await waitForAnswer('portal', `http://127.0.0.1:${port}/api/health`, started)

  return async () => {
    await stopChildren()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
