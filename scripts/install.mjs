import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandFailed, runCommand } from './child-processes.mjs'
import { announce, projectRoot, Refusal } from './project.mjs'

/**
 * Installs the locked dependencies, when what is installed is not what the lock file says. `development` asks for the
 * tools of tests and checks too; without it they are left out, unless they were there before.
 */
export async function install({ development }) {
  if (isInstalled({ development })) return
  const withTools = development || existsSync(join(projectRoot, 'node_modules/vitest'))
  const args = ['ci', withTools ? '--include=dev' : '--omit=dev', '--no-audit', '--no-fund']
  try {
    await announce('Installing dependencies', () => npm(args))
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    process.stderr.write(error.output)
    throw new Refusal('npm could not install the dependencies; its own words are above.')
  }
}

/** npm writes node_modules/.package-lock.json last, so an installation that was broken off does not count. */
function isInstalled({ development }) {
  const file = join(projectRoot, 'node_modules/.package-lock.json')
  if (!existsSync(file)) return false
  const { packages: installed } = JSON.parse(readFileSync(file, 'utf8'))
  const { packages: locked } = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8'))
  return Object.entries(locked).every(([path, { version, dev, devOptional, optional }]) => {
    const mayBeMissing = path === '' || optional || devOptional || (dev && !development)
    return installed[path] ? installed[path].version === version : mayBeMissing
  })
}

/** Runs npm and gives what it printed. `npm start` says where npm is; started by hand, it is looked for on the path. */
export function npm(args) {
  const cli = process.env.npm_execpath
  return cli?.endsWith('.js') ? runCommand(process.execPath, [cli, ...args]) : runCommand('npm', args)
}
