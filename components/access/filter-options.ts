import type { AccessView } from '@/lib/domain/views'

type Option<Value extends string | null> = { value: NonNullable<Value> | ''; label: string }

/** The choices of a filter by where a role was assigned. */
export const LEVEL_OPTIONS: Option<AccessView['level']>[] = [
  { value: '', label: 'Any scope' },
  { value: 'root', label: 'Whole directory' },
  { value: 'management_group', label: 'Management group' },
  { value: 'subscription', label: 'Subscription' },
  { value: 'resource_group', label: 'Resource group' },
  { value: 'resource', label: 'Resource' },
]

/** The choices of a filter by how a role is held. */
export const HOW_OPTIONS: Option<AccessView['how']>[] = [
  { value: '', label: 'Any way' },
  { value: 'direct', label: 'Direct' },
  { value: 'group', label: 'Through a group' },
]

/** The choices of a filter by whether a role is held now. */
export const HELD_OPTIONS: Option<AccessView['held']>[] = [
  { value: '', label: 'Held or eligible' },
  { value: 'held', label: 'Held now' },
  { value: 'active', label: 'Held outright' },
  { value: 'activated', label: 'Activated' },
  { value: 'eligible', label: 'Eligible' },
]
