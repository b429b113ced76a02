import { Chip } from '@/components/ui/chip'
import type { AccountState } from '@/lib/domain/vocabulary'

/** How the sign-in of an account stands. */
export function AccountStateChip({ state }: { state: AccountState }) {
  if (state === 'active') return <Chip tone="good">Active</Chip>
  return <Chip tone="warn">{state === 'signed_out' ? 'Signed out' : 'Reconnect needed'}</Chip>
}
