import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from './project-root.mjs'

/** The packages whose command has another name than they. */
const PACKAGE_OF = { biome: '@biomejs/biome', playwright: '@playwright/test', tsc: 'typescript' }

/** The JavaScript file of a dependency's command, to be run by the Node.js we choose and not by the one on the path. */
export function toolFile(command) {
  const folder = join(projectRoot, 'node_modules', PACKAGE_OF[command] ?? command)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bin === 'string' ? bin : bin[command])
}
