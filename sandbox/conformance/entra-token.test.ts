import { afterAll, beforeAll, expect, test } from 'vitest'
import { CONTOSO } from '../world/demo-ids'
import { entraError, TOKENS } from './facts/entra-errors'
import { type DemoSandbox, startDemoSandbox } from './start-demo-sandbox'

const GRAPH = 'https://graph.microsoft.com/User.Read'
const ARM = 'https://management.azure.com/user_impersonation'

let conformance: DemoSandbox
beforeAll(async () => {
  conformance = await startDemoSandbox()
})
afterAll(() => conformance.sandbox.close())

const refresh = (form: Record<string, string> = {}, authority = CONTOSO) =>
  conformance.askForToken(
    { grant_type: 'refresh_token', refresh_token: conformance.ada.refresh, scope: `${GRAPH} offline_access`, ...form },
    authority,
  )

test('the reply with tokens has the documented body and must not be cached', async () => {
  const { status, headers, body } = await refresh({ scope: `${GRAPH} openid profile offline_access` })
  expect(status).toBe(200)
  expect(TOKENS(body, 'body')).toEqual([])
  expect(headers.get('cache-control')).toContain('no-store')
  expect([typeof body.refresh_token, typeof body.id_token]).toEqual(['string', 'string'])
  const bare = await refresh({ scope: GRAPH })
  expect(bare.body).not.toHaveProperty('id_token')
})

// Source: MicrosoftDocs/entra-docs refresh-tokens.md @1c46dd74: the old one is not revoked, and any resource may be asked for.
test('a refresh token can be used again, and for another resource', async () => {
  const first = await refresh()
  const again = await refresh({ scope: `${ARM} offline_access` })
  expect([first.status, again.status]).toEqual([200, 200])
  expect(again.body.scope).toContain('user_impersonation')
  expect(first.body.refresh_token).not.toBe(conformance.ada.refresh)
})

type Refusal = [what: string, code: number, error: string, status: number, form: Record<string, string>, at?: string]

// Sources: reference-error-codes.md @04f65548; texts and statuses as printed in public issues and code.
const refusals: Refusal[] = [
  ['an unknown permission of Graph', 70011, 'invalid_scope', 400, { scope: 'https://graph.microsoft.com/No.Such' }],
  // The example body in the flow's document prints 70011 here; the code table names 500011 for an absent resource.
  ['an unknown resource', 500011, 'invalid_resource', 400, { scope: 'https://foo.microsoft.com/mail.read' }],
  ['a wrong secret', 7000215, 'invalid_client', 401, { client_secret: 'no' }],
  ['an unknown application', 700016, 'unauthorized_client', 400, { client_id: CONTOSO }],
  ['an unknown tenant', 90002, 'invalid_request', 400, {}, 'nobody.example'],
]

test.each(refusals)('%s is refused as AADSTS%i %s', async (_, code, error, status, form, at) => {
  const refused = await refresh(form, at)
  expect(entraError(code, error)(refused.body, 'body')).toEqual([])
  expect(refused.status).toBe(status)
})

test('a scope nobody consented to is refused as consent_required, in words that name the application', async () => {
  const { status, body } = await refresh({ scope: 'https://graph.microsoft.com/Device.Read.All' })
  expect(entraError(65001, 'invalid_grant')(body, 'body')).toEqual([])
  expect([status, body.suberror]).toEqual([400, 'consent_required'])
  expect(body.error_description).toContain(
    `The user or administrator has not consented to use the application with ID '${conformance.world.clientId}' named 'Rolecall'. Send an interactive authorization request for this user and resource.`,
  )
})

test('a refresh token is refused after ninety days without use, with that reason', async () => {
  const { clockOffset } = conformance.world
  conformance.world.clockOffset += 91 * 86_400_000
  const { status, body } = await refresh()
  conformance.world.clockOffset = clockOffset
  expect(status).toBe(400)
  expect(entraError(700082, 'invalid_grant')(body, 'body')).toEqual([])
  expect(body.error_description).toContain('and was inactive for 90.00:00:00.')
})
