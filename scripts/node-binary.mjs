import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from './project-root.mjs'
import { Refusal } from './refusal.mjs'

const WANTED_MAJOR = 24

/** The Node.js that everything runs on: the one npm installed, so that the machine's own may be older. */
export function nodeBinary() {
  const installed = join(projectRoot, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (existsSync(installed)) return installed
  if (Number.parseInt(process.versions.node, 10) >= WANTED_MAJOR) return process.execPath
  throw new Refusal('The "node" package has no program in it: install scripts seem to be off. Run `npm rebuild node`.')
}
