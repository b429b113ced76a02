import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import { waitForAnswer } from './child-processes.mjs'
import { cleanEnvironment } from './clean-environment.mjs'
import { freePort, tryPort } from './ports.mjs'
import { projectRoot } from './project.mjs'

test.skipIf(process.platform === 'win32')('ending npm by its process id ends what it started', async () => {
  const port = await freePort()
  const npm = spawn('npm', ['run', 'sandbox', '--', '--no-install'], {
    cwd: projectRoot,
    env: cleanEnvironment({ SANDBOX_PORT: String(port), npm_config_update_notifier: 'false' }),
    stdio: 'ignore',
    detached: true, // a group of its own, so that nothing is left behind when this fails
  })
  try {
    await waitForAnswer('sandbox', `http://127.0.0.1:${port}/_sandbox/info`, npm)
    npm.kill('SIGTERM')
    await expect.poll(() => tryPort(port, '127.0.0.1'), { timeout: 10_000 }).toBeNull()
  } finally {
    endGroup(npm.pid)
  }
})

function endGroup(leader) {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}
