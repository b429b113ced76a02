import { afterAll, beforeAll, expect, test } from 'vitest'
import { signInAs } from '../visitor'
import { CONTOSO } from '../world/demo-ids'
import { entraError } from './facts/entra-errors'
import { type DemoSandbox, startDemoSandbox } from './start-demo-sandbox'

const BOTH = 'openid offline_access User.Read https://management.azure.com/user_impersonation'

let conformance: DemoSandbox
let redirectUri = ''
beforeAll(async () => {
  conformance = await startDemoSandbox()
  redirectUri = `${conformance.world.portalUrl}/api/azure/callback`
})
afterAll(() => conformance.sandbox.close())

function signIn(fields: Record<string, string> = {}, consent: 'accept' | 'cancel' = 'accept') {
  const query = new URLSearchParams({
    client_id: conformance.world.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: BOTH,
    state: 'a b&c',
    ...fields,
  })
  const address = `https://login.microsoftonline.com/${CONTOSO}/oauth2/v2.0/authorize?${query}`
  return signInAs(conformance.sandbox.url, address, { username: 'ada@contoso.example', consent })
}

async function codeFor(fields: Record<string, string> = {}): Promise<URLSearchParams> {
  const outcome = await signIn(fields)
  if (outcome.kind === 'page') throw new Error(outcome.html)
  return outcome.url.searchParams
}

const redeem = (code: string, form: Record<string, string>) =>
  conformance.askForToken({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, ...form })

test('a sign-in for two resources returns a code and the state unchanged', async () => {
  const query = await codeFor()
  expect([query.get('code') !== null, query.get('state')]).toEqual([true, 'a b&c'])
})

// Sources: AzureAD/microsoft-authentication-library-for-python issue 125, Partner-Center-PowerShell issue 167.
test('a code for two resources is redeemed for exactly one of them', async () => {
  const code = (await codeFor()).get('code') ?? ''
  const none = await redeem(code, {})
  expect([none.status, entraError(28003, 'invalid_request')(none.body, 'body')]).toEqual([400, []])
  const both = await redeem(code, { scope: BOTH })
  expect([both.status, entraError(28000, 'invalid_request')(both.body, 'body')]).toEqual([400, []])
  expect((await redeem(code, { scope: 'openid User.Read' })).status).toBe(200)
})

test('a code can be redeemed once', async () => {
  const code = (await codeFor()).get('code') ?? ''
  expect((await redeem(code, { scope: 'User.Read' })).status).toBe(200)
  const again = await redeem(code, { scope: 'User.Read' })
  expect([again.status, entraError(54005, 'invalid_grant')(again.body, 'body')]).toEqual([400, []])
})

test('a code can be redeemed for ten minutes', async () => {
  const code = (await codeFor()).get('code') ?? ''
  const { clockOffset } = conformance.world
  conformance.world.clockOffset += 11 * 60_000
  const late = await redeem(code, { scope: 'User.Read' })
  conformance.world.clockOffset = clockOffset
  expect([late.status, entraError(70008, 'invalid_grant')(late.body, 'body')]).toEqual([400, []])
})

test('a person who declines is sent back with access_denied', async () => {
  const outcome = await signIn({ prompt: 'consent' }, 'cancel')
  const query = outcome.kind === 'redirect' ? outcome.url.searchParams : null
  expect([query?.get('error'), query?.get('state')]).toEqual(['access_denied', 'a b&c'])
  expect(query?.get('error_description')).toContain('AADSTS65004')
})

test('the browser is never redirected to an address that was not registered', async () => {
  const outcome = await signIn({ redirect_uri: `${redirectUri}/` })
  expect(outcome).toMatchObject({ kind: 'page', html: expect.stringContaining('AADSTS50011') })
})
