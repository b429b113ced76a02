const EVERY_MS = 500

/**
 * Calls back once the shell that npm started us from is gone. A signal for npm reaches only that shell, which dies of it
 * alone: without this, `kill` of an `npm start` would leave everything running. Started without npm, a parent may leave.
 */
export function whenOrphaned(callback) {
  if (!process.env.npm_lifecycle_event) return
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    callback()
  }, EVERY_MS)
  watch.unref()
}
