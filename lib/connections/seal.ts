import { FlattenedEncrypt, type FlattenedJWE, flattenedDecrypt } from 'jose'
import { env } from '@/lib/env'

/** A sealed value that no key of the ring opens, or that was sealed for another place. */
export class SealBroken extends Error {
  override name = 'SealBroken'
}

/** Where a sealed value belongs. It is authenticated with the value, so one row's secret does not open in another. */
export type SealContext = {
  organisationId: string
  kind: 'attempt-login' | 'attempt-cache' | 'connection-cache'
  id: string
}

/**
 * Seals a secret for storage: JWE with direct AES-256-GCM, a fresh 96-bit IV each time, the key's id in the protected
 * header, and the context as additional authenticated data (not stored: the opener must know it).
 */
export async function seal(secret: string, context: SealContext): Promise<string> {
  const [newest] = env().encryptionKeys
  if (!newest) throw new SealBroken('There is no encryption key.')
  const sealed = await new FlattenedEncrypt(new TextEncoder().encode(secret))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: newest.kid })
    .setAdditionalAuthenticatedData(bytesOf(context))
    .encrypt(newest.key)
  const { aad: _known, ...stored } = sealed
  return JSON.stringify(stored)
}

/** Opens what {@link seal} made for the same context. Throws {@link SealBroken} for anything else. */
export async function open(sealed: string, context: SealContext): Promise<string> {
  try {
    const stored: FlattenedJWE = JSON.parse(sealed)
    const aad = Buffer.from(bytesOf(context)).toString('base64url')
    const { plaintext } = await flattenedDecrypt({ ...stored, aad }, (header) => keyNamed(header?.kid), {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    })
    return new TextDecoder().decode(plaintext)
  } catch (cause) {
    throw new SealBroken('A stored secret could not be opened.', { cause })
  }
}

function keyNamed(kid: unknown): Uint8Array {
  const found = env().encryptionKeys.find((entry) => entry.kid === kid)
  if (!found) throw new SealBroken(`No encryption key is named ${String(kid)}.`)
  return found.key
}

const bytesOf = ({ organisationId, kind, id }: SealContext) =>
  new TextEncoder().encode(`rolecall/${organisationId}/${kind}/${id}`)
