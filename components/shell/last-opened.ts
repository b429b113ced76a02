/** Where a tab of the browser keeps the ids of the subscriptions that were opened in it, until it is closed. */
const STORED = 'rolecall.last-opened'
const MOST = 5
const SUBSCRIPTION = /^\/integrations\/azure\/([0-9a-f]{8}-[0-9a-f-]{27})(?:\/|$)/

/** The ids of the connections opened last in this tab, the latest first. */
export function readLastOpened(): string[] {
  try {
    return sessionStorage.getItem(STORED)?.split(',') ?? []
  } catch {
    return [] // A browser that keeps nothing refuses the question as well.
  }
}

/** Remembers the subscription to which a path of the portal belongs, if it belongs to one. */
export function rememberOpened(path: string): void {
  const id = SUBSCRIPTION.exec(path)?.[1]
  if (!id) return
  const ids = [id, ...readLastOpened().filter((other) => other !== id)].slice(0, MOST)
  try {
    sessionStorage.setItem(STORED, ids.join(','))
  } catch {
    // The palette then offers those that were connected last.
  }
}
