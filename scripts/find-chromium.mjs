import { existsSync } from 'node:fs'
import { runCommand } from './child-processes.mjs'
import { announce, nodeBinary, toolFile } from './project.mjs'

// The headless shell comes first: it is what Playwright itself uses, and takes a fifth less time than a whole browser.
const KNOWN_PATHS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium', '/usr/bin/chromium-browser']

/** Where a Chromium is, for Playwright; installs one when the machine has none. */
export async function findChromium() {
  const found = await lookForChromium()
  if (found) return found
  await announce('Installing Chromium', installChromium)
  const installed = await lookForChromium()
  if (!installed) throw new Error('Chromium was installed but is not where it was expected.')
  return installed
}

async function lookForChromium() {
  const own = [process.env.CHROMIUM_PATH, await playwrightPath(), ...KNOWN_PATHS]
  return own.find((path) => path && existsSync(path))
}

function playwrightPath() {
  const script = "import { chromium } from '@playwright/test'; process.stdout.write(chromium.executablePath())"
  return runCommand(nodeBinary(), ['--input-type=module', '--eval', script])
}

/** Debian's package brings the system libraries with it, which Playwright's download does not. */
async function installChromium() {
  const asRootOnDebian = existsSync('/etc/debian_version') && process.getuid?.() === 0
  if (!asRootOnDebian) return runCommand(nodeBinary(), [toolFile('playwright'), 'install', 'chromium'])
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await runCommand('apt-get', ['update'], { env })
  return runCommand('apt-get', ['install', '-y', '--no-install-recommends', 'chromium-headless-shell'], { env })
}
