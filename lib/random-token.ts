import { createHash, randomBytes } from 'node:crypto'

/** Bytes of randomness in a token, which is more than anybody can guess. */
const TOKEN_BYTES = 32

/** A new token for whoever opens something with it, and its hash, which alone is stored: a copy of the database opens nothing. */
export function createToken(): { token: string; tokenHash: string } {
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  return { token, tokenHash: hashToken(token) }
}

/** SHA-256 of a token, in base64url. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url')
