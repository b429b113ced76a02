import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { openEmbedded } from '../../db/open-embedded'
import { freePort } from './own-portal'

/** What `npm start` says to the person who starts it, and the sandbox beside it: the only lines that are no JSON. */
const HUMAN_WORDS = /^Sandbox ready on .*\n|^\nRolecall is ready at [\s\S]*?^Ctrl-C ends everything\.\n/gm

/** Settings that the test's own environment or a file may have. */
const UNSET = [
  ...['PORTAL_URL', 'SANDBOX_URL', 'DATABASE_URL', 'AUTH_SECRET', 'ENCRYPTION_KEYS', 'HOST', 'WORKER', 'ROLECALL_MODE'],
  ...['AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET', 'AZURE_TENANT_ID', 'AZURE_CLOUD'],
]

/**
 * A portal of a test's own, from the build that is there, with a sandbox and a database of its own. The statements prepare
 * the database, so that what a test asks for fails there.
 */
export async function startLoggedPortal(statements: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'rolecall-own-'))
  await (await openEmbedded(folder)).close()
  // As the user who owns the tables: the portal's own may neither change them nor make functions.
  const pglite = await PGlite.create(join(folder, 'db'))
  for (const statement of statements) await pglite.exec(statement)
  await pglite.close()

  const [port, sandboxPort] = [await freePort(), await freePort()]
  const child = spawn(process.execPath, ['scripts/start.mjs', '--no-install', '--no-build'], {
    env: {
      NODE_ENV: 'test',
      PATH: process.env.PATH,
      PORT: String(port),
      SANDBOX_PORT: String(sandboxPort),
      DATA_DIR: folder,
      LOG_LEVEL: 'debug',
      // Empty, so that no file beside package.json sets them.
      ...Object.fromEntries(UNSET.map((name) => [name, ''])),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close')
  let [out, err] = ['', '']
  child.stderr.setEncoding('utf8').on('data', (text) => (err += text))
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text
      if (out.includes('Rolecall is ready')) resolve()
    })
    child.once('exit', () => reject(new Error(`The portal ended while it was starting: ${out}${err}`)))
  })
  return {
    url: `http://localhost:${port}`,
    /** Ends the portal and gives all that it wrote, line by line, without the words for people. */
    async end(): Promise<string[]> {
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true })
      return [out.replace(HUMAN_WORDS, ''), err].filter(Boolean).flatMap((text) => text.replace(/\n$/, '').split('\n'))
    },
  }
}
