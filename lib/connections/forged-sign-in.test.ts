import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { connectAttempts } from '@/db/schema/connections'
import { limitCounts } from '@/db/schema/limits'
import { verifyIdToken } from '@/lib/azure/id-token'
import type { ForgeIdToken } from '@/sandbox/control/fault-rules'
import { applyChange } from '@/sandbox/world/changes'
import { answerMicrosoft } from '@/testing/answer-microsoft'
import { type Rolecall, startRolecall, type TestTenant } from '@/testing/rolecall'
import { beginConnect } from './attempts'
import { beginSignInForAttempt, finishSignIn } from './sign-in'

const HOUR = 3600
const MINUTE = 60
const now = () => Math.floor(Date.now() / 1000)
const STRANGERS_TENANT = '11111111-2222-4333-8444-555555555555'

let rolecall: Rolecall
let tenant: TestTenant
beforeAll(async () => {
  rolecall = await startRolecall()
  tenant = await rolecall.tenant()
})
afterEach(async () => {
  rolecall.sandbox.world.clockOffset = 0
  // One member signs in here more often than anybody may in five minutes.
  await rolecall.db.delete(limitCounts)
})
afterAll(() => rolecall.close())

/** Signs in for a new attempt while Microsoft's ID token is forged; gives the attempt's row. */
async function signIn(forgery?: ForgeIdToken) {
  const begun = await beginConnect(tenant.owner, tenant.subscription.id)
  if (begun.kind !== 'begun') throw new Error(begun.kind)
  const address = await beginSignInForAttempt(tenant.owner, begun.attemptId)
  const back = await answerMicrosoft(address, tenant.account('owner').username)
  const finish = () => finishSignIn(tenant.owner, back)
  await (forgery ? tenant.during([{ match: { path: '/token$' }, forgeIdToken: forgery }], finish) : finish())
  const [row] = await rolecall.db.select().from(connectAttempts).where(eq(connectAttempts.id, begun.attemptId))
  if (!row) throw new Error('The attempt vanished.')
  return row
}

describe('an ID token of the Azure login', () => {
  test('that is as Microsoft makes it is taken', async () => {
    const row = await signIn()
    expect(row).toMatchObject({ accountObjectId: tenant.account('owner').objectId, problem: null })
    expect(row.sealedCache).toBeTruthy()
  })

  test.each<[string, ForgeIdToken, string]>([
    ['that nobody signed', { signedBy: 'none' }, 'id_token_refused'],
    ['signed with a key of somebody else', { signedBy: 'foreign' }, 'id_token_refused'],
    ['signed with the published key as an HMAC secret', { signedBy: 'published' }, 'id_token_refused'],
    ['whose header names another algorithm', { header: { alg: 'RS512' } }, 'id_token_refused'],
    ['whose key is not known', { header: { kid: 'unknown' } }, 'id_token_refused'],
    ['that is an access token', { header: { typ: 'at+jwt' } }, 'id_token_refused'],
    ['of another issuer', { claims: { iss: 'https://evil.example/v2.0' } }, 'id_token_refused'],
    [
      'of the issuer of another cloud',
      { claims: { iss: `https://login.microsoftonline.us/${STRANGERS_TENANT}/v2.0` } },
      'id_token_refused',
    ],
    ['without an issuer', { claims: { iss: null } }, 'bad_answer'],
    ['for another application', { claims: { aud: STRANGERS_TENANT } }, 'id_token_refused'],
    ['without an audience', { claims: { aud: null } }, 'bad_answer'],
    ['of another tenant', { claims: { tid: STRANGERS_TENANT } }, 'wrong_tenant'],
    ['without a tenant', { claims: { tid: null } }, 'bad_answer'],
    ['with the nonce of another login', { claims: { nonce: 'another' } }, 'state_mismatch'],
    ['without a nonce', { claims: { nonce: null } }, 'state_mismatch'],
    ['that expired yesterday', { claims: { exp: now() - 24 * HOUR } }, 'id_token_refused'],
    ['that expired six minutes ago', { claims: { exp: now() - 6 * MINUTE } }, 'id_token_refused'],
    ['without an end', { claims: { exp: null } }, 'bad_answer'],
    ['that is valid from tomorrow', { claims: { nbf: now() + 24 * HOUR } }, 'id_token_refused'],
    ['that was issued tomorrow', { claims: { iat: now() + 24 * HOUR } }, 'id_token_refused'],
    ['without a time of issue', { claims: { iat: null } }, 'bad_answer'],
    ['whose times are texts', { claims: { exp: '9999999999' } }, 'bad_answer'],
  ])('%s is refused, and nothing of it is stored', async (_, forgery, code) => {
    const row = await signIn(forgery)
    expect(row).toMatchObject({
      sealedCache: null,
      accountObjectId: null,
      accountName: null,
      grantedScopes: [],
      problem: { code },
    })
    expect(JSON.stringify(row)).not.toContain('eyJ')
  })

  test.each<[string, ForgeIdToken]>([
    ['expired four minutes ago', { claims: { exp: now() - 4 * MINUTE } }],
    ['is valid in four minutes', { claims: { nbf: now() + 4 * MINUTE, iat: now() + 4 * MINUTE } }],
  ])('that %s is taken, because clocks differ a little', async (_, forgery) => {
    expect(await signIn(forgery)).toMatchObject({ problem: null })
  })
})

describe('keys', () => {
  const asked = () => rolecall.sandbox.world.log.filter(({ path }) => path.endsWith('/discovery/v2.0/keys')).length

  test('are read once, and once more when a token names one that is not known', async () => {
    await signIn()
    const before = asked()
    await signIn()
    expect(asked()).toBe(before)
    await signIn({ header: { kid: 'unknown' } })
    expect(asked()).toBe(before + 1)
  })

  test('that Microsoft has changed are read anew, and a token by a key it dropped is refused', async () => {
    await signIn()
    const [old] = rolecall.sandbox.world.signingKeys
    applyChange(rolecall.sandbox.world, { type: 'rotate_keys', forgetOld: true })
    expect(await signIn()).toMatchObject({ problem: null })
    expect(await signIn({ header: { kid: old?.kid } })).toMatchObject({ problem: { code: 'id_token_refused' } })
  })

  test('that belong to another issuer do not count', async () => {
    const kept = rolecall.sandbox.world.signingKeys
    applyChange(rolecall.sandbox.world, { type: 'rotate_keys' })
    const strange = kept.map(({ kid, modulus, exponent }) => ({
      kty: 'RSA',
      kid,
      n: modulus,
      e: exponent,
      issuer: 'https://evil.example/{tenantid}/v2.0',
    }))
    const row = await tenant.during([{ match: { path: '/keys$' }, body: { keys: strange } }], () => signIn())
    expect(row).toMatchObject({ problem: { code: 'id_token_refused' }, sealedCache: null })
  })

  test.each([
    ['cannot be reached', { status: 503 }, 'azure_unreachable'],
    ['are no keys', { body: { keys: 'none' } }, 'bad_answer'],
    ['lead somewhere else', { redirectTo: 'https://evil.example/keys' }, 'untrusted_link'],
  ])('that %s end the sign-in with what happened', async (_, fault, code) => {
    // A tenant whose keys were not read before.
    const other = await rolecall.tenant()
    const read = () => verifyIdToken(UNKNOWN_TOKEN, { tenantId: other.tenantId, nonce: 'n', patience: ONE_TRY })
    await expect(other.during([{ match: { path: '/keys$' }, ...fault }], read)).rejects.toMatchObject({ code })
  })
})

const UNKNOWN_TOKEN = `${Buffer.from('{"alg":"RS256","kid":"k"}').toString('base64url')}.e30.c2ln`
const ONE_TRY = { tries: 1, tryTimeoutMs: 5000, longestWaitMs: 0, wait: async () => {} }

describe('when the clock of this server is wrong', () => {
  test.each([10, 2 * 60, -10])('by %i minutes, the sign-in says so, and by how much', async (minutes) => {
    rolecall.sandbox.world.clockOffset = -minutes * MINUTE * 1000
    const row = await signIn()
    // A clock that is ten minutes ahead does no harm: what Microsoft has just made is not old yet.
    if (minutes === 10) expect(row).toMatchObject({ problem: null })
    else expect(row).toMatchObject({ sealedCache: null, problem: { code: 'clock_wrong', clockAheadMinutes: minutes } })
  })
})
