import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto'

export type SigningKey = { kid: string; privateKey: KeyObject; publicKey: KeyObject; publicJwk: JsonWebKey }

const EXPONENT = 65537n

/** 1024 bits spelled out by a label, with the top two bits and the lowest set. */
function numberFrom(label: string): bigint {
  const hash = (part: number) => createHash('sha512').update(`${label}/${part}`).digest('hex')
  return BigInt(`0x${hash(0)}${hash(1)}`) | (3n << 1022n) | 1n
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [oldRemainder, remainder] = [value, modulus]
  let [oldFactor, factor] = [1n, 0n]
  while (remainder !== 0n) {
    const quotient = oldRemainder / remainder
    ;[oldRemainder, remainder] = [remainder, oldRemainder - quotient * remainder]
    ;[oldFactor, factor] = [factor, oldFactor - quotient * factor]
  }
  return ((oldFactor % modulus) + modulus) % modulus
}

function base64url(value: bigint): string {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex').toString('base64url')
}

function namedKey(privateKey: KeyObject, publicJwk: JsonWebKey): SigningKey {
  const kid = createHash('sha1').update(String(publicJwk.n)).digest('base64url')
  return { kid, privateKey, publicKey: createPublicKey(privateKey), publicJwk }
}

/** A key of its own kind each time, for rotation: its tokens do not outlive the sandbox. */
export function generateSigningKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const { kty, n, e } = publicKey.export({ format: 'jwk' })
  return namedKey(privateKey, { kty, n, e } as JsonWebKey)
}

/**
 * The sandbox's signing key: 2048-bit RSA from two labels found to be prime, so that tokens outlive a restart of a
 * sandbox that keeps nothing on disk. It protects nothing: anyone can compute it.
 */
export function createSigningKey(): SigningKey {
  const p = numberFrom('rolecall-sandbox-p-182')
  const q = numberFrom('rolecall-sandbox-q-179')
  const n = p * q
  const d = inverse(EXPONENT, (p - 1n) * (q - 1n))
  const publicJwk = { kty: 'RSA', n: base64url(n), e: base64url(EXPONENT) }
  const privateKey = createPrivateKey({
    format: 'jwk',
    key: {
      ...publicJwk,
      d: base64url(d),
      p: base64url(p),
      q: base64url(q),
      dp: base64url(d % (p - 1n)),
      dq: base64url(d % (q - 1n)),
      qi: base64url(inverse(q, p)),
    },
  })
  return namedKey(privateKey, publicJwk)
}

/** The keys tokens are signed with: the last one signs, every one verifies. */
export class KeyRing {
  #keys: SigningKey[] = [createSigningKey()]

  get current(): SigningKey {
    const key = this.#keys.at(-1)
    if (!key) throw new Error('A key ring is never empty.')
    return key
  }

  list(): readonly SigningKey[] {
    return this.#keys
  }

  find(kid: string): SigningKey | undefined {
    return this.#keys.find((key) => key.kid === kid)
  }

  /** Adds a key that signs from now on. */
  rotate(forgetOld: boolean): SigningKey {
    const key = generateSigningKey()
    this.#keys = forgetOld ? [key] : [...this.#keys, key]
    return key
  }
}
