/**
 * Which of these scopes an answer's scopes contain, in the order given. Entra lists what was granted, which may be more
 * or less than was asked for, with or without the resource before the name (reference: wire facts 1.1), and a scope is
 * the same in any case.
 */
export function grantedAmong<Scope extends string>(wanted: readonly Scope[], granted: readonly string[]): Scope[] {
  const names = new Set(granted.map((scope) => scope.slice(scope.lastIndexOf('/') + 1).toLowerCase()))
  return wanted.filter((scope) => names.has(scope.toLowerCase()))
}
