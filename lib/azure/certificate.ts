import {
  createHash,
  createPrivateKey,
  generateKeyPair,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto'
import { promisify } from 'node:util'

/** A certificate with its private key, both in PEM, as an application signs in with them. */
export type KeyedCertificate = {
  certificate: string
  privateKey: string
  /** SHA-256 of the certificate, in hexadecimal digits. */
  thumbprint: string
  expiresAt: Date
}

/** Days that a certificate made here is good for. It is said on the list of accounts when it ends. */
const VALID_DAYS = 365

const DAY_MS = 86_400_000

/** A new RSA key with a certificate that it signs itself, for an application to be registered with. The key never leaves the server. */
export async function makeCertificate(commonName: string, now = new Date()): Promise<KeyedCertificate> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 3072 })
  const expiresAt = new Date(Math.floor(now.getTime() / 1_000) * 1_000 + VALID_DAYS * DAY_MS)
  const der = encodeCertificate({
    commonName,
    from: new Date(now.getTime() - DAY_MS), // so that a clock which is slow takes it too
    to: expiresAt,
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    privateKey,
  })
  const certificate = new X509Certificate(der)
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { certificate: certificate.toString(), privateKey: pem, thumbprint: thumbprintOf(certificate), expiresAt }
}

export type BadCertificate = { problem: string }

/** Bits of a key that is taken. Signing with one of 32,768 stops the process for 12 seconds. */
const [LEAST_BITS, MOST_BITS] = [2048, 4096]

/**
 * Reads a certificate and its key from a text in PEM, which holds both in any order. Says in a sentence what is wrong with it; no
 * part of the text is in that sentence.
 */
export function readCertificate(pem: string, now = new Date()): KeyedCertificate | BadCertificate {
  const certificateText = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(pem)?.[0]
  if (!certificateText) return { problem: 'There is no certificate in it: a part that begins with BEGIN CERTIFICATE.' }
  if (/BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/.test(pem))
    return { problem: 'Its private key is encrypted. Take the password away first, with openssl pkey.' }
  const keyText = /-----BEGIN (?:RSA )?PRIVATE KEY-----[^-]+-----END (?:RSA )?PRIVATE KEY-----/.exec(pem)?.[0]
  if (!keyText) return { problem: 'There is no private key in it: a part that begins with BEGIN PRIVATE KEY.' }
  const [certificate, key] = [parse(() => new X509Certificate(certificateText)), parse(() => createPrivateKey(keyText))]
  if (!certificate) return { problem: 'Its certificate cannot be read.' }
  if (!key) return { problem: 'Its private key cannot be read.' }
  if (key.asymmetricKeyType !== 'rsa') return { problem: 'Its key is not an RSA key, which Entra ID asks for.' }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  if (bits < LEAST_BITS || bits > MOST_BITS)
    return {
      problem: `Its key has ${bits} bits. Use one of 2048 to ${MOST_BITS}, such as openssl makes with rsa:3072.`,
    }
  if (!certificate.checkPrivateKey(key)) return { problem: 'Its private key belongs to another certificate.' }
  const expiresAt = new Date(certificate.validTo)
  if (expiresAt <= now) return { problem: 'Its certificate has expired.' }
  return {
    certificate: certificate.toString(),
    privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    thumbprint: thumbprintOf(certificate),
    expiresAt,
  }
}

function parse<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null // the error may quote the key
  }
}

const thumbprintOf = (certificate: X509Certificate): string =>
  createHash('sha256').update(certificate.raw).digest('hex').toUpperCase()

type Contents = { commonName: string; from: Date; to: Date; publicKey: Buffer; privateKey: KeyObject }

/** A self-signed X.509 certificate of version 3 in DER (RFC 5280, section 4.1), signed with RSA and SHA-256, for signatures only. */
function encodeCertificate({ commonName, from, to, publicKey, privateKey }: Contents): Buffer {
  const name = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(commonName, 'utf8')))))
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40 // positive, and never shortened
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    RSA_WITH_SHA256,
    name,
    sequence(encodeTime(from), encodeTime(to)),
    name,
    publicKey,
    der(0xa3, sequence(sequence(KEY_USAGE, TRUE, der(0x04, der(0x03, Buffer.from([7, 0x80])))))),
  )
  const signature = sign('RSA-SHA256', toBeSigned, privateKey)
  return sequence(toBeSigned, RSA_WITH_SHA256, der(0x03, Buffer.from([0]), signature))
}

/** An element: its tag, its length in the shortest form, its content. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content])
  const digits = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, '0'), 'hex')
  return Buffer.concat([Buffer.from([tag, 0x80 | digits.length]), digits, content])
}

const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts)

/** Times until 2049 have two digits of the year. */
const encodeTime = (time: Date): Buffer =>
  der(0x17, Buffer.from(`${time.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`))

const COMMON_NAME = der(0x06, Buffer.from('550403', 'hex')) // 2.5.4.3
const KEY_USAGE = der(0x06, Buffer.from('551d0f', 'hex')) // 2.5.29.15
const TRUE = der(0x01, Buffer.from([0xff]))
const RSA_WITH_SHA256 = sequence(der(0x06, Buffer.from('2a864886f70d01010b', 'hex')), der(0x05)) // 1.2.840.113549.1.1.11
