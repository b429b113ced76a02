import type { Problem } from './problem'

/** What can go wrong between a person or an application and Microsoft’s sign-in, and until a subscription is found with it. */
export const SIGN_IN_PROBLEMS = {
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
  too_many_begun: {
    kind: 'right',
    title: 'Too many applications are begun',
    sentence:
      'Your organisation has begun 25 applications or credentials that do not work yet, and that is as many as it can.',
    next: 'Finish or discard one of those in the list of accounts.',
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
} as const satisfies Record<string, Problem>
