import type { Privilege } from '@/lib/domain/vocabulary'
import { PRIVILEGE_WORDS } from './privilege-words'

/** What a role amounts to and whose it is, as a phrase; empty for a built-in role whose definition could not be read. */
export function roleWords({ privilege, custom }: { privilege: Privilege | null; custom: boolean }): string {
  return [privilege ? PRIVILEGE_WORDS[privilege].toLowerCase() : null, custom ? 'custom role' : null]
    .filter(Boolean)
    .join(', ')
}
