import { compactVerify, createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet } from 'jose'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { getTokens, postLogin } from '../visitor'
import { applyChange } from '../world/changes'
import { CONTOSO } from '../world/demo-ids'
import { type ForgeIdToken, parseFaults } from './fault-rules'

let sandbox: Sandbox
let refresh = ''
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  refresh = (await getTokens(sandbox, CONTOSO, 'ada@contoso.example')).refresh
})
afterEach(() => {
  sandbox.world.faults = []
  sandbox.world.clockOffset = 0
})
afterAll(() => sandbox.close())

const ask = () =>
  postLogin(sandbox, `/${CONTOSO}/oauth2/v2.0/token`, {
    client_id: sandbox.world.clientId,
    client_secret: 'sandbox-secret',
    grant_type: 'refresh_token',
    refresh_token: refresh,
    scope: 'User.Read openid profile',
  })

const readKeys = () => fetch(`${sandbox.url}/login.microsoftonline.com/${CONTOSO}/discovery/v2.0/keys`)

async function isGenuine(token: string): Promise<boolean> {
  const keys = createLocalJWKSet((await (await readKeys()).json()) as JSONWebKeySet)
  return compactVerify(token, keys, { algorithms: ['RS256'] }).then(
    () => true,
    () => false,
  )
}

async function forge(forgeIdToken: ForgeIdToken): Promise<string> {
  sandbox.world.faults = parseFaults([{ match: { path: '/token$' }, forgeIdToken }])
  const { id_token: token = '' } = await ask()
  expect(sandbox.world.faults).toMatchObject([{ fired: 1 }])
  return token
}

test('an honest id_token is signed with a published key; a forged one only if the sandbox itself signs it', async () => {
  const { id_token: honest = '' } = await ask()
  expect(await isGenuine(honest)).toBe(true)
  expect(await isGenuine(await forge({ claims: { iss: 'https://evil.example' } }))).toBe(true)
  for (const signedBy of ['foreign', 'none', 'published'] as const)
    expect(await isGenuine(await forge({ signedBy }))).toBe(false)
})

test('claims and fields of the header are set, or taken away by null', async () => {
  const token = await forge({ claims: { nonce: 'x', name: null }, header: { typ: 'at+jwt', x5t: null } })
  expect(decodeJwt(token)).toMatchObject({ nonce: 'x', tid: CONTOSO })
  expect(decodeJwt(token)).not.toHaveProperty('name')
  expect(decodeProtectedHeader(token)).toEqual({ typ: 'at+jwt', alg: 'RS256', kid: expect.any(String) })
})

test('an answer without an id_token does not use the rule up', async () => {
  sandbox.world.faults = parseFaults([{ match: {}, forgeIdToken: { signedBy: 'none' } }])
  await readKeys()
  expect(sandbox.world.faults).toMatchObject([{ seen: 1, fired: 0 }])
})

test('the Date of an answer and the times in tokens follow the clock of the sandbox', async () => {
  applyChange(sandbox.world, { type: 'advance_clock', ms: -3_600_000 })
  const ago = Date.now() - 3_600_000
  expect(Math.abs(Date.parse((await readKeys()).headers.get('date') ?? '') - ago)).toBeLessThan(5000)
  expect(Math.abs((decodeJwt((await ask()).id_token ?? '').iat ?? 0) * 1000 - ago)).toBeLessThan(5000)
})
