import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { makeCertificate, readCertificate } from './certificate'

const made = await makeCertificate('Rolecall for Contoso')

test('a certificate that was made is one, signed by its own key and good for a year', () => {
  const read = new X509Certificate(made.certificate)
  expect(read.subject).toBe('CN=Rolecall for Contoso')
  expect(read.issuer).toBe(read.subject)
  expect(read.verify(read.publicKey)).toBe(true)
  expect(read.checkPrivateKey(createPrivateKey(made.privateKey))).toBe(true)
  expect(read.fingerprint256.replaceAll(':', '')).toBe(made.thumbprint)
  expect(new Date(read.validTo)).toEqual(made.expiresAt)
  expect(read.publicKey.asymmetricKeyDetails?.modulusLength).toBe(3072)
  expect(Date.parse(read.validTo) - Date.now()).toBeGreaterThan(364 * 86_400_000)
})

test.each(['Größe 株式会社', 'x'.repeat(300)])('the name may be any text: %s', async (name) => {
  const { certificate } = await makeCertificate(name)
  expect(new X509Certificate(certificate).subject).toBe(`CN=${name}`)
})

test('no two certificates have the same key or serial number', async () => {
  const other = await makeCertificate('Rolecall for Contoso')
  expect(other.privateKey).not.toBe(made.privateKey)
  expect(new X509Certificate(other.certificate).serialNumber).not.toBe(
    new X509Certificate(made.certificate).serialNumber,
  )
})

test('a text with certificate and key is read in any order and with anything around them', () => {
  const text = `Bag Attributes\n${made.privateKey}\nsubject=CN = x\r\n${made.certificate}`
  expect(readCertificate(text)).toEqual(made)
})

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' })
const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' })
const rsaOf = (modulusLength: number) =>
  generateKeyPairSync('rsa', { modulusLength }).privateKey.export({ type: 'pkcs8', format: 'pem' })
const locked = createPrivateKey(made.privateKey).export({
  type: 'pkcs8',
  format: 'pem',
  cipher: 'aes-256-cbc',
  passphrase: 'p',
})

test.each([
  ['nothing', '', 'no certificate'],
  ['a certificate alone', made.certificate, 'no private key'],
  ['a key alone', made.privateKey, 'no certificate'],
  ['an encrypted key', `${made.certificate}${locked}`, 'encrypted'],
  ["another certificate's key", `${made.certificate}${other}`, 'another certificate'],
  ['a key of another kind', `${made.certificate}${ec}`, 'RSA'],
  ['a key that is too short', `${made.certificate}${rsaOf(1024)}`, '1024 bits'],
  ['a key that takes long to sign with', `${made.certificate}${rsaOf(4608)}`, '4608 bits'],
  [
    'a damaged certificate',
    `${made.certificate.replace('MII', 'AAA')}${made.privateKey}`,
    'certificate cannot be read',
  ],
  ['a damaged key', `${made.certificate}${made.privateKey.replace('MII', 'AAA')}`, 'key cannot be read'],
])('%s is refused with a sentence', (_what, text, words) => {
  expect(readCertificate(text)).toEqual({ problem: expect.stringContaining(words) })
})

test('a certificate that has expired is refused', () => {
  const later = new Date(made.expiresAt.getTime() + 1)
  expect(readCertificate(made.certificate + made.privateKey, later)).toEqual({
    problem: 'Its certificate has expired.',
  })
})
