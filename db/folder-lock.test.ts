import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { inContainer, whyNoContainers } from '@/testing/in-container'
import { FolderLocked, lockFolder } from './folder-lock'

/** Tries to take the lock for every line that it is sent, answers `held` or why not, and lives until it is killed. */
const TAKER = `
  import { createInterface } from 'node:readline'
  const { lockFolder } = await import(process.argv[1])
  console.log('ready')
  for await (const path of createInterface({ input: process.stdin })) {
    try { await lockFolder(path, () => console.log('lost')); console.log('held') }
    catch (error) { console.log(error.name + ': ' + error.message) }
  }`

/** Renewed so often that a lease of `PATIENT` is not old by accident on a busy machine. */
const PATIENT = { renewalMs: 100, ageMs: 3_000 }
const HASTY = { renewalMs: 10, ageMs: 50 }

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
let releases: (() => void)[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rolecall-lock-'))
  path = join(folder, 'db.lock')
  takers = []
  releases = []
})

afterEach(async () => {
  for (const release of releases) release()
  await Promise.all(takers.map((taker) => taker.kill()))
  rmSync(folder, { recursive: true })
})

const neverLost = () => {
  throw new Error('The lock was lost.')
}

async function lock(whenLost: () => void = neverLost, lease = PATIENT): Promise<() => void> {
  const release = await lockFolder(path, whenLost, lease)
  const once = () => {
    releases = releases.filter((other) => other !== once)
    release()
  }
  releases.push(once)
  return once
}

async function startTaker(host?: string): Promise<Taker> {
  const command = [
    process.execPath,
    '--import',
    'tsx',
    '--input-type=module',
    '-e',
    TAKER,
    resolve('db/folder-lock.ts'),
  ]
  const [program = '', ...words] = host ? inContainer(host, command).flat() : command
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] })
  const closed = once(child, 'close') // nobody has its output any more: what it started in a container is gone as well
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const taker: Taker = {
    pid: child.pid ?? 0,
    child,
    say: (line) => void child.stdin.write(`${line}\n`),
    hear: async () => String((await lines.next()).value),
    kill: async () => {
      child.kill('SIGKILL')
      await closed
    },
  }
  takers.push(taker)
  expect(await taker.hear()).toBe('ready')
  return taker
}

async function startHolder(host?: string): Promise<Taker> {
  const holder = await startTaker(host)
  holder.say(path)
  expect(await holder.hear()).toBe('held')
  return holder
}

const lockFile = () => JSON.parse(readFileSync(path, 'utf8'))

test('the lock is released, and can be taken again in the same process', async () => {
  const release = await lock()
  await expect(lock()).rejects.toThrow(`The database folder is in use by process ${process.pid}.`)
  release()
  expect(existsSync(path)).toBe(false)
  await lock()
})

test('a second process is refused and told the pid of the first', async () => {
  const [first, second] = [await startHolder(), await startTaker()]
  second.say(path)
  expect(await second.hear()).toContain(`FolderLocked: The database folder is in use by process ${first.pid}.`)
})

test('the lock of a killed process is taken over at once, and nothing else of it remains', async () => {
  const first = await startHolder()
  await first.kill()
  const release = await lock()
  expect(lockFile().pid).toBe(process.pid)
  expect(readdirSync(folder).sort()).toEqual(['db.guard', 'db.lock'])
  expect(statSync(join(folder, 'db.guard')).size).toBe(0)
  release()
  expect(readdirSync(folder)).toEqual(['db.guard'])
})

test('a holder that is frozen is not robbed, however old its lease has become', async () => {
  const first = await startHolder()
  first.child.kill('SIGSTOP')
  const frozen = readFileSync(path, 'utf8')
  writeFileSync(path, frozen.replace(/"renewed":"[^"]*"/, '"renewed":"2020-01-01T00:00:00.000Z"'))
  await expect(lock(neverLost, HASTY)).rejects.toThrow(`in use by process ${first.pid}.`)
  writeFileSync(path, frozen)
  first.child.kill('SIGCONT')
})

test('of twenty processes that take over a dead lock at once, exactly one wins, every time', {
  timeout: 120_000,
}, async () => {
  let alive = await Promise.all(Array.from({ length: 20 }, () => startTaker()))
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

const noContainers = whyNoContainers()

test('of two containers with one host name, both alive, the second is refused and told where the first is', async ({
  skip,
}) => {
  skip(noContainers !== null, noContainers ?? '')
  const [, second] = [await startHolder('box'), await startTaker('box')]
  expect(lockFile()).toMatchObject({ host: 'box', pid: 1 })
  second.say(path)
  expect(await second.hear()).toContain(
    'FolderLocked: The database folder is in use by process 1 of a container on box.',
  )
})

test('the lock of a killed container is taken over at once under another host name', async ({ skip }) => {
  skip(noContainers !== null, noContainers ?? '')
  const [first, second] = [await startHolder('box-a'), await startTaker('box-b')]
  await first.kill()
  expect(lockFile().host).toBe('box-a')
  const began = performance.now()
  second.say(path)
  expect(await second.hear()).toBe('held')
  expect(performance.now() - began).toBeLessThan(5_000) // a lease is watched for 30 seconds
  expect(lockFile().host).toBe('box-b')
})

test('a container that lives is not robbed when somebody deletes the file that the kernel locked', async ({ skip }) => {
  skip(noContainers !== null, noContainers ?? '')
  await startHolder('box')
  rmSync(join(folder, 'db.guard'))
  await expect(lock(neverLost, { renewalMs: 1_000, ageMs: 20_000 })).rejects.toThrow('in use by process 1 on box.')
})

test('on another machine a lease that is renewed is respected, and one that nobody renews is taken over', async () => {
  await lock()
  const elsewhere = { ...lockFile(), host: 'elsewhere', boot: randomUUID(), token: randomUUID() }
  for (const release of releases) release()

  writeFileSync(path, JSON.stringify(elsewhere))
  let renewals = 0
  const renewing = setInterval(
    () => writeFileSync(path, JSON.stringify({ ...elsewhere, renewed: `${renewals++}` })),
    20,
  )
  await expect(lock()).rejects.toThrow(`in use by process ${elsewhere.pid} on elsewhere.`)
  clearInterval(renewing)
  expect(lockFile().token).toBe(elsewhere.token)

  const began = performance.now()
  await lock(neverLost, { renewalMs: 10, ageMs: 300 })
  expect(performance.now() - began).toBeGreaterThanOrEqual(300)
  expect(lockFile().pid).toBe(process.pid)
})

test('a damaged lock file, as a power cut may leave it, is taken over once nobody is seen to write it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
      writeFileSync(path, text)
      const release = await lock(neverLost, HASTY)
      expect(lockFile().pid).toBe(process.pid)
      release()
    }),
    { numRuns: 20 },
  )
})

test('the lock of an earlier version is taken over only when its process is certainly dead', async () => {
  const dead = await startTaker()
  await dead.kill()
  await lock()
  const mine = lockFile()
  for (const release of releases) release()
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        pid: fc.constantFrom(process.pid, dead.pid),
        host: fc.constantFrom(mine.host, 'elsewhere'),
        boot: fc.constantFrom(mine.boot, 'an earlier boot'),
        started: fc.constantFrom(mine.started, '1', null),
        token: fc.uuid(),
      }),
      async (holder) => {
        const here = holder.host === mine.host
        const seesAll = process.platform !== 'linux' || mine.namespace === 'pid:[4026531836]'
        const sameProcess = holder.pid === process.pid && (holder.started === null || holder.started === mine.started)
        const lives = !here || (holder.boot === mine.boot && (!seesAll || sameProcess))
        const before = JSON.stringify(holder)
        writeFileSync(path, before)
        if (!lives) return (await lock())()
        await expect(lock()).rejects.toThrow(FolderLocked)
        expect(readFileSync(path, 'utf8')).toBe(before)
      },
    ),
  )
})

test('the sentence about an earlier version elsewhere says what to delete', async () => {
  writeFileSync(path, JSON.stringify({ pid: 7, host: 'elsewhere', boot: null, started: null, token: randomUUID() }))
  await expect(lock()).rejects.toThrow(
    `The database folder is in use by process 7 on elsewhere. If that Rolecall, an earlier version, no longer runs there, delete ${path} and start again.`,
  )
})

test('an earlier version that starts now finds a lock that it understands', async () => {
  await lock()
  const { pid, host, boot, started, token } = lockFile()
  expect(pid).toBe(process.pid)
  expect(typeof host).toBe('string')
  expect(typeof token).toBe('string')
  if (process.platform !== 'linux') return
  expect(boot).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim())
  expect(started).toBe(readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ')[19])
})

test('the lease is renewed, and restored when somebody deletes the lock file', async () => {
  await lock(neverLost, { renewalMs: 20, ageMs: 1_000 })
  const { renewed } = lockFile()
  await vi.waitFor(() => expect(lockFile().renewed).not.toBe(renewed))
  rmSync(path)
  await vi.waitFor(() => expect(existsSync(path)).toBe(true))
})

test('whoever finds the name of another in its lock file is told once, and never removes it', async () => {
  const whenLost = vi.fn()
  const release = await lock(whenLost, { renewalMs: 20, ageMs: 1_000 })
  const other = JSON.stringify({ ...lockFile(), token: randomUUID() })
  writeFileSync(path, other)
  await vi.waitFor(() => expect(whenLost).toHaveBeenCalledOnce())
  release()
  expect(readFileSync(path, 'utf8')).toBe(other)
})
