import { createSigningKey, generateSigningKey, type SigningKey } from './signing-key'

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
