import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { startProcess } from '@/testing/start-process'
import type { Reply, Wanted } from './portal-process'

const CACHE = join('node_modules', '.cache', 'rolecall')

/** Bundles the program that is killed, once: translating it at each of hundreds of starts would take most of the time. */
export async function bundlePortal(): Promise<string> {
  mkdirSync(CACHE, { recursive: true })
  const outfile = join(CACHE, `chaos-portal-${randomUUID()}.mjs`)
  await build({
    entryPoints: ['chaos/portal-process.ts'],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  })
  return outfile
}

type Told = Promise<{ result?: unknown; error?: string; killed?: true }>

/** Starts that program and waits until it serves. `tell` gives a command and what came of it, or that it was killed first. */
export async function startPortal(program: string, words: string[], settings: Record<string, string | undefined>) {
  const child = startProcess(program, words, settings)
  let last = 0
  await child.hear((line) => line.startsWith('reply '))
  return {
    ...(await child),
    async tell(command: Wanted): Told {
      const id = ++last
      child.say(JSON.stringify({ id, ...command }))
      const mine = `reply {"id":${id}`
      try {
        const line = await child.hear((one) => one.startsWith(`${mine},`) || one === `${mine}}`)
        return JSON.parse(line.slice('reply '.length)) as Reply
      } catch {
        return { killed: true }
      }
    },
    /** All that it wrote apart from its replies: its log. */
    log: () => [...child.lines.filter((line) => !line.startsWith('reply ')), ...child.complaints].join('\n'),
  }
}

export type ToldProcess = Awaited<ReturnType<typeof startPortal>>
