import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildPortal } from './build-portal.mjs'
import { startChild, stopChildren, waitForAnswer } from './child-processes.mjs'
import { cleanEnvironment } from './clean-environment.mjs'
import { freePort } from './ports.mjs'
import { projectRoot } from './project.mjs'

/**
 * Playwright's global set-up: the production build, started as a person starts it, on free ports and an empty data
 * folder. Tests find the portal by `baseURL`, its small Microsoft by SANDBOX_URL, and what it wrote by PORTAL_DATA and
 * PORTAL_LOG, because no secret may stand in either. The log also names what the portal asked itself for.
 */
export default async function endToEndPortal() {
  await buildPortal()
  const folder = mkdtempSync(join(tmpdir(), 'rolecall-e2e-'))
  const dataDir = join(folder, 'data')
  const logFile = join(folder, 'portal.log')
  const port = await freePort()
  const sandboxPort = await freePort()
  process.env.PORTAL_URL = `http://localhost:${port}`
  process.env.SANDBOX_URL = `http://localhost:${sandboxPort}`
  process.env.PORTAL_DATA = dataDir
  process.env.PORTAL_LOG = logFile

  const settings = {
    PORT: String(port),
    SANDBOX_PORT: String(sandboxPort),
    DATA_DIR: dataDir,
    LOG_LEVEL: 'debug',
    // All browsers of the tests have one address, and several people sign in with them at a time.
    SIGN_INS_PER_MINUTE: '120',
    // So that a test can come from an address of its own.
    TRUSTED_PROXIES: '1',
    NODE_OPTIONS: `--import=${pathToFileURL(join(projectRoot, 'scripts/note-own-requests.mjs'))}`,
  }
  const log = openSync(logFile, 'w')
  const started = startChild(process.execPath, ['scripts/start.mjs', '--no-install'], cleanEnvironment(settings), log)
  closeSync(log)
  try {
    await waitForAnswer('portal', `http://127.0.0.1:${port}/api/health`, started)
  } catch (error) {
    process.stderr.write(readFileSync(logFile))
    throw error
  }

  return async () => {
    await stopChildren()
    rmSync(folder, { recursive: true, force: true })
  }
}
