/** Longest operation taken, in characters; Azure's own stay below 200. */
const LONGEST = 400
const FORM = /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+(\/[a-z0-9$._-]+){2,}$/i

/**
 * An operation as typed: a sentence with the next step when it is not the name of one operation. Azure names operations
 * `{Company}.{ProviderName}/{resourceType}/{action}` ("Azure custom roles", permission format); a wildcard names many, of
 * which somebody may do some and not others.
 */
export function askedOperation(typed: string): { operation: string | null; problem: string | null } {
  if (typed === '') return { operation: null, problem: null }
  if (typed.includes('*'))
    return {
      operation: null,
      problem: 'A wildcard stands for many operations. Ask for one of them by its full name, without *.',
    }
  if (typed.length > LONGEST || !FORM.test(typed))
    return {
      operation: null,
      problem:
        'This is not the name of an operation. Write provider, type and verb, as in Microsoft.KeyVault/vaults/secrets/read.',
    }
  return { operation: typed, problem: null }
}
