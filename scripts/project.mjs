import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of package.json, wherever the command was typed. */
export const projectRoot = join(dirname(fileURLToPath(import.meta.url)), '..')

const WANTED_MAJOR = 24

/** The Node.js that everything runs on: the one npm installed, so that the machine's own may be older. */
export function nodeBinary() {
  const installed = join(projectRoot, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (existsSync(installed)) return installed
  if (Number.parseInt(process.versions.node, 10) >= WANTED_MAJOR) return process.execPath
  throw new Refusal('The "node" package has no program in it: install scripts seem to be off. Run `npm rebuild node`.')
}

/** The packages whose command has another name than they. */
const PACKAGE_OF = { biome: '@biomejs/biome', playwright: '@playwright/test', tsc: 'typescript' }

/** The JavaScript file of a dependency's command, to be run by the Node.js we choose and not by the one on the path. */
export function toolFile(command) {
  const folder = join(projectRoot, 'node_modules', PACKAGE_OF[command] ?? command)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bin === 'string' ? bin : bin[command])
}

/** A start that cannot go on; its message is one sentence for whoever started it, shown without a stack. */
export class Refusal extends Error {
  name = 'Refusal'
}

const OLDEST = [20, 9]

/** Refuses a Node.js too old to run even the installation. */
export function requireNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number)
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return
  throw new Refusal(`Node.js ${OLDEST.join('.')} or newer is needed to start; this is ${version}.`)
}

/** Says what is being done while it is done, and how long it took: `Building… (42 s)`. */
export async function announce(label, work) {
  const began = Date.now()
  process.stdout.write(`${label}…`)
  try {
    return await work()
  } finally {
    process.stdout.write(` (${Math.round((Date.now() - began) / 1000)} s)\n`)
  }
}
