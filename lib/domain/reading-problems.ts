import type { Problem } from './problem'

/** What can go wrong when a subscription, its directory or one of their lists is read. */
export const READING_PROBLEMS = {
  subscription_not_readable: {
    kind: 'right',
    title: 'The account cannot read this subscription',
    sentence: 'The account has no role on the subscription, or the subscription was deleted.',
    next: 'Ask for the Reader role on this subscription, then check again.',
  },
  followed_group_not_seen: {
    kind: 'right',
    title: 'The management group that is followed is not seen any more',
    sentence: 'Azure does not show it to the account: it was deleted, or the account has lost its right to read it.',
    next: 'Choose another management group to follow, or ask for the Reader role on this one.',
  },
  subscription_moved: {
    kind: 'sign_in',
    title: 'The subscription belongs to another tenant',
    sentence: 'The subscription is not in the tenant that was signed in to. It may have been transferred.',
    next: 'Reconnect and sign in to the tenant that owns it now.',
  },
  subscription_of_other_tenant: {
    kind: 'right',
    title: 'One of the subscriptions belongs to another tenant',
    sentence:
      'It is delegated to the tenant that was signed in to (Azure Lighthouse). Who holds roles there is in the directory of its own tenant.',
    next: 'Connect it by its own ID, and sign in with an account of its tenant.',
  },
  subscription_disabled: {
    kind: 'right',
    title: 'The subscription is not enabled',
    sentence: 'Azure reports this subscription as disabled or deleted. Role assignments can still be read.',
    next: 'Reactivate it in the Azure portal if it should be in use.',
  },
  reader_role_missing: {
    kind: 'right',
    title: 'Role assignments are not readable',
    sentence: 'Rolecall could not read role assignments with this account.',
    next: 'Ask for the Reader role on this subscription, then check again.',
  },
  assignments_halved: {
    kind: 'right',
    title: 'At least half of the role assignments are gone',
    sentence:
      'Azure lists at most half of the role assignments that it listed before, also when it is asked a second time.',
    next: 'If nobody removed them, look in Azure whether the account that reads still holds Reader on the whole subscription.',
  },
  directory_not_readable: {
    kind: 'right',
    title: 'The directory is not readable',
    sentence: 'Microsoft Graph refused to list users, so names, emails and statuses cannot be shown.',
    next: 'Use another account of the tenant: some tenants keep guests and ordinary members from listing users.',
  },
  groups_not_asked: {
    kind: 'right',
    title: 'Groups were not opened',
    sentence: 'The optional permission GroupMember.Read.All was not asked for, so who is in a group was not read.',
    next: 'Ask for it in the connection’s settings.',
  },
  groups_not_permitted: {
    kind: 'right',
    title: 'Groups are not readable',
    sentence: 'Microsoft Graph refused to say who is in the groups that hold roles.',
    next: 'Have an administrator grant GroupMember.Read.All, and use a member account: guests cannot read groups.',
  },
  groups_too_many_calls: {
    kind: 'right',
    title: 'The directory is too large to open groups person by person',
    sentence:
      'Without GroupMember.Read.All, groups are opened by asking about every person of the directory, which is too many here.',
    next: 'Ask for GroupMember.Read.All in the connection’s settings: groups are then opened with few calls.',
  },
  group_hidden: {
    kind: 'right',
    title: 'A group hides its members',
    sentence: 'Some groups hide who is in them, so those who have access only through such a group are not listed.',
    next: 'Look at these groups in Microsoft Entra, or sign in with an account that may read hidden memberships.',
  },
  names_not_asked: {
    kind: 'right',
    title: 'Names of applications were not asked for',
    sentence: 'Without Application.Read.All, service principals and managed identities are known by ID only.',
    next: 'Ask for Application.Read.All in the connection’s settings.',
  },
  names_not_permitted: {
    kind: 'right',
    title: 'Names of applications are not readable',
    sentence: 'Microsoft Graph refused to name service principals and managed identities.',
    next: 'Have an administrator grant Application.Read.All, and use a member account.',
  },
  bin_not_readable: {
    kind: 'right',
    title: 'Deleted users are not readable',
    sentence:
      'Microsoft Graph refused to list deleted users, so deleted people and people who never existed look alike.',
    next: 'Use a member account that may read the directory’s deleted users.',
  },
  sign_ins_not_asked: {
    kind: 'right',
    title: 'Last sign-ins were not asked for',
    sentence: 'The optional permission AuditLog.Read.All was not asked for, so last sign-ins are not known.',
    next: 'Ask for it in the connection’s settings.',
  },
  sign_ins_not_permitted: {
    kind: 'right',
    title: 'Last sign-ins are not readable',
    sentence: 'Microsoft Graph refused to say when people last signed in.',
    next: 'Have an administrator grant AuditLog.Read.All; some tenants also want Reports Reader for the account.',
  },
  sign_ins_not_licensed: {
    kind: 'right',
    title: 'Last sign-ins need a licence',
    sentence: 'Microsoft keeps last sign-ins only for tenants with Entra ID P1 or P2, and this tenant has neither.',
    next: 'Nothing needs to be done: everything else is read.',
  },
  sign_ins_too_many: {
    kind: 'right',
    title: 'Not every last sign-in was read',
    sentence: 'Microsoft gives out last sign-ins slowly, so only those of a part of the people were read.',
    next: 'Nothing needs to be done: everything else is read.',
  },
  pim_not_licensed: {
    kind: 'right',
    title: 'Eligible roles need a licence',
    sentence:
      'Privileged Identity Management needs Entra ID P2 or Governance, and this tenant has neither, so there are no eligible roles to read.',
    next: 'Nothing needs to be done: everything else is read.',
  },
  pim_not_permitted: {
    kind: 'right',
    title: 'Eligible roles are not readable',
    sentence: 'Azure refused to list eligible and time-bound roles with this account.',
    next: 'Ask for the Reader role on this subscription, then sync again.',
  },
  denies_not_permitted: {
    kind: 'right',
    title: 'Deny assignments are not readable',
    sentence:
      'Azure refused to list deny assignments, so access that one of them cuts may be shown as if it were whole.',
    next: 'Ask for the Reader role on this subscription, then sync again.',
  },
  management_groups_not_readable: {
    kind: 'right',
    title: 'Management groups are not readable',
    sentence: 'The account may not read the management groups above the subscription, so they are shown by ID.',
    next: 'Ask for Management Group Reader on them if their names should be shown.',
  },
  optional_consent_withdrawn: {
    kind: 'right',
    title: 'An optional permission was withdrawn',
    sentence: 'The tenant no longer grants this connection an optional permission that it granted before.',
    next: 'Ask Microsoft for it again in the connection’s settings, or stop using it there.',
  },
  untrusted_link: {
    kind: 'ours',
    title: 'An answer pointed somewhere untrusted',
    sentence: 'A page or redirect led outside Microsoft’s own addresses. It was not followed and no token was sent.',
    next: 'Try again. If it happens again, tell whoever runs your network: something may be altering traffic.',
  },
  endless_list: {
    kind: 'ours',
    title: 'A list from Microsoft did not end',
    sentence: 'Pages repeated or exceeded every plausible number, so the read was stopped.',
    next: 'Try again later. The last good data stays.',
  },
  bad_answer: {
    kind: 'transient',
    title: 'Microsoft’s answer could not be understood',
    sentence: 'An answer was cut off or did not have the documented form.',
    next: 'Wait a few minutes: Rolecall tries again by itself. The last good data stays.',
  },
  timed_out: {
    kind: 'transient',
    title: 'The sync took too long',
    sentence: 'The run passed its deadline and was ended.',
    next: 'Wait a few minutes: Rolecall tries again by itself. The last good data stays.',
  },
  interrupted: {
    kind: 'transient',
    title: 'The sync was interrupted',
    sentence: 'The process that ran it ended before it was finished.',
    next: 'Wait a few minutes: Rolecall tries again by itself. The last good data stays.',
  },
  long_pause: {
    kind: 'transient',
    title: 'Microsoft asked for a pause of more than a day',
    sentence: 'Microsoft asked not to be called again for longer than a day, which Rolecall does not wait for.',
    next: 'Rolecall asks again after a day. Sync now if you know that Azure answers again. The last good data stays.',
  },
  run_given_up: {
    kind: 'transient',
    title: 'The sync did not come to an end',
    sentence: 'The sync was begun three times, and each time the process that ran it was lost before it could finish.',
    next: 'Rolecall tries again by itself. If it happens again, look in the log for what ends its workers.',
  },
  secret_unreadable: {
    kind: 'sign_in',
    title: 'The stored sign-in cannot be opened',
    sentence: 'The key that sealed it is missing or has changed.',
    next: 'Restore the encryption key, or reconnect.',
  },
  refused_by_microsoft: {
    kind: 'transient',
    title: 'Microsoft refused the request',
    sentence: 'Microsoft answered with an error code of its own that says nothing about a right or the sign-in.',
    next: 'Wait: Rolecall tries again by itself. If it stays, look the code up at Microsoft. The last good data stays.',
  },
  list_refused: {
    kind: 'right',
    title: 'A list was refused',
    sentence: 'Microsoft did not give out this list; everything else was read. What was read of it before stays.',
    next: 'It is asked for again at each sync. If it stays refused, look Microsoft’s code up.',
  },
  odd_rows: {
    kind: 'ours',
    title: 'Some rows could not be understood',
    sentence: 'Microsoft sent rows in a form that Rolecall does not know. They were set aside; the rest was read.',
    next: 'Look at these entries in Azure, and report their ids to whoever maintains Rolecall.',
  },
  guest_account: {
    kind: 'right',
    title: 'The account is a guest',
    sentence: 'The permission is granted, but the account is a guest of this tenant, and guests may not read this.',
    next: 'Reconnect with a member account of the tenant. Asking for the permission again would change nothing.',
  },
  granted_but_refused: {
    kind: 'right',
    title: 'Granted, but refused',
    sentence: 'The permission is granted, but Microsoft does not let this account use it.',
    next: 'Reconnect with an account that may read this. Asking for the permission again would change nothing.',
  },
  services_not_listed: {
    kind: 'right',
    title: 'Only people were read from groups',
    sentence:
      'Which service principals and managed identities are in the groups could not be read, so those that hold a role only through a group are not listed.',
    next: 'Ask for GroupMember.Read.All in the connection’s settings, or look at these groups in Microsoft Entra.',
  },
  eligible_members_not_asked: {
    kind: 'right',
    title: 'Eligible members of groups were not asked for',
    sentence:
      'People who can activate a membership of a group that holds roles are not listed without PrivilegedEligibilitySchedule.Read.AzureADGroup.',
    next: 'Ask for it in the connection’s settings.',
  },
  activated_members_not_asked: {
    kind: 'right',
    title: 'Activated memberships were not asked for',
    sentence:
      'A membership that is activated for some hours looks like one that lasts without PrivilegedAssignmentSchedule.Read.AzureADGroup.',
    next: 'Ask for it in the connection’s settings.',
  },
  eligible_members_not_permitted: {
    kind: 'right',
    title: 'Eligible members of groups are not readable',
    sentence: 'Microsoft Graph refused to say who can activate a membership of the groups that hold roles.',
    next: 'It takes a Global Reader, or an owner or member of each group. Reconnect with such an account.',
  },
  owners_not_asked: {
    kind: 'right',
    title: 'Owners of groups were not asked for',
    sentence: 'Who can add members to the groups that hold roles is not known without GroupMember.Read.All.',
    next: 'Ask for it in the connection’s settings.',
  },
  owners_not_permitted: {
    kind: 'right',
    title: 'Owners of groups are not readable',
    sentence: 'Microsoft Graph refused to say who owns the groups that hold roles.',
    next: 'Have an administrator grant GroupMember.Read.All, and use a member account.',
  },
  delegations_not_permitted: {
    kind: 'right',
    title: 'Delegations to other tenants are not readable',
    sentence:
      'Azure refused to list the delegations of Azure Lighthouse, so people of another tenant who hold roles here are not listed.',
    next: 'Ask for the Reader role on this subscription, then sync again.',
  },
  delegations_not_found: {
    kind: 'right',
    title: 'Some delegations to other tenants were not found',
    sentence:
      'Azure names tenants or delegations that manage this subscription or a part of it, and does not tell who holds which role by them.',
    next: 'Look at Service providers in the Azure portal.',
  },
  kinds_not_known: {
    kind: 'right',
    title: 'Some principals are of a kind that is not known',
    sentence: 'Neither Azure nor the directory told what these principals are, so no more than their ids is known.',
    next: 'Look them up by their ids in Microsoft Entra. Application.Read.All helps with service principals.',
  },
  unknown: {
    kind: 'ours',
    title: 'Something went wrong on our side',
    sentence: 'The cause was logged with the number below.',
    next: 'Try again. If it happens again, pass on the number.',
  },
} as const satisfies Record<string, Problem>
