/** Runs once when the portal's server starts, before it answers: see `lib/worker/serve.ts`. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { startPortal } = await import('./lib/worker/serve')
  await startPortal()
}
