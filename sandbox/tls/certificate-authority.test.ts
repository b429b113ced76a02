import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openCertificateAuthority } from './certificate-authority'

const DAY_MS = 86_400_000
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rolecall-ca-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const kept = () => readFileSync(join(folder, 'ca.pem'), 'utf8')

test('a certificate names its hosts, is for servers only, and leads to the CA', async () => {
  const authority = await openCertificateAuthority(folder)
  const ca = new X509Certificate(kept())
  const leaf = new X509Certificate((await authority.issue(['one.example', 'two.example'])).cert)
  expect({ ca: ca.ca, subject: ca.subject, issuer: ca.issuer }).toEqual({
    ca: true,
    subject: 'CN=Rolecall sandbox CA',
    issuer: 'CN=Rolecall sandbox CA',
  })
  expect({ ca: leaf.ca, names: leaf.subjectAltName, usages: leaf.keyUsage }).toEqual({
    ca: false,
    names: 'DNS:one.example, DNS:two.example',
    usages: ['1.3.6.1.5.5.7.3.1'], // serverAuth
  })
  expect([leaf.checkIssued(ca), leaf.verify(ca.publicKey)]).toEqual([true, true])
})

test('the CA of a folder is kept until its end is near', async () => {
  await openCertificateAuthority(folder, new Date(Date.now() + 90 * DAY_MS))
  const first = kept()
  await openCertificateAuthority(folder)
  expect(kept()).toBe(first)
})

test('a CA whose end is near is made anew', async () => {
  await openCertificateAuthority(folder, new Date(Date.now() + 30 * DAY_MS))
  const near = kept()
  await openCertificateAuthority(folder)
  expect(kept()).not.toBe(near)
})

test('a CA whose key is another’s is made anew', async () => {
  const other = join(folder, 'other')
  await openCertificateAuthority(other)
  await openCertificateAuthority(folder)
  const before = kept()
  writeFileSync(join(folder, 'ca-key.pem'), readFileSync(join(other, 'ca-key.pem')))
  await openCertificateAuthority(folder)
  expect(kept()).not.toBe(before)
})
