/**
 * The longest chain of calls that each need an answer of the one before, and so could not be made any earlier: a token
 * for ARM, the pages of assignments, the first batch of people (which also asks for the directory's size), then either
 * the other batches, which do not wait for each other, or the directory's pages, which do. The subscription, the roles
 * and the token for Graph hang on nothing in it.
 *
 * @param log what the sandbox was asked during one sync
 */
export function longestChain(log) {
  const calls = (pattern) => log.filter(({ method, host, path }) => pattern.test(`${method} ${host}${path}`)).length
  const batches = calls(/\/\$batch$/)
  const links = {
    'token for ARM': Math.min(1, calls(/oauth2\/v2\.0\/token$/)),
    'pages of assignments': calls(/\/roleAssignments$/i),
    'first batch of people': Math.min(1, batches),
    'batches at once': Math.min(1, Math.max(0, batches - 1)),
    'pages of the directory': calls(/\/users$/),
  }
  return { calls: Object.values(links).reduce((sum, one) => sum + one, 0), links }
}
