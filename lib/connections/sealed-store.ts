import type { TokenStore } from '@/lib/azure/client/tokens'
import { log } from '@/lib/log'
import { open, type SealContext, seal } from './seal'

/** Where a sealed token cache lies. `write` stores only over the version that was read, and says whether it did. */
export type SealedPlace = {
  read(): Promise<{ sealed: string; version: number } | null>
  write(sealed: string, over: number): Promise<boolean>
}

/**
 * A token store over a sealed column, with compare-and-swap. Losing the swap is harmless: Entra ID leaves the older
 * refresh token valid, and the newer cache, which stays, has its own (reference: refresh-tokens).
 */
export function sealedStore(place: SealedPlace, context: SealContext): TokenStore {
  let version = 0
  return {
    async load() {
      const found = await place.read()
      if (!found) return null
      version = found.version
      return open(found.sealed, context)
    },
    async save(cache) {
      if (await place.write(await seal(cache, context), version)) version += 1
      else log().debug({ event: 'token_cache_swap_lost', kind: context.kind, id: context.id })
    },
  }
}
