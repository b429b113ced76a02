import '../tls/reflect-metadata'
import { webcrypto } from 'node:crypto'
import { PemConverter, X509CertificateGenerator } from '@peculiar/x509'

type Made = { certificate: string; privateKey: string }

const ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
}

/** A certificate with its key, both PEM, as an application would register it: for those who try the sandbox. */
export async function makeCertificate({ validTo = Date.now() + 86_400_000 } = {}): Promise<Made> {
  const keys = (await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as CryptoKeyPair
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=Nightly',
      notBefore: new Date(Math.min(validTo, Date.now()) - 86_400_000),
      notAfter: new Date(validTo),
      signingAlgorithm: ALGORITHM,
      keys,
    },
    webcrypto as Crypto,
  )
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  return { certificate: certificate.toString('pem'), privateKey: PemConverter.encode(key, 'PRIVATE KEY') }
}
