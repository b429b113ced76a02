import { connection } from 'next/server'
import { isReady } from '@/db/queries/is-ready'

/** Liveness and readiness: 200 when the database answers, 503 while it does not. Says nothing else. */
export async function GET(): Promise<Response> {
  await connection()
  const ready = await isReady()
  return Response.json({ ready }, { status: ready ? 200 : 503, headers: { 'cache-control': 'no-store' } })
}
