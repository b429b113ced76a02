import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

/** Runs a script that uses `log()` in a process of its own, and gives what it wrote on standard output. */
function logged(script: string): string {
  const program = `import { log } from './lib/log'\n${script}`
  return execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    encoding: 'utf8',
    env: { ...process.env, LOG_LEVEL: 'debug', SANDBOX_URL: 'http://localhost:4000' },
  })
}

test('a value under the name of a secret never reaches the log, at any depth that our lines have', () => {
  const keys = [
    ...['authorization', 'cookie', 'set-cookie', 'code', 'state', 'token', 'access_token', 'refresh_token'],
    ...['id_token', 'client_secret', 'code_verifier', 'sealed', 'params'],
  ]
  const out = logged(`
    for (const key of ${JSON.stringify(keys)}) for (const level of ['error', 'warn', 'info', 'debug']) {
      log()[level]({ event: key, [key]: 'CANARY', one: { [key]: 'CANARY', two: { [key]: 'CANARY' } }, kept: key })
    }`)
  expect(out).not.toContain('CANARY')
  expect(out.trim().split('\n')).toHaveLength(keys.length * 4)
})

test('the log keeps names, codes and places of an error and of its causes, and never a message', () => {
  const out = logged(`
    const { DrizzleQueryError } = await import('drizzle-orm')
    const { AzureError } = await import('./lib/azure/client/errors')
    const database = Object.assign(new Error('duplicate key CANARY'), { code: '23505', detail: 'CANARY', params: ['CANARY'] })
    const query = new DrizzleQueryError('insert CANARY', ['CANARY'], database)
    const lines = Object.assign(new Error('first\\n    at CANARY'), { request: { headers: { authorization: 'CANARY' } }, body: 'CANARY' })
    const azure = new AzureError('throttled', 'CANARY', { correlationId: 'c-1', aadsts: 50076, claims: 'CANARY', cause: query })
    for (const error of [query, lines, azure, new Error('CANARY', { cause: lines }), 'CANARY', { secret: 'CANARY' }])
      log().error({ event: 'e', error })`)
  expect(out).not.toContain('CANARY')
  const [query, lines, azure] = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).error)
  expect(query).toMatchObject({ cause: { name: 'Error', errorCode: '23505' } })
  expect(lines.at[0]).toMatch(/^at /)
  expect(azure).toMatchObject({ name: 'AzureError', errorCode: 'throttled', correlationId: 'c-1', aadsts: 50076 })
})

test('a line is never long, whatever is put into it', () => {
  const out = logged(`
    const long = 'x '.repeat(1_000_000)
    const deep = (depth) => (depth === 0 ? 'CANARY' : { deeper: deep(depth - 1) })
    log().error({ event: 'e', reason: long, list: Array.from({ length: 10_000 }, () => 1), deep: deep(1_000) })`)
  expect(out.length).toBeLessThan(2_000)
  expect(out).not.toContain('CANARY')
  expect(JSON.parse(out)).toMatchObject({ event: 'e' })
})

test('the same warning is written ten times, and how often it came after that when the process ends', () => {
  const out = logged(`
    for (let n = 0; n < 25; n++) log().warn({ event: 'not_ready', runId: String(n), error: new Error('down') })
    for (let n = 0; n < 25; n++) log().info({ event: 'sync_succeeded', runId: String(n) })`)
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.filter(({ event }) => event === 'sync_succeeded')).toHaveLength(25)
  const warnings = lines.filter(({ event }) => event === 'not_ready')
  expect(warnings).toHaveLength(11)
  expect(warnings.map(({ repeated }) => repeated)).toEqual([...Array.from({ length: 10 }), 15])
})
