/** The PostgreSQL server cannot be used as it is; the message is one sentence that says what to do, without secrets. */
export class ServerUnusable extends Error {
  override name = 'ServerUnusable'
}

type Fault = { code?: unknown; message?: unknown; cause?: unknown }

const NO_ANSWER =
  'The server in DATABASE_URL does not answer: start it, let the firewall through, or correct host and port.'
const CUT_OFF = 'The server in DATABASE_URL ended the connection: it may be shutting down, or not be PostgreSQL.'
const TLS = 'correct sslmode and sslrootcert in DATABASE_URL, or the certificate of the server'

/**
 * One sentence for each fault that is mended outside Rolecall, by the code of PostgreSQL (SQLSTATE), of the network or of
 * TLS. `message` is PostgreSQL's own, which names users, databases and tables, and never a password.
 */
const SENTENCES: Record<string, (message: string) => string> = {
  '28P01': (message) =>
    `PostgreSQL refuses the sign-in (${message}): correct the user and the password in DATABASE_URL.`,
  '28000': (message) =>
    `PostgreSQL refuses the sign-in (${message}): correct the user in DATABASE_URL, or have an administrator admit it in pg_hba.conf.`,
  '3D000': (message) =>
    `PostgreSQL says: ${message}. Have an administrator create it, or correct the name in DATABASE_URL.`,
  '42501': (message) =>
    `The user in DATABASE_URL lacks a right (${message}): have an administrator grant what docs/operating.md lists under PostgreSQL.`,
  '25006': () =>
    'The PostgreSQL server in DATABASE_URL is read-only, as a standby is: name the server that is written to.',
  '53300': (message) =>
    `PostgreSQL has no connection left (${message}): raise max_connections, or stop what else uses them.`,
  '57P03': (message) => `PostgreSQL is not ready (${message}): start Rolecall again once it is.`,
  ENOTFOUND: () => 'The host in DATABASE_URL is not known: correct its name, or the name service of this machine.',
  EAI_AGAIN: () => 'The host in DATABASE_URL could not be looked up: mend the name service of this machine.',
  ECONNREFUSED: () => 'Nothing listens at the host and port in DATABASE_URL: start PostgreSQL there, or correct them.',
  ECONNRESET: () => CUT_OFF,
  ETIMEDOUT: () => NO_ANSWER,
  EHOSTUNREACH: () => NO_ANSWER,
  ENETUNREACH: () => NO_ANSWER,
  SELF_SIGNED_CERT_IN_CHAIN: () => `The certificate of the PostgreSQL server is not trusted: ${TLS}.`,
  DEPTH_ZERO_SELF_SIGNED_CERT: () => `The certificate of the PostgreSQL server is not trusted: ${TLS}.`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: () => `The certificate of the PostgreSQL server is not trusted: ${TLS}.`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: () => `The certificate of the PostgreSQL server is not trusted: ${TLS}.`,
  CERT_HAS_EXPIRED: () => `The certificate of the PostgreSQL server has expired: ${TLS}.`,
  ERR_TLS_CERT_ALTNAME_INVALID: () => `The certificate of the PostgreSQL server is for another host: ${TLS}.`,
}

/** Faults for which the driver, pg, gives a message and no code. */
const BY_MESSAGE: [RegExp, string][] = [
  [/^timeout expired$|due to connection timeout$/, NO_ANSWER],
  [
    /^timeout exceeded when trying to connect$/,
    'All connections of this process to PostgreSQL stayed busy: look there for statements that wait long, and try again.',
  ],
  [/^Connection terminated unexpectedly$/, CUT_OFF],
  [/^SASL: .*client password must be/, 'PostgreSQL asks for a password, and DATABASE_URL has none: add it.'],
  [/^The server does not support SSL connections$/, `The PostgreSQL server speaks no TLS: ${TLS}.`],
]

/** The sentence for a fault of the PostgreSQL server, however deep in the causes it lies; null for any other error. */
export function explainServerFault(error: unknown): string | null {
  for (let fault = error; fault instanceof Error; fault = fault.cause) {
    if (fault instanceof ServerUnusable) return fault.message
    const { code, message }: Fault = fault
    const sentence =
      typeof code === 'string' && Object.hasOwn(SENTENCES, code) ? SENTENCES[code]?.(String(message)) : undefined
    if (sentence) return sentence
    const known = BY_MESSAGE.find(([pattern]) => pattern.test(String(message)))
    if (known) return known[1]
  }
  return null
}
