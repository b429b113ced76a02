import { constants, type KeyObject, verify } from 'node:crypto'
import type { Cloud } from '../clouds'
import type { AppCertificate, Application, FederatedCredential, Tenant } from '../world/types'
import type { World } from '../world/world'
import { ASSERTION_REFUSALS } from './assertion-refusals'
import type { Refusal } from './replies'

type Asked = { world: World; cloud: Cloud; authority: string; app: Application; tenant: Tenant | null }

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * What is wrong with the assertion by which an application proves itself; null when nothing is. One that the application
 * made itself is signed with a certificate, any other is a token of an issuer that a federated credential trusts.
 * Source: Microsoft's "Application authentication certificate credentials" and "Workload identity federation".
 */
export function assertionRefusal(asked: Asked, form: URLSearchParams): Refusal | null {
  if (form.get('client_assertion_type') !== JWT_BEARER) return ASSERTION_REFUSALS.type()
  const assertion = readAssertion(form.get('client_assertion') ?? '')
  if (!assertion) return ASSERTION_REFUSALS.malformed()
  const isOwn = assertion.claims.iss === asked.app.clientId
  const refusal = isOwn ? certificateRefusal(asked, assertion) : federatedRefusal(asked, assertion)
  return refusal ?? timeRefusal(asked.world, assertion.claims)
}

type Json = Record<string, unknown>
type Assertion = { header: Json; claims: Json; signed: Buffer; signature: Buffer }

function readAssertion(text: string): Assertion | null {
  const [header, claims, signature, ...more] = text.split('.')
  if (!header || !claims || !signature || more.length > 0) return null
  const [read, said] = [decode(header), decode(claims)]
  if (!read || !said) return null
  return {
    header: read,
    claims: said,
    signed: Buffer.from(`${header}.${claims}`),
    signature: Buffer.from(signature, 'base64url'),
  }
}

function decode(part: string): Json | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** The certificate by its SHA-256 (`x5t#S256`) or SHA-1 (`x5t`), its time, the signature, then who it is for. */
function certificateRefusal({ world, cloud, authority, app, tenant }: Asked, assertion: Assertion): Refusal | null {
  const { header, claims } = assertion
  const thumbprint = String(header['x5t#S256'] ?? header.x5t ?? '')
  const isNamed = (one: AppCertificate) =>
    header['x5t#S256'] === undefined ? one.sha1 === thumbprint : one.sha256 === thumbprint
  const certificate = app.certificates?.find(isNamed)
  if (!certificate) return ASSERTION_REFUSALS.keyNotFound(app, thumbprint)
  if (certificate.validTo <= world.now() || certificate.validFrom > world.now() + CLOCK_MS)
    return ASSERTION_REFUSALS.keyExpired(certificate)
  if (!isSigned(assertion, certificate.publicKey, ['RS256', 'PS256']))
    return ASSERTION_REFUSALS.badSignature(app, thumbprint)
  if (claims.sub !== app.clientId) return ASSERTION_REFUSALS.otherClient()
  const places = [authority, tenant?.id, tenant?.domain].filter(Boolean).map((name) => `https://${cloud.login}/${name}`)
  const audiences = places.flatMap((place) => [`${place}/oauth2/v2.0/token`, `${place}/oauth2/token`, `${place}/v2.0`])
  return audiences.includes(String(claims.aud).toLowerCase()) ? null : ASSERTION_REFUSALS.audience()
}

/**
 * The federated credential of the issuer, audience and subject, compared letter by letter, and the signature by the issuer's
 * key. One that was just added is not known yet, for which Entra ID answers as if there were none.
 */
function federatedRefusal({ world, app }: Asked, assertion: Assertion): Refusal | null {
  const { claims } = assertion
  const [issuer, subject] = [String(claims.iss ?? ''), String(claims.sub ?? '')]
  const audiences = [claims.aud].flat().map(String)
  const fits = (one: FederatedCredential) =>
    one.issuer === issuer && one.subject === subject && audiences.length === 1 && audiences[0] === one.audience
  const credentials = app.federatedCredentials ?? []
  const found = credentials.find(fits)
  if (found && found.knownFrom > world.now()) return ASSERTION_REFUSALS.notFederated(issuer, subject, audiences.join())
  if (!found) return mismatchOf(credentials, { issuer, subject, audience: audiences.join() })
  const key = world.issuers.get(issuer)
  return key && isSigned(assertion, key.publicKey, ['RS256']) ? null : ASSERTION_REFUSALS.issuersSignature()
}

type Presented = { issuer: string; subject: string; audience: string }

/** Which part of a federated token fits no credential of the application. */
function mismatchOf(credentials: FederatedCredential[], { issuer, subject, audience }: Presented): Refusal {
  if (credentials.length === 0) return ASSERTION_REFUSALS.notFederated(issuer, subject, audience)
  const ofIssuer = credentials.filter((one) => one.issuer === issuer)
  if (ofIssuer.length === 0) return ASSERTION_REFUSALS.otherIssuer(issuer)
  const ofSubject = ofIssuer.filter((one) => one.subject === subject)
  if (ofSubject.length > 0) return ASSERTION_REFUSALS.otherAudience(audience)
  const differsInCase = ofIssuer.some((one) => one.subject.toLowerCase() === subject.toLowerCase())
  return ASSERTION_REFUSALS.otherSubject(subject, differsInCase)
}

/** Whether the signature is of this key, by the algorithm that the header names, which has to be one of these. */
function isSigned({ header, signed, signature }: Assertion, key: KeyObject, algorithms: string[]): boolean {
  const algorithm = String(header.alg)
  if (!algorithms.includes(algorithm)) return false
  if (algorithm === 'RS256') return verify('RSA-SHA256', signed, key, signature)
  const options = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
  return verify('RSA-SHA256', signed, options, signature)
}

/** How far the clock of a client may be off (recalled: five minutes). */
const CLOCK_MS = 5 * 60_000

function timeRefusal(world: World, { nbf, exp }: Json): Refusal | null {
  const from = typeof nbf === 'number' ? nbf * 1_000 : 0
  const to = typeof exp === 'number' ? exp * 1_000 : 0
  const isValid = from <= world.now() + CLOCK_MS && to > world.now() - CLOCK_MS
  return isValid ? null : ASSERTION_REFUSALS.time(world.now(), from, to)
}
