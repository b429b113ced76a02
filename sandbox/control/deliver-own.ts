import type { ServerResponse } from 'node:http'
import { setImmediate as letOthersIn } from 'node:timers/promises'

/** Sends what the sandbox says in its own name as it comes, no faster than the client takes it: some of it is larger than memory. */
export async function deliverOwn(outgoing: ServerResponse, response: Response): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  const wanted = outgoing.req.method === 'HEAD' ? null : response.body
  for await (const chunk of wanted ?? []) {
    // Leaving the loop stops whoever makes the rest.
    if (outgoing.destroyed) return
    await new Promise<void>((resolve) => outgoing.write(chunk, () => resolve()))
    await letOthersIn()
  }
  outgoing.end()
}
