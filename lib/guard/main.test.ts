import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { startProcess } from '@/testing/start-process'

test('a portal with a setting that is wrong ends with one sentence for the person who starts it, and no line of the log', async () => {
  const logged = pathToFileURL(join(process.cwd(), 'lib/process-output.ts')).href
  const settings = { NODE_OPTIONS: `--import ${logged}`, NODE_ENV: 'production', ENCRYPTION_KEYS: 'no key' }
  const portal = startProcess('lib/guard/main.ts', [], { SANDBOX_URL: 'http://localhost:4000', ...settings })
  expect(await portal.exit).toEqual([1, null])
  expect(portal.lines).toEqual([])
  expect(portal.complaints).toEqual(['ENCRYPTION_KEYS must be kid:key pairs, each key 32 bytes in base64.'])
})
