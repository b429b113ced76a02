import type { Refusal } from './vocabulary'

/** What it takes to get over a problem. */
export type ProblemKind =
  /** Waiting helps: tried again after minutes. */
  | 'transient'
  /** A person must sign in to Microsoft again. */
  | 'sign_in'
  /** A person must grant or change something first. */
  | 'right'
  /** A fault in how Rolecall is set up or built. */
  | 'ours'

type Problem = { kind: ProblemKind; title: string; sentence: string; next: string }

/**
 * Everything that can go wrong between Rolecall and Microsoft, as a closed set of codes. Each says what happened, what
 * to do next, and by its kind whether waiting helps. Runs and attempts store the code, never a sentence or a raw error.
 */
export const PROBLEMS = {
  declined: {
    kind: 'sign_in',
    title: 'The permissions were declined',
    sentence: 'Microsoft reports that the requested permissions were not accepted, so nothing was connected.',
    next: 'Sign in again and choose Accept. If Microsoft asked for an administrator, send them the approval link.',
  },
  admin_consent_required: {
    kind: 'sign_in',
    title: 'An administrator must approve Rolecall first',
    sentence: 'Some of what was asked for needs an administrator’s consent, and this tenant has not given it.',
    next: 'Send the approval link to an administrator of the tenant. Once they have accepted, sign in again.',
  },
  account_not_in_tenant: {
    kind: 'sign_in',
    title: 'That account is not in this tenant',
    sentence: 'The subscription belongs to another tenant than the account you signed in with.',
    next: 'Sign in with an account of the subscription’s tenant, or have yours invited to it as a guest.',
  },
  wrong_tenant: {
    kind: 'sign_in',
    title: 'The sign-in came from another tenant',
    sentence:
      'Microsoft answered for a different tenant than the one that owns the subscription, so the answer was not used.',
    next: 'Sign in again with an account of the subscription’s tenant.',
  },
  blocked_by_policy: {
    kind: 'sign_in',
    title: 'A Conditional Access policy blocked the sign-in',
    sentence: 'The tenant’s policies do not allow this account to sign in from here. Trying again will not help.',
    next: 'Show the code below to an administrator of the tenant, or sign in from a device and place its policies allow.',
  },
  mfa_required: {
    kind: 'sign_in',
    title: 'Microsoft asks for one more verification',
    sentence: 'The tenant demands multifactor authentication before Azure can be read.',
    next: 'Continue to Microsoft and complete the verification.',
  },
  not_assigned_to_app: {
    kind: 'sign_in',
    title: 'This account is not assigned to Rolecall',
    sentence: 'The tenant lets only assigned people use this application.',
    next: 'Ask an administrator to assign the account to Rolecall under Enterprise applications, then sign in again.',
  },
  account_disabled: {
    kind: 'sign_in',
    title: 'The Microsoft account is disabled',
    sentence: 'Microsoft no longer lets this account sign in.',
    next: 'Sign in with another account that can read the subscription.',
  },
  attempt_expired: {
    kind: 'sign_in',
    title: 'This attempt has expired',
    sentence:
      'A sign-in must come back within 10 minutes, and a connection be finished within 30. Nothing was connected.',
    next: 'Start again with the subscription ID.',
  },
  attempt_used: {
    kind: 'sign_in',
    title: 'This sign-in was already used',
    sentence: 'Each sign-in can be used once. The page may have been reloaded or opened from history.',
    next: 'Sign in again.',
  },
  state_mismatch: {
    kind: 'sign_in',
    title: 'The sign-in could not be matched to you',
    sentence: 'The answer from Microsoft does not belong to a sign-in that you began here, so it was not used.',
    next: 'Start the connection again from the Integrations page, in one tab.',
  },
  app_redirect_wrong: {
    kind: 'ours',
    title: 'The redirect address is not registered',
    sentence: 'Microsoft does not know the address it was asked to return to.',
    next: 'Add the redirect address shown in the set-up guide to the app registration, then sign in again.',
  },
  app_secret_wrong: {
    kind: 'ours',
    title: 'The app’s client secret is wrong',
    sentence:
      'Microsoft refused Rolecall’s own credentials. Often the secret’s ID was configured instead of its value.',
    next: 'Set AZURE_CLIENT_SECRET to the value of a current secret, restart Rolecall, then sign in again.',
  },
  app_secret_expired: {
    kind: 'ours',
    title: 'The app’s client secret has expired',
    sentence: 'Microsoft refused Rolecall’s own credentials because they are out of date.',
    next: 'Create a new client secret in the app registration, set AZURE_CLIENT_SECRET, and restart Rolecall.',
  },
  app_not_in_tenant: {
    kind: 'ours',
    title: 'The app is unknown in this tenant',
    sentence: 'Microsoft does not find Rolecall’s app registration in the subscription’s tenant or cloud.',
    next: 'Check AZURE_CLIENT_ID and that the app registration allows accounts of other tenants.',
  },
  application_unknown: {
    kind: 'sign_in',
    title: 'The tenant does not know the application',
    sentence: 'Microsoft finds no application with this client ID in the tenant.',
    next: 'Compare the client ID and the tenant with the app registration. A new application can take a minute to be found.',
  },
  application_disabled: {
    kind: 'sign_in',
    title: 'The application is disabled',
    sentence: 'An administrator of the tenant has disabled the application, so Microsoft gives it no token.',
    next: 'Have it enabled in Microsoft Entra, under Enterprise applications, then check again.',
  },
  application_not_installed: {
    kind: 'sign_in',
    title: 'The application has no service principal',
    sentence:
      'The application is registered, but the tenant has no service principal of it, which its roles are given to.',
    next: 'Run az ad sp create with the client ID in this tenant, then check again.',
  },
  application_refused: {
    kind: 'sign_in',
    title: 'Microsoft refused the application',
    sentence: 'Microsoft did not accept the application or its credential, for a reason that only its code tells.',
    next: 'Look the code up at Microsoft, then give the account a new credential.',
  },
  certificate_not_accepted: {
    kind: 'sign_in',
    title: 'The certificate is not accepted',
    sentence: 'The certificate is not registered with the application, or it has expired.',
    next: 'Register the certificate with the application, or give the account a new one. It can take a minute to be known.',
  },
  secret_not_accepted: {
    kind: 'sign_in',
    title: 'The application’s client secret is wrong',
    sentence: 'Microsoft does not know this secret. Often the ID of the secret was copied instead of its value.',
    next: 'Give the account the value of a current secret, or better a certificate.',
  },
  secret_out_of_date: {
    kind: 'sign_in',
    title: 'The application’s client secret has expired',
    sentence: 'The secret that this account signs in with is past its end.',
    next: 'Give the account a certificate, or the value of a new secret.',
  },
  federation_not_found: {
    kind: 'transient',
    title: 'No federated credential fits yet',
    sentence:
      'Microsoft finds no federated credential for the token in the file. A new one takes some minutes to be known.',
    next: 'Wait some minutes, then check again. If it stays, compare its issuer and subject with those of the token.',
  },
  federation_mismatch: {
    kind: 'sign_in',
    title: 'The federated credential does not fit the token',
    sentence: 'The issuer, the subject or the audience of the token is another than the federated credential names.',
    next: 'Correct the federated credential. Capital letters count, and the audience is api://AzureADTokenExchange.',
  },
  federated_token_unusable: {
    kind: 'ours',
    title: 'The federated token cannot be used',
    sentence:
      'The file that AZURE_FEDERATED_TOKEN_FILE names is missing, holds no token, or holds one that has expired.',
    next: 'Have the platform that Rolecall runs on write a fresh token there, with the audience api://AzureADTokenExchange.',
  },
  identity_not_found: {
    kind: 'ours',
    title: 'The machine has no such managed identity',
    sentence: 'The machine that Rolecall runs on gives out no token of this managed identity.',
    next: 'Assign the identity to the machine in Azure, and compare its client ID.',
  },
  credential_of_other_tenant: {
    kind: 'right',
    title: 'This credential works in your own tenant only',
    sentence:
      'Federated tokens and managed identities belong to the portal, so each organisation may use them for its own tenant and no other.',
    next: 'Use a certificate for an application of another tenant.',
  },
  tenant_unknown: {
    kind: 'right',
    title: 'Microsoft does not know this tenant',
    sentence: 'No tenant with this ID or domain exists in this cloud.',
    next: 'Copy the tenant ID from the overview of Microsoft Entra.',
  },
  subscription_unknown: {
    kind: 'right',
    title: 'Azure does not know this subscription',
    sentence: 'No subscription with this ID exists in this cloud. IDs are easily confused with tenant or resource IDs.',
    next: 'Copy the ID again from Subscriptions in the Azure portal.',
  },
  azure_unreachable: {
    kind: 'transient',
    title: 'Microsoft could not be reached',
    sentence: 'Azure, Microsoft Graph or the sign-in service did not answer in time, or answered with a server error.',
    next: 'Wait a minute, then try again.',
  },
  throttled: {
    kind: 'transient',
    title: 'Microsoft asked to wait',
    sentence: 'Too many requests were made in a short time.',
    next: 'Wait a minute, then try again.',
  },
  sign_in_revoked: {
    kind: 'sign_in',
    title: 'The Microsoft sign-in was revoked',
    sentence: 'The consent or session that this connection uses was withdrawn, or the password was reset.',
    next: 'Reconnect with a Microsoft account that can read the subscription.',
  },
  sign_in_expired: {
    kind: 'sign_in',
    title: 'The Microsoft sign-in has expired',
    sentence: 'Microsoft no longer accepts the sign-in that this connection uses.',
    next: 'Reconnect with a Microsoft account that can read the subscription.',
  },
  id_token_refused: {
    kind: 'sign_in',
    title: 'The sign-in could not be verified',
    sentence:
      'What came back for Microsoft’s sign-in was not signed by Microsoft for this sign-in, so nothing was stored.',
    next: 'Sign in again. If it happens again, tell whoever runs your network: something may be altering traffic.',
  },
  clock_wrong: {
    kind: 'ours',
    title: 'The clock of the server is wrong',
    sentence: 'By the clock of the server that Rolecall runs on, Microsoft’s sign-in is not valid at this time.',
    next: 'Have that clock set right, best by network time (NTP), then sign in again.',
  },
  being_deleted: {
    kind: 'transient',
    title: 'The subscription is being deleted here',
    sentence: 'Somebody asked to delete the data of this subscription, and that is still going on.',
    next: 'Wait until its tile is gone from Integrations, then connect it again.',
  },
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

export type ProblemCode = keyof typeof PROBLEMS

/** Why a list was not read: the problem code, and what Microsoft answered. */
export type Refused = { code: ProblemCode; refusal: Refusal }

export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(PROBLEMS, code)

/** The words for a stored code; one that is not known here reads as a fault of ours. */
export function explain(code: string | null | undefined): Problem & { code: ProblemCode } {
  const known = code && isProblemCode(code) ? code : 'unknown'
  return { code: known, ...PROBLEMS[known] }
}

/**
 * Whether a problem is one of the account that reads, and so of every connection that lives on it. A subscription that moved to
 * another tenant needs another sign-in too, but that is its own affair.
 */
export const isOfAccount = (code: ProblemCode): boolean =>
  explain(code).kind === 'sign_in' && code !== 'subscription_moved'
