/** Longest path taken back from a browser; ours are far shorter. */
const LONGEST = 2048

/**
 * A path of this portal to go to next, or the fallback. Only a plain same-origin path passes: not `//host`, `/\host`,
 * their percent-encoded forms, control characters, or anything with a scheme or a user name.
 */
export function safePath(wanted: string | null | undefined, fallback = '/integrations'): string {
  if (!wanted || wanted.length > LONGEST || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(wanted)) return fallback
  if (/^\/(?:%2f|%5c)/i.test(wanted)) return fallback
  const base = 'https://portal.invalid'
  const url = URL.parse(wanted, base)
  return url?.origin === base && !url.username && !url.pathname.startsWith('//')
    ? url.pathname + url.search + url.hash
    : fallback
}
