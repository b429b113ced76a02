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

/** A file may be named without its ending. */
const isThere = (path) => ['', '.ts', '.tsx', '.mjs'].some((ending) => existsSync(join(projectRoot, path + ending)))
