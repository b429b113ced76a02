import type { Signal } from '@/lib/domain/vocabulary'

/** What is worth a second look, as a chip says it, and why. The most serious come first. */
export const SIGNAL_WORDS: { signal: Signal; label: string; says: string }[] = [
  { signal: 'can_grant', label: 'Can grant access', says: 'A role that can give roles to others, held or eligible.' },
  { signal: 'guest_writes', label: 'Guests who write', says: 'Guests of the directory who can change something here.' },
  {
    signal: 'gone',
    label: 'Gone with a role',
    says: 'Disabled, deleted or unknown to the directory, and still assigned a role.',
  },
  {
    signal: 'standing_privileged',
    label: 'Standing privileged',
    says: 'A privileged role held all the time, though it could be made eligible.',
  },
  {
    signal: 'custom_owner',
    label: 'Custom Owner-equivalent',
    says: 'A custom role that amounts to Owner without being called so.',
  },
  {
    signal: 'direct_despite_group',
    label: 'Direct despite a group',
    says: 'Assigned directly, though a group holds the same role at the same scope.',
  },
  {
    signal: 'large_group',
    label: 'Through a large group',
    says: 'A role through a group of more than 100 members.',
  },
  {
    signal: 'orphan',
    label: 'Orphaned',
    says: 'The assignment names something that the directory does not know any more.',
  },
]
