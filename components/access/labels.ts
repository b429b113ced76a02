import type { AccessView } from '@/lib/domain/views'
import type { GroupState, PrincipalStatus, Privilege, Signal } from '@/lib/domain/vocabulary'

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

/** How far a group was opened: in a few words, why, and what would change it. */
export const GROUP_WORDS: Record<GroupState, { word: string; says: string; next: string | null }> = {
  whole: { word: 'Opened', says: 'Everyone in it is known, and through which groups.', next: null },
  flat: {
    word: 'Members known',
    says: 'Who is in it was asked person by person. The groups in between are not known, nor is its name.',
    next: 'With GroupMember.Read.All Rolecall reads the groups themselves.',
  },
  not_asked: {
    word: 'Not opened',
    says: 'Who is in it was not asked for, so those who have access only through it are not listed.',
    next: 'Ask for GroupMember.Read.All in Settings.',
  },
  not_permitted: {
    word: 'Not readable',
    says: 'Microsoft Graph refused to say who is in it. Some groups hide their members.',
    next: 'Look at it in Microsoft Entra, or reconnect with an account that may read hidden memberships.',
  },
  not_found: {
    word: 'Not found',
    says: 'The directory does not know this group any more, so nobody has access through it. Its assignments are left over.',
    next: 'Remove its role assignments in Azure.',
  },
}

/** Whether it is known who is in a group. */
export const isOpened = (state: GroupState): boolean => state === 'whole' || state === 'flat'

/** What the strongest of several roles amounts to, as a column says it. */
export const PRIVILEGE_WORDS: Record<Privilege, string> = {
  grants_access: 'Can grant access',
  writes: 'Can write',
  writes_data: 'Can write data',
  reads_data: 'Reads data',
  reads: 'Reads',
}

/** What a role amounts to and whose it is, as a phrase; empty for a built-in role whose definition could not be read. */
export function roleWords({ privilege, custom }: { privilege: Privilege | null; custom: boolean }): string {
  return [privilege ? PRIVILEGE_WORDS[privilege].toLowerCase() : null, custom ? 'custom role' : null]
    .filter(Boolean)
    .join(', ')
}

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

/** The choices of a status filter. */
export const STATUS_OPTIONS: { value: PrincipalStatus | ''; label: string }[] = [
  { value: '', label: 'Any status' },
  { value: 'active', label: 'Active' },
  { value: 'invited', label: 'Invited' },
  { value: 'disabled', label: 'Disabled' },
  { value: 'deleted', label: 'Deleted' },
  { value: 'not_found', label: 'Not found' },
  { value: 'not_readable', label: 'Not readable' },
  { value: 'other_tenant', label: 'Other tenant' },
]
