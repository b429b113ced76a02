import { createHash, randomBytes } from 'node:crypto'

/** Bytes of randomness in a token, which is more than anybody can guess. */
const TOKEN_BYTES = 32

/** The id of an organisation as bytes: what a token begins with. */
const ORGANISATION_BYTES = 16

/**
 * A new token for whoever opens something with it, and its hash, which alone is stored: a copy of the database opens nothing. It begins
 * with the id of the organisation in which that something is, so that it is looked for nowhere else.
 */
export function createToken(organisationId: string): { token: string; tokenHash: string } {
  const organisation = Buffer.from(organisationId.replaceAll('-', ''), 'hex')
  const token = Buffer.concat([organisation, randomBytes(TOKEN_BYTES)]).toString('base64url')
  return { token, tokenHash: hashToken(token) }
}

/** The organisation that a token names. Null for one that names none: it was made by an earlier version, or is no token. */
export function readOrganisationOfToken(token: string): string | null {
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.length !== ORGANISATION_BYTES + TOKEN_BYTES) return null
  return bytes.toString('hex', 0, ORGANISATION_BYTES).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** SHA-256 of a token, in base64url. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url')
