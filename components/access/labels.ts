import type { AccessView, PeopleColumn } from '@/lib/domain/views'
import type {
  AssignmentKind,
  Difference,
  EmailSource,
  GroupState,
  MemberRole,
  PrincipalKind,
  PrincipalStatus,
  Privilege,
  RunPhase,
  RunState,
  ScopeLevel,
  Signal,
} from '@/lib/domain/vocabulary'

/** Whether a person's account is in use. *Active* is left to roles, because Azure calls a role active that is held. */
export const PERSON_STATUS_LABELS: Record<PrincipalStatus, string> = {
  active: 'Enabled',
  invited: 'Invited',
  disabled: 'Disabled',
  deleted: 'Deleted',
  not_found: 'Not found',
  unconfirmed: 'Not known yet',
  not_readable: 'Not readable',
  other_tenant: 'Other tenant',
}

/** The same for what is no person: it is known to the directory or not. */
export const OTHER_STATUS_LABELS: Partial<Record<PrincipalStatus, string>> = {
  active: 'In the directory',
  not_found: 'Not found',
  unconfirmed: 'Not known yet',
  not_readable: 'Not asked about',
  other_tenant: 'Other tenant',
}

/** The label of a status in a list of people or of others. */
export const statusLabel = (status: PrincipalStatus, who: 'people' | 'others'): string =>
  (who === 'others' ? OTHER_STATUS_LABELS[status] : undefined) ?? PERSON_STATUS_LABELS[status]

/** What a status means for the person's access, as a sentence. */
export const PERSON_STATUS_SENTENCES: Record<PrincipalStatus, string> = {
  active: 'The account is enabled.',
  invited: 'The invitation to the directory has not been accepted yet.',
  disabled: 'The account cannot sign in. Its roles work again as soon as it is enabled.',
  deleted: 'The account is among the directory’s deleted users. If it is restored, it has its roles again.',
  not_found: 'The directory does not know this account, not even among its deleted users. The assignment is left over.',
  unconfirmed:
    'The directory did not know this account when it was last asked. One that was made moments ago takes a while to be known everywhere, so it is asked about again before it is called gone.',
  not_readable: 'Rolecall could not ask the directory about this account.',
  other_tenant: 'The account lives in another directory, which is not asked about it.',
}

/** What an email address is taken from, where that is worth saying. */
export const EMAIL_SOURCE_WORDS: Record<EmailSource, string | null> = {
  mail: null,
  other_mail: 'from the account’s other addresses',
  decoded: 'decoded from the guest’s user name',
  user_principal_name: 'the name to sign in with',
}

export const PRINCIPAL_KIND_LABELS: Record<PrincipalKind, string> = {
  user: 'User',
  group: 'Group',
  service_principal: 'Service principal',
  foreign_group: 'Group of another tenant',
  delegate: 'Delegate of another tenant',
  device: 'Device',
  other: 'Kind not known',
}

/** Where in Azure's tree a role was assigned. */
export const SCOPE_LEVEL_LABELS: Record<ScopeLevel, string> = {
  root: 'Whole directory',
  management_group: 'Management group',
  subscription: 'Subscription',
  resource_group: 'Resource group',
  resource: 'Resource',
}

/** What a role amounts to, or the strongest of several. */
export const PRIVILEGE_LABELS: Record<Privilege, string> = {
  grants_access: 'Can grant access',
  writes: 'Can write',
  writes_data: 'Can write data',
  reads_data: 'Reads data',
  reads: 'Reads',
}

/** What a role amounts to and whether it is a custom one, as a phrase. Of a definition that was not read neither is known. */
export function describeRole({ privilege, custom }: { privilege: Privilege | null; custom: boolean }): string {
  if (privilege === null) return 'its definition could not be read'
  return custom
    ? `${PRIVILEGE_LABELS[privilege].toLowerCase()}, custom role`
    : PRIVILEGE_LABELS[privilege].toLowerCase()
}

/** What is said of a role without a readable definition. */
export const UNKNOWN_ROLE_WORDS = 'Its definition could not be read, so its name and what it allows are not known.'

export const ASSIGNMENT_KIND_LABELS: Record<AssignmentKind, string> = {
  active: 'Held',
  activated: 'Activated',
  eligible: 'Eligible',
}

/** The filter by whether a role is held now. `held` covers active and activated, so a plain assignment needs a longer label than *Held*. */
export const HELD_LABELS: Record<NonNullable<AccessView['held']>, string> = {
  held: 'Held now',
  ...ASSIGNMENT_KIND_LABELS,
  active: 'Held outright',
}

/** The columns of a table of people beside the name. */
export const COLUMN_LABELS: Record<PeopleColumn, string> = {
  email: 'Email',
  status: 'Status',
  role: 'Role',
  scope: 'Scope',
  how: 'How',
  licence: 'Licence',
  objectId: 'Object ID',
}

/** The filter by how a role is held. */
export const HOW_LABELS: Record<NonNullable<AccessView['how']>, string> = {
  direct: 'Direct',
  group: 'Through a group',
}

/** What is worth a second look and why, in the order of pages: the most serious comes first. */
export const SIGNAL_WORDS: Record<Signal, { label: string; says: string }> = {
  not_read: {
    label: 'Not read now',
    says: 'Everything they hold is from an earlier reading, because it could not be read this time.',
  },
  can_grant: {
    label: 'Can grant access',
    says: 'Holds a role that can give roles to others in the whole subscription. Disabled accounts are not counted here, as Ask counts them.',
  },
  can_grant_below: {
    label: 'Can grant below',
    says: 'Holds a role that can give roles to others in a part of the subscription. Disabled accounts are not counted here.',
  },
  could_grant: {
    label: 'Could grant access',
    says: 'Can activate a role that gives roles to others, and holds none now.',
  },
  adds_members: {
    label: 'Can add members',
    says: 'Owns a group through which a role grants access, and so decides who has it.',
  },
  at_root: {
    label: 'Holds a role at the root /',
    says: 'A role over the whole directory, above all management groups, as a Global Administrator gets by elevating access. It reaches every subscription.',
  },
  delegated: { label: 'Of another tenant', says: 'Holds or can activate a role through Azure Lighthouse.' },
  unknown_role: {
    label: 'Unknown role',
    says: 'A role whose definition could not be read, so what it allows is not known.',
  },
  guest_writes: { label: 'Guests who write', says: 'Guests of the directory who can change something here.' },
  gone: {
    label: 'Gone with a role',
    says: 'Deleted or unknown to the directory, and still assigned a role.',
  },
  disabled: {
    label: 'Disabled with a role',
    says: 'The account cannot sign in, and its roles work again as soon as it is enabled.',
  },
  standing_privileged: {
    label: 'Standing privileged',
    says: 'A privileged role held all the time, though it could be made eligible.',
  },
  custom_owner: {
    label: 'Custom Owner-equivalent',
    says: 'A custom role that amounts to Owner without being called so.',
  },
  direct_despite_group: {
    label: 'Direct despite a group',
    says: 'Assigned directly, though a group holds the same role at the same scope.',
  },
  large_group: { label: 'Through a large group', says: 'A role through a group of more than 100 members.' },
  orphan: {
    label: 'Orphaned',
    says: 'The assignment names something that the directory does not know any more.',
  },
}

/** All signals, the most serious first. */
export const listSignals = () => Object.keys(SIGNAL_WORDS) as Signal[]

/** How far a group was opened: in a few words, why, and what would change it. */
const GROUP_STATE_WORDS: Record<GroupState, { label: string; says: string; next: string | null }> = {
  whole: { label: 'Opened', says: 'Everyone in it is known, and through which groups.', next: null },
  partly: {
    label: 'Partly read',
    says: 'Some rows of its members could not be understood. The others are listed.',
    next: 'Look at its members in Microsoft Entra.',
  },
  flat: {
    label: 'Members known',
    says: 'Who is in it was asked person by person. The groups in between are not known, nor is its name.',
    next: 'With GroupMember.Read.All Rolecall reads the groups themselves.',
  },
  not_asked: {
    label: 'Not opened',
    says: 'Who is in it was not asked for, so those who have access only through it are not listed.',
    next: 'Ask for GroupMember.Read.All in Settings.',
  },
  not_permitted: {
    label: 'Not readable',
    says: 'Microsoft Graph refused to say who is in it. Some groups hide their members.',
    next: 'Look at it in Microsoft Entra, or reconnect with an account that may read hidden memberships.',
  },
  not_readable: {
    label: 'Not readable',
    says: 'Microsoft Graph did not say who is in it when it was last asked.',
    next: 'It is asked again at the next sync. See Coverage for what Microsoft answered.',
  },
  not_found: {
    label: 'Not found',
    says: 'The directory does not know this group any more, so nobody has access through it. Its assignments are left over.',
    next: 'Remove its role assignments in Azure.',
  },
}

/**
 * The same for a group of a result. Of an opened one only the people are known when service principals, which have a list
 * of their own, were not read.
 */
export function describeGroupState(state: GroupState, peopleOnly: boolean) {
  const words = GROUP_STATE_WORDS[state]
  if (state !== 'whole' || !peopleOnly) return words
  return {
    label: 'Opened, people only',
    says: 'The people in it are known, and through which groups. Whether service principals are in it was not read.',
    next: 'See Coverage for the reason.',
  }
}

/** Whether it is known who is in a group. */
export const isOpened = (state: GroupState): boolean => state === 'whole' || state === 'partly' || state === 'flat'

export const RUN_STATE_LABELS: Record<RunState, string> = {
  queued: 'Waiting to start',
  running: 'Under way',
  succeeded: 'Synced',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

/** What may be said of a role that somebody has at one of two moments. */
export const DIFFERENCE_LABELS: Record<Difference, string> = {
  gained: 'Gained',
  lost: 'Lost',
  not_comparable: 'Not comparable',
}

export const RUN_PHASE_LABELS: Record<RunPhase, string> = {
  starting: 'Starting',
  reading_assignments: 'Reading role assignments',
  reading_groups: 'Opening groups',
  reading_people: 'Reading people',
  publishing: 'Publishing',
  done: 'Publishing',
}

export const MEMBER_ROLE_LABELS: Record<MemberRole, string> = { owner: 'Owner', admin: 'Admin', viewer: 'Viewer' }

/** The choices of a filter: anything, or one of the words of a table, in the order of the table. */
export function listOptions(
  anything: string,
  labels: Partial<Record<string, string>>,
): { value: string; label: string }[] {
  return [{ value: '', label: anything }, ...Object.entries(labels).map(([value, label = value]) => ({ value, label }))]
}
