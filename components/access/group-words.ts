import type { GroupState } from '@/lib/domain/vocabulary'

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
