import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { checkImports } from './check-imports.mjs'

const folders = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** A project of its own with these files. */
function project(files) {
  const root = mkdtempSync(join(tmpdir(), 'rolecall-imports-'))
  folders.push(root)
  const tsconfig = { compilerOptions: { paths: { '@/*': ['./*'] } } }
  for (const [name, text] of Object.entries({ ...files, 'tsconfig.json': JSON.stringify(tsconfig) })) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return root
}

test('a page that reaches past the query modules is found', async () => {
  const root = project({
    'app/page.tsx':
      "import { getDb } from '@/db/client'\nimport { sql } from 'drizzle-orm'\nexport default () => getDb(sql)",
    'db/client.ts': 'export const getDb = (value) => value',
  })
  expect(await checkImports(root)).toEqual([
    'app/page.tsx must not import db/client.ts',
    'app/page.tsx must not import drizzle-orm',
  ])
})

test('a component may use types of any room, but values of the domain only', async () => {
  const root = project({
    'components/tile.tsx':
      "import type { Row } from '@/db/schema/access'\nimport { explain } from '@/lib/domain/problems'\nimport { run } from '@/lib/sync/run'\nexport const tile = (row: Row) => explain(run(row))",
    'db/schema/access.ts': 'export type Row = string',
    'lib/domain/problems.ts': 'export const explain = (row) => row',
    'lib/sync/run.ts': 'export const run = (row) => row',
  })
  expect(await checkImports(root)).toEqual(['components/tile.tsx must not import lib/sync/run.ts'])
})

test('the database room does not even know the types of others', async () => {
  const root = project({
    'db/schema/access.ts': "import type { Code } from '@/lib/log'\nexport type Row = Code",
    'lib/log.ts': 'export type Code = string',
  })
  expect(await checkImports(root)).toEqual(['db/schema/access.ts must not import lib/log.ts'])
})

test('a cycle is found and named along its files', async () => {
  const root = project({
    'lib/one.ts': "import { two } from './two'\nexport const one = () => two()",
    'lib/two.ts': "import { one } from './one'\nexport const two = () => one()",
  })
  expect(await checkImports(root)).toEqual(['import cycle: lib/one.ts -> lib/two.ts -> lib/one.ts'])
})

test('a circle of types counts as one', async () => {
  const root = project({
    'lib/one.ts': "import type { Two } from './two'\nexport type One = { two: Two }",
    'lib/two.ts': "import {\n  type One,\n} from './one'\nexport type Two = { one: One }",
  })
  expect(await checkImports(root)).toEqual(['import cycle: lib/one.ts -> lib/two.ts -> lib/one.ts'])
})

test('only tests import what is made for testing', async () => {
  const root = project({
    'lib/sync/run.ts': "import { world } from '@/testing/world'\nexport const run = () => world",
    'lib/sync/run.test.ts': "import { world } from '@/testing/world'\nexport const run = () => world",
    'testing/world.ts': 'export const world = 1',
  })
  expect(await checkImports(root)).toEqual(['lib/sync/run.ts must not import testing/world.ts'])
})
