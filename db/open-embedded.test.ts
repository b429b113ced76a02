import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** How many processes are killed while they write. `CHAOS_KILLS` raises it. */
const KILLS = Number(process.env.CHAOS_KILLS ?? 5)

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

function start(...words: 'write'[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'testing/embedded-process.ts', ...words], {
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
  expect(readdirSync(dataDir).sort()).toEqual(['db', 'db.lock'])
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
    const writer = start('write')
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
