import { spellControls } from '@/lib/domain/words'

/**
 * A name as Microsoft gives it, in any script. Its direction does not reach beyond it, and what would turn its own letters
 * around is spelled out.
 */
export function Name({ of, className }: { of: string; className?: string }) {
  return <bdi className={className}>{spellControls(of)}</bdi>
}
