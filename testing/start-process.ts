import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/**
 * Starts one of our programs in a process of its own, for tests that stop, freeze or kill it. `hear` waits for a line of
 * its standard output that the given function accepts, whether it was written before or is still to come.
 */
export function startProcess(program: string, words: string[] = [], settings: Record<string, string | undefined> = {}) {
  const loader = program.endsWith('.ts') ? ['--import', 'tsx'] : []
  const child: ChildProcess = spawn(process.execPath, [...loader, program, ...words], {
    // The tests' own level is silent, and what a process says is what its test hears.
    env: { ...process.env, LOG_LEVEL: 'info', ...settings },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  const lines: string[] = []
  const complaints: string[] = []
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of listeners) listener()
  }
  if (!child.stdout || !child.stderr) throw new Error('The process has no output.')
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    tell()
  })
  createInterface({ input: child.stderr }).on('line', (line) => complaints.push(line))
  child.once('close', tell)

  return {
    lines,
    complaints,
    exit,
    say: (line: string) => child.stdin?.write(`${line}\n`),
    signal: (signal: NodeJS.Signals) => child.kill(signal),
    /** The first line from number `from` on that `wanted` accepts. */
    hear: (wanted: (line: string) => boolean, from = 0): Promise<string> =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.slice(from).find(wanted)
          const ended = child.exitCode !== null || child.signalCode !== null
          if (found === undefined && !ended) return
          listeners.delete(look)
          if (found !== undefined) resolve(found)
          else reject(new Error(`It ended without saying so. It said: ${[...lines, ...complaints].join('\n')}`))
        }
        listeners.add(look)
        look()
      }),
    async end(signal: NodeJS.Signals = 'SIGKILL') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      return exit
    },
  }
}

export type SpokenProcess = ReturnType<typeof startProcess>
