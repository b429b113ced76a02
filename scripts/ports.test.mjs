import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { checkPort } from './ports.mjs'

test('a taken port is refused with the command that gets around it', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()

  await expect(checkPort('PORT', port, '127.0.0.1')).rejects.toThrow(
    `Port ${port} is in use. Stop what uses it, or start with PORT=${port + 1} npm start.`,
  )

  server.close()
  await once(server, 'close')
  await expect(checkPort('PORT', port, '127.0.0.1')).resolves.toBeUndefined()
})
