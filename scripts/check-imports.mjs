import { globSync, readFileSync } from 'node:fs'
import { dirname, join, matchesGlob } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { importRules } from './import-rules.mjs'
import { projectRoot } from './project-root.mjs'

/**
 * Holds the house plan: which room may import which (scripts/import-rules.mjs), and no cycles. The import graph is
 * esbuild's, so paths are really resolved and imports of types, which vanish in the build, do not count.
 */
export async function checkImports(root) {
  const patterns = ['*.{ts,tsx}', '{app,components,lib,db,sandbox,testing,e2e,bench}/**/*.{ts,tsx}']
  const files = globSync(patterns, { cwd: root }).filter((file) => !file.endsWith('.d.ts'))
  const graph = await importGraph(root, files.sort())
  const problems = []
  for (const [file, imports] of graph) {
    const rule = importRules.find(({ room }) => matchesGlob(file, room))
    const wanted = rule.typesToo ? [...imports, ...typeImports(root, file)] : imports
    for (const path of wanted.map((found) => refused(rule, file, found)).filter(Boolean)) {
      problems.push(`${file} must not import ${path}`)
    }
  }
  for (const cycle of cycles(graph)) problems.push(`import cycle: ${cycle.join(' -> ')}`)
  return problems
}

async function importGraph(root, files) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: files,
    bundle: true,
    write: false,
    metafile: true,
    outdir: 'unused',
    packages: 'external',
    platform: 'node',
    format: 'esm',
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

function typeImports(root, file) {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/^(?:import|export) type [^'"]*from ['"]([^'"]+)['"]/gm)].map(([, specifier]) => {
    if (specifier.startsWith('@/')) return { path: specifier.slice(2), ours: true }
    if (specifier.startsWith('.')) return { path: join(dirname(file), specifier), ours: true }
    return { path: specifier, ours: false }
  })
}

/** Each cycle once, as the files along it. */
function cycles(graph) {
  const found = []
  const done = new Set()
  const walk = (file, trail) => {
    const at = trail.indexOf(file)
    if (at >= 0) found.push([...trail.slice(at), file])
    if (at >= 0 || done.has(file)) return
    for (const { path, ours } of graph.get(file) ?? []) if (ours) walk(path, [...trail, file])
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
