import { createHash, createPublicKey } from 'node:crypto'
import type { SigningKeyRow } from '@/db/queries/signing-keys'

/** A public key as pages and the well-known address show it. */
export type PublicKey = {
  id: string
  algorithm: 'Ed25519'
  /** In PEM, and as a JSON Web Key (RFC 8037). */
  pem: string
  jwk: { kty: 'OKP'; crv: 'Ed25519'; x: string; kid: string }
  /** SHA-256 of the key in DER (SPKI), in hex. */
  fingerprint: string
  createdAt: string
  retiredAt: string | null
  /** When it was found that somebody else may have it: what it signed after this proves nothing. */
  withdrawnAt: string | null
}

export function describeKey({ id, publicKey: pem, createdAt, retiredAt, withdrawnAt }: SigningKeyRow): PublicKey {
  const key = createPublicKey(pem)
  const { x = '' } = key.export({ format: 'jwk' })
  return {
    ...{ id, algorithm: 'Ed25519', pem },
    jwk: { kty: 'OKP', crv: 'Ed25519', x, kid: id },
    fingerprint: createHash('sha256')
      .update(key.export({ format: 'der', type: 'spki' }))
      .digest('hex'),
    createdAt: createdAt.toISOString(),
    retiredAt: retiredAt?.toISOString() ?? null,
    withdrawnAt: withdrawnAt?.toISOString() ?? null,
  }
}
