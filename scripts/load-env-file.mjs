import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from './project-root.mjs'
import { Refusal } from './refusal.mjs'

/** Adds the settings of `.env`, if there is one, to the environment. What is already set stays. */
export function loadEnvFile() {
  const file = join(projectRoot, '.env')
  if (!existsSync(file)) return
  if (!process.loadEnvFile)
    throw new Refusal('Reading .env needs Node.js 20.12 or newer; on this one, export the settings instead.')
  process.loadEnvFile(file)
}
