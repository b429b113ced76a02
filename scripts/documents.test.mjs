import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from './project.mjs'

/** A path of this project between backticks: it begins with a folder of the project, and is no pattern. */
const PATH = /`((?:app|bench|components|db|docs|e2e|lib|sandbox|scripts|testing)\/[\w./()[\]-]*[\w)\]])\/?`/g

test.each(globSync('{*,docs/*,bench/*}.md', { cwd: projectRoot }))('every file that %s names is there', (document) => {
  const text = readFileSync(join(projectRoot, document), 'utf8')
  const missing = [...text.matchAll(PATH)].map(([, path]) => path).filter((path) => !isThere(path))
  expect([...new Set(missing)]).toEqual([])
})

test('every event of the log stands in docs/operating.md, and every event there is one of the log', () => {
  const text = readFileSync(join(projectRoot, 'docs/operating.md'), 'utf8')
  const [, table = ''] = text.split('| `event` | level | tells |')
  const rows = table.split('\n\n')[0].split('\n').slice(2)
  const told = rows.flatMap((row) => [...row.split('|')[1].matchAll(/`(\w+)`/g)].map(([, event]) => event))
  const sources = globSync('{*,{app,components,db,lib}/**/*}.{ts,tsx}', { cwd: projectRoot })
  const written = sources
    .filter((file) => !file.includes('.test.'))
    .map((file) => readFileSync(join(projectRoot, file), 'utf8'))
    .flatMap((source) => [...source.matchAll(/(?:event: |logFailure\()'(\w+)'/g)].map(([, event]) => event))
  expect([...new Set(told)].sort()).toEqual([...new Set(written)].sort())
})

/** A file may be named without its ending. */
const isThere = (path) => ['', '.ts', '.tsx', '.mjs'].some((ending) => existsSync(join(projectRoot, path + ending)))
