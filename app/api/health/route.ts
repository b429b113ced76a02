import { connection } from 'next/server'
import { probeDatabase } from '@/db/queries/organisation'
import { log } from '@/lib/log'

let probing: Promise<boolean> | null = null

/** Whether the database answers. Whoever asks while it is being asked gets the same answer: nobody can make it busy with that. */
function isReady(): Promise<boolean> {
  probing ??= probeDatabase()
    .then(
      () => true,
      (error: unknown) => {
        log().warn({ event: 'not_ready', error })
        return false
      },
    )
    .finally(() => {
      probing = null
    })
  return probing
}

/** Liveness and readiness: 200 when the database answers, 503 while it does not. Only the log says why it does not. */
export async function GET(): Promise<Response> {
  await connection()
  const ready = await isReady()
  return Response.json({ ready }, { status: ready ? 200 : 503, headers: { 'cache-control': 'no-store' } })
}
