import { spawn } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { projectRoot, Refusal } from './project.mjs'

/** A child that has not ended by then is killed: longer than the portal needs to finish what it is answering. */
const GRACE_MS = 10_000

/** A command that failed, with all that it printed. */
export class CommandFailed extends Error {
  name = 'CommandFailed'

  constructor(command, code, output) {
    super(`${command} ended with ${code}`)
    this.code = code
    this.output = output
  }
}

const running = new Set()

/** Starts a program that is meant to stay, on our own output or another. It notices our death by its closed IPC channel. */
export function startChild(program, args, env = process.env, output = 'inherit') {
  return begin(program, args, { env, stdio: ['ignore', output, output, 'ipc'] })
}

/** Runs a program to its end and returns what it printed; throws {@link CommandFailed} when it fails. */
export function runCommand(program, args, { env = process.env } = {}) {
  const child = begin(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output)
      else reject(new CommandFailed([program, ...args].join(' '), code ?? signal, output))
    })
  })
}

/** Asks every child to end, waits for them, and kills what stays. */
export async function stopChildren() {
  await Promise.all([...running].map(stop))
}

function begin(program, args, options) {
  // npm is a shell script on Windows, which only a shell can start.
  const shell = process.platform === 'win32' && program === 'npm'
  const child = spawn(program, args, { cwd: projectRoot, shell, ...options })
  running.add(child)
  const ended = () => running.delete(child)
  child.once('exit', ended)
  child.once('error', ended)
  return child
}

function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return undefined
  return new Promise((resolve) => {
    const kill = setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
    child.once('exit', () => {
      clearTimeout(kill)
      resolve()
    })
    child.kill('SIGTERM')
  })
}

const DEADLINE_MS = 60_000
const POLL_MS = 100

/** Waits until an address answers 200 and returns the answer; gives up when the child that should answer has ended. */
export async function waitForAnswer(name, url, child) {
  const deadline = Date.now() + DEADLINE_MS
  let last = 'no answer'
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Refusal(`The ${name} ended while it was starting; its own words are above.`)
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(5_000) })
      if (response.ok) return response
      last = `status ${response.status}`
    } catch (error) {
      last = error.cause?.code ?? error.name
    }
    await pause(POLL_MS)
  }
  throw new Refusal(`The ${name} did not become ready within ${DEADLINE_MS / 1000} seconds (${last}).`)
}
