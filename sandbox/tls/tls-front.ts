import './reflect-metadata'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { findService, HOST_NAMES } from '../clouds'

type TlsFront = { port: number; caFile: string; close(): Promise<void> }

// Node closes idle connections after 5 s; a client that pools connections would then sometimes write to a closed one.
const IDLE_MS = 120_000

/**
 * Serves Microsoft's host names over TLS on loopback, with certificates of a CA kept in `dataDir`. It serves only those
 * names: the control routes stay on the plain port. Rejects with the listen error when the port is taken or forbidden.
 */
export async function startTlsFront(
  listener: RequestListener,
  options: { port: number; dataDir: string },
): Promise<TlsFront> {
  const authority = await openCertificateAuthority(join(options.dataDir, 'sandbox-ca'))
  const credentials = await authority.issue([...HOST_NAMES])
  const server = createServer({ ...credentials, minVersion: 'TLSv1.2' }, (incoming, outgoing) => {
    if (isForKnownHost(incoming)) return listener(incoming, outgoing)
    outgoing.writeHead(421, { 'content-type': 'text/plain' }).end('The sandbox does not imitate this host.')
  })
  server.keepAliveTimeout = IDLE_MS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    caFile: authority.caFile,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()))
        server.closeAllConnections()
      }),
  }
}

/** Whether a request names one of Microsoft's hosts, both in its Host header and, if given, in its TLS handshake. */
function isForKnownHost(incoming: IncomingMessage): boolean {
  const named = (incoming.headers.host ?? '').replace(/:\d+$/, '')
  const { servername } = incoming.socket as TLSSocket
  return findService(named) !== null && (!servername || findService(servername) !== null)
}

/** A certificate authority kept in a folder; clients that trust `caFile` accept its certificates. */
type CertificateAuthority = { caFile: string; issue(names: string[]): Promise<Credentials> }

/** What a TLS server needs, in PEM. */
type Credentials = { key: string; cert: string }

const AUTHORITY_DAYS = 730

/** Opens the CA of a folder, or creates it: `ca.pem`, and `ca-key.pem` which only its owner can read. */
export async function openCertificateAuthority(
  folder: string,
  until = inDays(AUTHORITY_DAYS),
): Promise<CertificateAuthority> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const caFile = join(folder, 'ca.pem')
  const keyFile = join(folder, 'ca-key.pem')
  const own = (await readStored(caFile, keyFile)) ?? (await createAndStore(caFile, keyFile, until))
  return { caFile, issue: (names) => issue(own, names) }
}

type StoredAuthority = { certificate: X509Certificate; privateKey: CryptoKey }

const RENEW_DAYS = 60 // a CA that is copied to a client today stays valid for at least two months

/** Reads the CA of a folder; null when there is none, its files do not belong together, or it expires soon. */
async function readStored(caFile: string, keyFile: string): Promise<StoredAuthority | null> {
  if (!existsSync(caFile) || !existsSync(keyFile)) return null
  const certificate = new X509Certificate(readFileSync(caFile, 'utf8'))
  if (certificate.notAfter < inDays(RENEW_DAYS)) return null
  const der = PemConverter.decodeFirst(readFileSync(keyFile, 'utf8'))
  const privateKey = await crypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign'])
  const probe = Buffer.from('Does this key belong to this certificate?')
  const signature = await crypto.subtle.sign(ALGORITHM, privateKey, probe)
  const publicKey = await certificate.publicKey.export(ALGORITHM, ['verify'])
  return (await crypto.subtle.verify(ALGORITHM, publicKey, signature, probe)) ? { certificate, privateKey } : null
}

async function createAndStore(caFile: string, keyFile: string, until: Date): Promise<StoredAuthority> {
  const keys = await createKeys()
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=Rolecall sandbox CA',
    keys,
    signingAlgorithm: ALGORITHM,
    ...validUntil(until),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey, false),
    ],
  })
  write(keyFile, await toPem(keys.privateKey), 0o600)
  write(caFile, `${certificate.toString('pem')}\n`, 0o644)
  return { certificate, privateKey: keys.privateKey }
}

/** Writes a file whole or not at all, and never readable by others, not even for a moment. */
function write(file: string, text: string, mode: number): void {
  const fresh = `${file}.${process.pid}`
  writeFileSync(fresh, text, { mode })
  chmodSync(fresh, mode)
  renameSync(fresh, file)
}

const LEAF_DAYS = 90 // host certificates are made at each start; Apple's clients refuse more than 825 days

async function issue(own: StoredAuthority, names: string[]): Promise<Credentials> {
  const keys = await createKeys()
  const subjects: JsonGeneralNames = names.map((value) => ({ type: 'dns', value }))
  const certificate = await X509CertificateGenerator.create({
    subject: `CN=${names[0]}`,
    issuer: own.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: own.privateKey,
    signingAlgorithm: ALGORITHM,
    ...validUntil(inDays(LEAF_DAYS)),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(subjects),
      await SubjectKeyIdentifierExtension.create(keys.publicKey, false),
      await AuthorityKeyIdentifierExtension.create(own.certificate, false),
    ],
  })
  return { key: await toPem(keys.privateKey), cert: `${certificate.toString('pem')}\n` }
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

const createKeys = () => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']) as Promise<CryptoKeyPair>

async function toPem(key: CryptoKey): Promise<string> {
  return `${PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`
}

const DAY_MS = 86_400_000

const SKEW_MS = 3_600_000 // a client whose clock is a little behind would refuse a certificate that begins now

const inDays = (days: number) => new Date(Date.now() + days * DAY_MS)
const validUntil = (notAfter: Date) => ({ notBefore: new Date(Date.now() - SKEW_MS), notAfter })
