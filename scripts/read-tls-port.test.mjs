import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { freePort } from './free-port.mjs'
import { readTlsPort } from './read-tls-port.mjs'

test('the port of the TLS front is asked for in either spelling, and is nobody’s unless asked for', async () => {
  const port = await freePort()
  expect(await readTlsPort(['--sandbox', '--tls-port', String(port)])).toBe(port)
  expect(await readTlsPort(['--sandbox', '--tls', `--tls-port=${port}`])).toBe(port)
  expect(await readTlsPort(['--tls', '--tls-port', '0'])).toBe(0)
  expect(await readTlsPort(['--sandbox'])).toBeNull()
})

test('what is no port, and a taken port, are refused in one sentence with the next step', async () => {
  for (const args of [['--tls-port'], ['--tls-port', 'x'], ['--tls-port=65536'], ['--tls-port', '--no-install']])
    await expect(readTlsPort(args)).rejects.toThrow(/which is not a port number\.$/)
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()

  await expect(readTlsPort(['--tls-port', String(port)])).rejects.toThrow(
    `Port ${port} for TLS is in use. Stop what uses it, or choose another with --tls-port.`,
  )

  server.close()
  await once(server, 'close')
})
