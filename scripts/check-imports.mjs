import { globSync, readFileSync } from 'node:fs'
import { matchesGlob } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { importRules } from './import-rules.mjs'
import { projectRoot } from './project.mjs'

/**
 * Checks which room imports which (scripts/import-rules.mjs), and that no files import each other in a circle. The import
 * graph is esbuild's, so paths are really resolved. It is made twice: as it runs, where imports of types have vanished,
 * and with them; circles are looked for in the second.
 */
export async function checkImports(root) {
  const patterns = ['*.{ts,tsx}', '{app,components,lib,db,sandbox,testing,e2e,bench,chaos}/**/*.{ts,tsx}']
  const files = globSync(patterns, { cwd: root }).filter((file) => !file.endsWith('.d.ts'))
  const [values, withTypes] = await Promise.all([
    importGraph(root, files.sort(), []),
    importGraph(root, files.sort(), [countTypes(root)]),
  ])
  const problems = []
  for (const file of values.keys()) {
    const rule = importRules.find(({ room }) => matchesGlob(file, room))
    const counted = rule.typesToo ? withTypes.get(file) : values.get(file)
    const paths = new Set(counted.map((found) => refused(rule, file, found)).filter(Boolean))
    for (const path of paths) problems.push(`${file} must not import ${path}`)
  }
  for (const cycle of cycles(withTypes)) problems.push(`import cycle: ${cycle.join(' -> ')}`)
  return problems
}

/** An import or a re-export up to the module's name, over as many lines as it takes. */
const FROM = /^(?:import|export)\s[^'";]*?\sfrom\s+['"]([^'"]+)['"]/gm

/** Makes esbuild see imports of types: each module that a file names is imported once more, for nothing. */
function countTypes(root) {
  return {
    name: 'count-types',
    setup({ onLoad }) {
      onLoad({ filter: /\.tsx?$/ }, ({ path }) => {
        if (!path.startsWith(root) || path.includes('/node_modules/')) return undefined
        const text = readFileSync(path, 'utf8')
        const named = [...text.matchAll(FROM)].map(([, module]) => `\nimport '${module}'`)
        return { contents: text + named.join(''), loader: path.endsWith('x') ? 'tsx' : 'ts' }
      })
    },
  }
}

async function importGraph(root, files, plugins) {
  const { metafile } = await build({
    absWorkingDir: root,
    plugins,
    entryPoints: files,
    bundle: true,
    write: false,
    metafile: true,
    outdir: 'unused',
    packages: 'external',
    platform: 'node',
    format: 'esm',
    // Without it the bundle of each of a thousand files is made for itself, in gigabytes.
    splitting: true,
    jsx: 'automatic',
    loader: { '.css': 'empty', '.svg': 'empty', '.png': 'empty', '.woff2': 'empty', '.sql': 'empty' },
    logLevel: 'silent',
  })
  return new Map(
    Object.entries(metafile.inputs).map(([file, { imports }]) => [
      file,
      imports.map(({ path, external }) => ({ path, ours: !external })),
    ]),
  )
}

/** The path of an import that the rule forbids, or null. */
function refused(rule, file, { path, ours }) {
  if (!ours) return rule.notPackages.some((pattern) => matchesGlob(path, deep(pattern))) ? path : null
  const room = path.split('/')[0]
  const same = matchesGlob(path, rule.room) || (rule.room === `${room}/**` && file.startsWith(`${room}/`))
  return same || rule.ours.some((pattern) => matchesGlob(path, pattern)) ? null : path
}

const deep = (pattern) => pattern.replace(/\/\*$/, '/**')

/** Each cycle once, as the files along it. */
function cycles(graph) {
  const found = []
  const done = new Set()
  const walk = (file, trail) => {
    const at = trail.indexOf(file)
    if (at >= 0) found.push([...trail.slice(at), file])
    if (at >= 0 || done.has(file)) return
    const imported = new Set((graph.get(file) ?? []).filter(({ ours }) => ours).map(({ path }) => path))
    for (const path of imported) walk(path, [...trail, file])
    done.add(file)
  }
  for (const file of [...graph.keys()].sort()) walk(file, [])
  return found
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = await checkImports(projectRoot).catch((error) => {
    if (!error.errors) throw error
    return error.errors.map(({ text, location }) => `${location?.file}:${location?.line} ${text}`)
  })
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length > 0 ? 1 : 0
}
