import type { Privilege } from '@/lib/domain/vocabulary'

/** What the strongest of several roles amounts to, as a column says it. */
export const PRIVILEGE_WORDS: Record<Privilege, string> = {
  grants_access: 'Can grant access',
  writes: 'Can write',
  writes_data: 'Can write data',
  reads_data: 'Reads data',
  reads: 'Reads',
}
