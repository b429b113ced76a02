import { spawnSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'

/** Runs a script in a process whose output is taken over before it begins, and gives what it wrote and how it ended. */
function run(script: string) {
  const first = pathToFileURL('lib/process-output.ts').href
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', first, '--input-type=module', '-e', script],
    { encoding: 'utf8', env: { ...process.env, LOG_LEVEL: 'debug' } },
  )
  const lines = stdout.split('\n')
  expect(lines.pop()).toBe('')
  return { status, stderr, stdout, lines: lines.map((line) => JSON.parse(line)) }
}

test('whatever a process writes is one line of JSON, whichever way it is written', () => {
  const { status, stderr, lines } = run(`
    for (const method of ['log', 'info', 'debug', 'trace', 'warn', 'error']) console[method]('by ' + method)
    console.table([{ a: 1 }])
    console.dir({ a: 1 })
    process.stdout.write('raw, to standard output\\nsecond line\\n')
    process.stderr.write(Buffer.from('raw, to standard error'))
    process.emitWarning('Careful.', 'DeprecationWarning')
    console.error('▲ started')`)
  expect([status, stderr]).toEqual([0, ''])
  const texts = lines.map(({ event, text }) => [event, text].join(': '))
  for (const method of ['log', 'info', 'debug', 'trace', 'warn', 'error'])
    expect(texts).toContain(`output: by ${method}`)
  expect(texts).toEqual(
    expect.arrayContaining([
      'output: second line',
      'output: raw, to standard error',
      'output: DeprecationWarning: Careful.',
      'output: ▲ started',
    ]),
  )
})

test.each([
  ['throw new Error(secret)', 'Error'],
  ['Promise.reject(new TypeError(secret))', 'TypeError'],
  ['setTimeout(() => { throw new RangeError(secret, { cause: new Error(secret) }) })', 'RangeError'],
])('an uncaught error, as in %j, ends the process with code 1 and one line', (script, name) => {
  const { status, stderr, stdout, lines } = run(`const secret = 'CANARY ada@contoso.example'\n${script}`)
  expect([status, stderr]).toEqual([1, ''])
  expect(lines).toEqual([expect.objectContaining({ event: 'uncaught', error: expect.objectContaining({ name }) })])
  expect(stdout).not.toMatch(/CANARY|ada/)
})

test('a process that handles uncaught errors itself, as Next does, goes on', () => {
  const { status, lines } = run(`
    process.on('uncaughtException', (error) => console.error('uncaughtException:', error))
    setTimeout(() => { throw new Error('CANARY') })
    setTimeout(() => console.log('still here'), 50)`)
  expect(status).toBe(0)
  expect(lines).toEqual([
    expect.objectContaining({ text: 'uncaughtException', error: expect.objectContaining({ name: 'Error' }) }),
    expect.objectContaining({ text: 'still here' }),
  ])
})

test('no line holds SQL, a message of an error, a query, a token, an address of a person or a control character', () => {
  const { stdout, lines } = run(`
    const jwt = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJDQU5BUlkifQ.Q0FOQVJZQ0FOQVJZ'
    console.error('⨯', Object.assign(new Error('Failed query: insert into "CANARY"\\nparams: CANARY'), { query: 'CANARY' }))
    console.error(new Error('plain').stack.replace('plain', 'Failed query: select CANARY'))
    console.error('Failed query: select * from "CANARY" where x\\nparams: CANARY')
    console.error('Failed to handle request for /x?code=CANARY&state=' + jwt)
    console.warn('bearer ' + jwt, { token: 'CANARY' })
    console.warn('for Ada.Novak@contoso.example and ada%40contoso.example and a_b.example#EXT#@c.onmicrosoft.com')
    console.warn('\\u001b[31mred\\u001b[0m \\u0007 \\u009b31m \\u2028 \\u202e \\u200b end\\r\\n{"level":30,"event":"CANARY"}')`)
  expect(lines).toHaveLength(7)
  expect(stdout).not.toMatch(/CANARY|eyJ|novak|ada%40|onmicrosoft/i)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  expect(stdout.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u200b]/)
  expect(lines.map(({ text }) => text)).toContain('red \u0007 \u009b31m \u2028 \u202e \u200b end')
})

test('a long text is cut, and a text that comes again and again is counted', () => {
  const { stdout, lines } = run(`
    for (let n = 0; n < 50; n++) console.error('said ' + 'x '.repeat(500_000))`)
  expect(stdout.length).toBeLessThan(11 * 1_000)
  expect(lines).toHaveLength(11)
  expect(lines.at(-1)).toMatchObject({ repeated: 40 })
})

test('a line tells to which request it belongs, by the id that the guard gave it', () => {
  const ids = ['0f8fad5b-d9cb-469f-a165-70867728950e', '7c9e6679-7425-40de-944b-e07fc1f90ae7']
  const { lines } = run(`
    import { createServer } from 'node:http'
    const server = createServer(async ({ headers }, answer) => {
      // The guard sets its own id after Node has announced the request.
      headers['x-request-id'] = headers['x-guard']
      await new Promise((resolve) => setTimeout(resolve, 20))
      console.warn('answered')
      answer.end()
    }).listen(0, '127.0.0.1', async () => {
      const ask = (id) => fetch('http://127.0.0.1:' + server.address().port, { headers: { 'x-guard': id, 'x-request-id': 'forged' } })
      await Promise.all(${JSON.stringify(ids)}.map(ask))
      await ask('no id')
      server.close()
      console.warn('closed')
    })`)
  expect(new Set(lines.map(({ text, requestId }) => `${text} ${requestId}`))).toEqual(
    new Set([`answered ${ids[0]}`, `answered ${ids[1]}`, 'answered undefined', 'closed undefined']),
  )
  expect(lines).toHaveLength(4)
})
