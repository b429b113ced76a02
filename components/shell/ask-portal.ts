/** What an address of the portal answered as JSON, or why there is no answer. */
export type PortalAnswer<Value> = { value: Value } | { failed: 'signed_out' | 'refused' | 'unreachable' }

/**
 * Asks the portal something while a page is open. Never throws: what goes wrong is told, so that the page can say it.
 *
 * @param address a path of the portal with its query, which answers with JSON of the given form
 */
export async function askPortal<Value>(address: string, signal?: AbortSignal): Promise<PortalAnswer<Value>> {
  try {
    // A redirect leads to the sign-in page, which is nothing to be read here.
    const answer = await fetch(address, { signal, redirect: 'manual' })
    if (answer.ok) return { value: await answer.json() }
    return { failed: answer.type === 'opaqueredirect' ? 'signed_out' : 'refused' }
  } catch {
    return { failed: 'unreachable' }
  }
}
