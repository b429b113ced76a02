import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandFailed, runCommand } from './child-processes.mjs'
import { announce, nodeBinary, projectRoot, Refusal, toolFile } from './project.mjs'

const BUILT_FROM = ['app', 'components', 'db', 'lib', 'public', 'scripts/build-portal.mjs']
const STAMP = join(projectRoot, '.next/built-from')

/** Builds the portal for production, unless what it is built from is what it was built from last. */
export async function buildPortal() {
  const sources = hashOfSources()
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === sources) return
  // What `npm run dev` noted of the routes it saw: a page moved since then would fail the types of this build.
  rmSync(join(projectRoot, '.next/dev/types'), { recursive: true, force: true })
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' }
  try {
    await announce('Building', () => runCommand(nodeBinary(), [toolFile('next'), 'build'], { env }))
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    process.stderr.write(error.output)
    throw new Refusal('The portal could not be built; the reason is above.')
  }
  leaveOutSources()
  writeFileSync(STAMP, sources)
}

/**
 * Takes the text of the sources out of the maps by which a line of the log names a place in the code. Node.js keeps the maps of all that
 * it has loaded in memory, and the places do not need the text.
 */
function leaveOutSources() {
  const folder = join(projectRoot, '.next/server')
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!name.endsWith('.js.map')) continue
    const map = JSON.parse(readFileSync(join(folder, name), 'utf8'))
    for (const one of [map, ...(map.sections ?? []).map((section) => section.map)]) delete one.sourcesContent
    writeFileSync(join(folder, name), JSON.stringify(map))
  }
}

function hashOfSources() {
  const hash = createHash('sha256')
  const rootFiles = readdirSync(projectRoot).filter((name) => /\.(ts|mjs|json)$/.test(name) && name !== 'next-env.d.ts')
  for (const file of [...rootFiles, ...BUILT_FROM.flatMap(filesBelow)].sort()) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(projectRoot, file)))
  }
  return hash.digest('hex')
}

function filesBelow(path) {
  if (!existsSync(join(projectRoot, path))) return []
  if (/\.mjs$/.test(path)) return [path]
  return readdirSync(join(projectRoot, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(projectRoot.length + 1))
}
