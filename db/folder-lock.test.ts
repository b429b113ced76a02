import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FolderLocked, lockFolder } from './folder-lock'

/** Tries to take the lock for every line that it is sent, answers `held` or why not, and lives until it is killed. */
const TAKER = `
  import { createInterface } from 'node:readline'
  const { lockFolder } = await import(process.argv[1])
  console.log('ready')
  for await (const path of createInterface({ input: process.stdin })) {
    try { lockFolder(path); console.log('held') } catch (error) { console.log(error.name + ': ' + error.message) }
  }`

type Taker = {
  pid: number
  child: ChildProcess
  say(path: string): void
  hear(): Promise<string>
  kill(): Promise<void>
}

let folder: string
let path: string
let takers: Taker[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rolecall-lock-'))
  path = join(folder, 'db.lock')
  takers = []
})

afterEach(async () => {
  await Promise.all(takers.map((taker) => taker.kill()))
  rmSync(folder, { recursive: true })
})

async function startTaker(): Promise<Taker> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', TAKER, resolve('db/folder-lock.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const taker: Taker = {
    pid: child.pid ?? 0,
    child,
    say: (line) => void child.stdin.write(`${line}\n`),
    hear: async () => String((await lines.next()).value),
    kill: async () => {
      if (child.signalCode || child.exitCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
  takers.push(taker)
  expect(await taker.hear()).toBe('ready')
  return taker
}

test('the lock is released, and can be taken again', () => {
  lockFolder(path)()
  expect(readdirSync(folder)).toEqual([])
  lockFolder(path)()
})

test('a second process is refused and told the pid of the first', async () => {
  const [first, second] = [await startTaker(), await startTaker()]
  first.say(path)
  expect(await first.hear()).toBe('held')
  second.say(path)
  expect(await second.hear()).toContain(`FolderLocked: The database folder is in use by process ${first.pid}.`)
})

test('the lock of a killed process is taken over, and nothing but the new lock remains', async () => {
  const first = await startTaker()
  first.say(path)
  await first.hear()
  await first.kill()
  const release = lockFolder(path)
  expect(JSON.parse(readFileSync(path, 'utf8')).pid).toBe(process.pid)
  expect(readdirSync(folder)).toEqual(['db.lock'])
  release()
  expect(existsSync(path)).toBe(false)
})

test('of twenty processes that take over a dead lock at once, exactly one wins, every time', async () => {
  let alive = await Promise.all(Array.from({ length: 20 }, startTaker))
  for (let round = 0; round < 10; round++) {
    for (const taker of alive) taker.say(path)
    const answers = await Promise.all(alive.map(async (taker) => ({ taker, answer: await taker.hear() })))
    const winners = answers.filter(({ answer }) => answer === 'held')
    expect(winners).toHaveLength(1)
    const losers = answers.filter(({ answer }) => answer.startsWith('FolderLocked: The database folder is in use by'))
    expect(losers).toHaveLength(alive.length - 1)
    await winners[0]?.taker.kill()
    alive = losers.map(({ taker }) => taker)
  }
})

test('a lock is taken over only from a process that is certainly dead, whatever its file says', async () => {
  const dead = await startTaker()
  await dead.kill()
  lockFolder(path)
  const mine = JSON.parse(readFileSync(path, 'utf8'))
  fc.assert(
    fc.property(
      fc.record({
        pid: fc.constantFrom(process.pid, dead.pid),
        host: fc.constantFrom(mine.host, 'elsewhere'),
        boot: fc.constantFrom(mine.boot, 'an earlier boot'),
        started: fc.constantFrom(mine.started, '1', null),
        token: fc.uuid(),
      }),
      (holder) => {
        const here = holder.host === mine.host
        const sameProcess = holder.pid === process.pid && (holder.started === null || holder.started === mine.started)
        const lives = !here || (holder.boot === mine.boot && sameProcess)
        const before = JSON.stringify(holder)
        writeFileSync(path, before)
        if (!lives) return lockFolder(path)()
        expect(() => lockFolder(path)).toThrow(FolderLocked)
        expect(readFileSync(path, 'utf8')).toBe(before)
      },
    ),
  )
})

test('a damaged lock file is never taken over, but explained', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      writeFileSync(path, text)
      expect(() => lockFolder(path)).toThrow(/is damaged\. If no Rolecall runs on this folder, delete that file/)
      expect(readFileSync(path, 'utf8')).toBe(text)
    }),
  )
})

test('a release never removes the lock of another', () => {
  const release = lockFolder(path)
  const other = JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), token: 'another' })
  writeFileSync(path, other)
  release()
  expect(readFileSync(path, 'utf8')).toBe(other)
})
