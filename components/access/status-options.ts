import type { PersonStatus } from '@/lib/domain/vocabulary'

/** The choices of a status filter. */
export const STATUS_OPTIONS: { value: PersonStatus | ''; label: string }[] = [
  { value: '', label: 'Any status' },
  { value: 'active', label: 'Active' },
  { value: 'invited', label: 'Invited' },
  { value: 'disabled', label: 'Disabled' },
  { value: 'deleted', label: 'Deleted' },
  { value: 'not_found', label: 'Not found' },
  { value: 'not_readable', label: 'Not readable' },
  { value: 'other_tenant', label: 'Other tenant' },
]
