import type { Instrumentation } from 'next'

/** Runs once when the portal's server starts, before it answers: see `lib/worker/serve.ts`. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { startPortal } = await import('./lib/worker/serve')
  await startPortal()
}

/** Tells the log of an uncaught error of a page, a route handler or a server action. The error page shows its digest. */
export const onRequestError: Instrumentation.onRequestError = async (error, { method }, { routePath, routeType }) => {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { log } = await import('./lib/log')
  const digest = error instanceof Error && 'digest' in error ? error.digest : undefined
  log().error({ event: 'request_failed', method, route: routePath, kind: routeType, digest, error })
}
