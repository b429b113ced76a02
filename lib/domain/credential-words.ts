import type { CredentialKind } from './vocabulary'

/** How an application proves itself, as it is called, and when to choose it. */
export const CREDENTIAL_WORDS: Record<CredentialKind, { name: string; when: string }> = {
  certificate: {
    name: 'Certificate',
    when: 'Works everywhere. The key is made here or given by you, is stored sealed, and never leaves the server.',
  },
  federated: {
    name: 'Federated credential',
    when: 'Nothing to keep or renew: the platform that Rolecall runs on vouches for it with a token that it keeps fresh.',
  },
  managed_identity: {
    name: 'Managed identity',
    when: 'Nothing to keep or renew: Azure knows the machine that Rolecall runs on.',
  },
  secret: {
    name: 'Client secret',
    when: 'The last resort: it can be copied by whoever sees it, and it expires.',
  },
}

/** Days before its end from which a credential is said to end soon. */
const SOON_DAYS = 30

/** Whether a credential has ended, or ends so soon that somebody should replace it. */
export function isEndingSoon(expiresAt: Date, now: Date): boolean {
  return expiresAt.getTime() - now.getTime() < SOON_DAYS * 86_400_000
}
