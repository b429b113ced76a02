/** The last publish that this process has begun or promised for each account. */
const lastOf = new Map<string, Promise<unknown>>()

/**
 * Publishes for an account after all other publishes for it that this process was asked for earlier. The database lets only one of
 * them write at a time; whoever waits here still tells that its run is alive, and holds no connection to the database meanwhile. In
 * the database a publish then waits only for those of other processes.
 *
 * @param publish does the publish; what it throws is thrown, and holds up nobody
 */
export async function publishInTurn<T>(accountId: string, publish: () => Promise<T>): Promise<T> {
  const before = lastOf.get(accountId) ?? Promise.resolve()
  const own = before.then(publish)
  const ended = own.then(
    () => undefined,
    () => undefined,
  )
  lastOf.set(accountId, ended)
  try {
    return await own
  } finally {
    if (lastOf.get(accountId) === ended) lastOf.delete(accountId)
  }
}
