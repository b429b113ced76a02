import { afterAll, beforeEach, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { claimsOf, postLogin, signInAs } from '../visitor'
import { CONTOSO } from '../world/demo-ids'
import { AZURE_CLI } from '../world/world'

const SCOPE = 'https://management.core.windows.net//.default offline_access openid profile'
const GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
const running: Sandbox[] = []
let sandbox: Sandbox

beforeEach(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  running.push(sandbox)
})
afterAll(() => Promise.all(running.map((one) => one.close())))

type Started = { status: number; user_code: string; device_code: string; message: string }

const start = async (authority = 'organizations') =>
  (await postLogin(sandbox, `/${authority}/oauth2/v2.0/devicecode`, {
    client_id: AZURE_CLI.clientId,
    scope: SCOPE,
  })) as unknown as Started

const poll = (device_code: string, authority = 'organizations') =>
  postLogin(sandbox, `/${authority}/oauth2/v2.0/token`, {
    client_id: AZURE_CLI.clientId,
    grant_type: GRANT,
    device_code,
    client_info: '1',
  })

const visit = (code: string, username: string, consent: 'accept' | 'cancel') =>
  signInAs(sandbox.url, `https://login.microsoftonline.com/common/oauth2/deviceauth?otc=${code}`, { username, consent })

test('the Azure CLI signs in by a device code that works once, and its refresh token works in a tenant without a secret', async () => {
  const begun = await start()
  expect(begun).toMatchObject({ status: 200, expires_in: 900, interval: 5 })
  expect(begun).toHaveProperty('verification_uri', 'https://microsoft.com/devicelogin')
  expect(begun.message).toContain(begun.user_code)
  expect(await poll(begun.device_code)).toMatchObject({
    status: 400,
    error: 'authorization_pending',
    error_codes: [70016],
  })

  const page = await visit(begun.user_code, 'ben@contoso.example', 'accept')
  expect(page.kind === 'page' && page.html).toContain('signed in to the Microsoft Azure CLI application')
  const tokens = await poll(begun.device_code)
  expect(tokens).toMatchObject({
    status: 200,
    foci: '1',
    scope: 'https://management.core.windows.net//user_impersonation https://management.core.windows.net//.default',
  })
  expect(claimsOf(tokens.access_token)).toMatchObject({
    aud: 'https://management.core.windows.net/',
    appidacr: '0',
    scp: 'user_impersonation',
    tid: CONTOSO,
  })
  expect(claimsOf(tokens.id_token)).toMatchObject({ preferred_username: 'ben@contoso.example' })
  expect(await poll(begun.device_code)).toMatchObject({ status: 400, error: 'invalid_grant', error_codes: [54005] })

  const refreshed = await postLogin(sandbox, `/${CONTOSO}/oauth2/v2.0/token`, {
    client_id: AZURE_CLI.clientId,
    grant_type: 'refresh_token',
    refresh_token: tokens.refresh_token ?? '',
    scope: 'https://graph.microsoft.com//.default offline_access',
  })
  expect(refreshed.scope?.split(' ')).toEqual(
    expect.arrayContaining([
      'https://graph.microsoft.com//Directory.AccessAsUser.All',
      'https://graph.microsoft.com//.default',
    ]),
  )
})

test('the device learns that a person declined, and an unused code expires after fifteen minutes', async () => {
  const declined = await start()
  await visit(declined.user_code, 'ben@contoso.example', 'cancel')
  expect(await poll(declined.device_code)).toMatchObject({ status: 400, error: 'authorization_declined' })

  const late = await start()
  sandbox.world.clockOffset += 901_000
  expect(await poll(late.device_code)).toMatchObject({ status: 400, error: 'expired_token', error_codes: [70020] })
  const page = await visit(late.user_code, 'ben@contoso.example', 'accept')
  expect(page.kind === 'page' && page.html).toContain('AADSTS70019')
  expect(await poll('nobody-knows-this')).toMatchObject({ status: 400, error: 'bad_verification_code' })
})

test('a code is typed into a labelled field in any case, and a wrong one is reported', async () => {
  const address = `${sandbox.url}/login.microsoftonline.com/common/oauth2/deviceauth`
  const html = await (await fetch(address)).text()
  expect(html).toMatch(/<html lang="en">[\s\S]*not Microsoft[\s\S]*<label for="otc">/)
  const type = (otc: string) =>
    fetch(address, { method: 'POST', body: new URLSearchParams({ otc }), redirect: 'manual' })
  const begun = await start()
  const typed = await type(begun.user_code.toLowerCase())
  expect(typed.headers.get('location')).toBe(`deviceauth?otc=${begun.user_code}`)
  expect(await (await type('WRONG')).text()).toMatch(/role="alert"[\s\S]*AADSTS70018/)
})

test('a public client must not send a secret, and a confidential one must', async () => {
  const begun = await start(CONTOSO)
  const body = { client_id: AZURE_CLI.clientId, grant_type: GRANT, device_code: begun.device_code }
  const withSecret = { ...body, client_secret: 'anything' }
  expect(await postLogin(sandbox, `/${CONTOSO}/oauth2/v2.0/token`, withSecret)).toMatchObject({ error_codes: [700025] })
  const confidential = { ...body, client_id: sandbox.world.clientId }
  expect(await postLogin(sandbox, `/${CONTOSO}/oauth2/v2.0/token`, confidential)).toMatchObject({
    status: 401,
    error_codes: [7000218],
  })
})

test('the Azure CLI may be redirected to any port of localhost, and to no other host', async () => {
  const begin = (redirect_uri: string) =>
    signInAs(
      sandbox.url,
      `https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize?${new URLSearchParams({
        client_id: AZURE_CLI.clientId,
        response_type: 'code',
        redirect_uri,
        scope: SCOPE,
      })}`,
      { username: 'ben@contoso.example' },
    )
  const back = await begin('http://localhost:49152')
  expect(back.kind === 'redirect' && back.url.host).toBe('localhost:49152')
  for (const uri of ['http://localhost:49152/elsewhere', 'http://evil.example', 'https://localhost']) {
    const refused = await begin(uri)
    expect(refused.kind === 'page' && refused.html).toContain('AADSTS50011')
  }
})
