import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inContainer, whyNoContainers } from '@/testing/in-container'

/** How many processes are killed while they write. `CHAOS_KILLS` raises it. */
const KILLS = Number(process.env.CHAOS_KILLS ?? 5)

const noContainers = whyNoContainers()

let dataDir: string
const started: ChildProcess[] = []

beforeAll(() => {
  dataDir = join(mkdtempSync(join(tmpdir(), 'rolecall-data-')), 'data')
  // A folder whose making was interrupted: it must be removed, not opened.
  mkdirSync(join(dataDir, 'db.new-interrupted'), { recursive: true })
  writeFileSync(join(dataDir, 'db.new-interrupted', 'PG_VERSION'), '18\n')
})

afterAll(() => {
  for (const child of started) child.kill('SIGKILL')
  rmSync(join(dataDir, '..'), { recursive: true })
})

/** Starts an opener, which with `write` adds rows; with a host name in a container of its own. */
function start({ write = false, host }: { write?: boolean; host?: string } = {}) {
  const command = [process.execPath, '--import', 'tsx', 'testing/embedded-process.ts', ...(write ? ['write'] : [])]
  const [program = '', ...words] = host ? inContainer(host, command).flat() : command
  const child = spawn(program, words, {
    env: { ...process.env, DATA_DIR: dataDir, DATABASE_URL: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  started.push(child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const exit = once(child, 'exit')
  const hear = async (): Promise<string | null> => {
    const { value, done } = await lines.next()
    return done ? null : value
  }
  return {
    pid: child.pid,
    exit,
    hear,
    /** The ids that it found when it opened the database. */
    opened: async () => {
      const line = await hear()
      expect(line).toMatch(/^open/)
      return new Set(line?.split(' ').slice(1).filter(Boolean))
    },
    end: async (signal: 'SIGTERM' | 'SIGKILL') => {
      child.kill(signal)
      return exit
    },
  }
}

test('the folder is made complete and private, only one process can open it, and SIGTERM releases it', async () => {
  const first = start()
  expect(await first.opened()).toEqual(new Set())
  expect(readdirSync(dataDir).sort()).toEqual(['db', 'db.guard', 'db.lock'])
  expect(statSync(join(dataDir, 'db')).mode & 0o777).toBe(0o700)

  const second = start()
  expect(await second.hear()).toContain(`refused FolderLocked: The database folder is in use by process ${first.pid}.`)

  expect(await first.end('SIGTERM')).toEqual([0, null])
  expect(existsSync(join(dataDir, 'db.lock'))).toBe(false)
})

test(`when ${KILLS} processes are killed while they write, no acknowledged row is lost and no half of a transaction stays`, {
  timeout: (1 + KILLS) * 60_000,
}, async () => {
  const acknowledged: string[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    const writer = start({ write: true })
    const found = await writer.opened()
    expect(acknowledged.filter((id) => !found.has(id))).toEqual([])
    for (let rows = Math.ceil(Math.random() * 200); rows > 0; rows--) acknowledged.push(String(await writer.hear()))
    await writer.end('SIGKILL')
    for (let id = await writer.hear(); id !== null; id = await writer.hear()) acknowledged.push(id)
  }
  const last = start()
  const found = await last.opened()
  expect(acknowledged.length).toBeGreaterThanOrEqual(KILLS)
  expect(acknowledged.filter((id) => !found.has(id))).toEqual([])
  await last.end('SIGTERM')
})

test('of two containers with one host name on one folder the second is refused, and no acknowledged row is lost', {
  timeout: 90_000,
}, async ({ skip }) => {
  skip(noContainers !== null, noContainers ?? '')
  const acknowledged: string[] = []
  const first = start({ write: true, host: 'box' })
  await first.opened()
  acknowledged.push(String(await first.hear()))

  const second = start({ write: true, host: 'box' })
  expect(await second.hear()).toContain(
    'refused FolderLocked: The database folder is in use by process 1 of a container',
  )
  for (let rows = 20; rows > 0; rows--) acknowledged.push(String(await first.hear()))
  await first.end('SIGKILL')
  for (let id = await first.hear(); id !== null; id = await first.hear()) acknowledged.push(id)

  const replacement = start({ host: 'another-box' })
  const found = await replacement.opened()
  expect(acknowledged.filter((id) => !found.has(id))).toEqual([])
  await replacement.end('SIGKILL')
})

test('a process whose lock another has taken ends before it writes on', { timeout: 60_000 }, async () => {
  const first = start()
  await first.opened()
  const lock = join(dataDir, 'db.lock')
  writeFileSync(lock, JSON.stringify({ ...JSON.parse(readFileSync(lock, 'utf8')), token: 'another' }))
  expect(await first.exit).toEqual([1, null])
  rmSync(lock)
})

test('the embedded engine ends no statement by its time limit: once it does, let it, and say so where operating is explained', async () => {
  const pglite = await PGlite.create()
  await pglite.exec(`set statement_timeout = '20ms'`)
  const began = performance.now()
  await pglite.query('select pg_sleep(0.2)')
  expect(performance.now() - began).toBeGreaterThan(190)
  await pglite.close()
})
