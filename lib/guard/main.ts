import { once } from 'node:events'
import { writeSync } from 'node:fs'
import next from 'next'
import { whenEnding } from '@/lib/ending'
import { BadConfiguration, env } from '@/lib/env'
import { log } from '@/lib/log'
import { MinuteCount } from '@/lib/minute-count'
import { drainServer } from './connections'
import { createGuardedServer } from './guarded-server'
import { DRAIN_MS } from './limits'

/**
 * The portal's process: Next behind the guard, on HOST and PORT. Next runs `instrumentation.ts` before anything listens,
 * so the database is open by then. With NODE_ENV=development it is Next's development server.
 */
async function main(): Promise<void> {
  const { host, port, portalUrl, trustedProxies } = env()
  const development = process.env.NODE_ENV === 'development'
  // Next asks itself for pages, and takes this for its own address.
  const app = next({ dev: development, port, hostname: ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host })
  await app.prepare()

  const refused = new MinuteCount((statuses) => log().warn({ event: 'requests_refused', statuses }))
  const server = createGuardedServer({
    handle: app.getRequestHandler(),
    onError: (error, requestId) => log().error({ event: 'request_failed', requestId, error }),
    onRefusal: (status) => refused.add(String(status)),
    portalUrl,
    trustedProxies,
    development,
  })
  whenEnding(() => drainServer(server, DRAIN_MS))
  server.listen(port, host)
  await once(server, 'listening')
}

/** Straight to standard error, because what is written to the stream becomes a line of the log (lib/process-output.ts). */
function say(sentence: string): void {
  writeSync(process.stderr.fd, `${sentence}\n`)
}

try {
  await main()
} catch (error) {
  const { code } = error as NodeJS.ErrnoException
  if (error instanceof BadConfiguration) say(error.message)
  else if (code === 'EADDRINUSE') say('The port is in use by another process. End that one, or set PORT to another.')
  else log().error({ event: 'start_failed', error })
  process.exit(1)
}
