import { afterAll, beforeAll, expect, test } from 'vitest'
import { getTokens } from '../visitor'
import { CONTOSO, CONTOSO_SUBSCRIPTIONS, FABRIKAM } from '../world/demo-ids'
import { type DemoSandbox, startDemoSandbox } from './start-demo-sandbox'

const id = CONTOSO_SUBSCRIPTIONS.production
const address = (subscription: string) =>
  `https://management.azure.com/subscriptions/${subscription}?api-version=2022-12-01`

let conformance: DemoSandbox
beforeAll(async () => {
  conformance = await startDemoSandbox()
})
afterAll(() => conformance.sandbox.close())

// Source: a recorded answer of ARM in a public Go repository (api-version 2016-06-01).
test('a request without a token is told the tenant to sign in at', async () => {
  const { status, headers, body } = await conformance.ask(address(id), { token: null })
  expect(status).toBe(401)
  expect(headers.get('www-authenticate')).toBe(
    `Bearer authorization_uri="https://login.windows.net/${CONTOSO}", error="invalid_token", error_description="The authentication failed because of missing 'Authorization' header."`,
  )
  expect(body).toEqual({
    error: {
      code: 'AuthenticationFailed',
      message: "Authentication failed. The 'Authorization' header is missing.",
    },
  })
})

// Source: Azure/LogicAppsUX issue 9068, Azure/BatchExplorer issue 2052.
test("another tenant's token is refused, with the issuer that is required", async () => {
  const { arm } = await getTokens(conformance.sandbox, FABRIKAM, 'gwen@fabrikam.example')
  const { status, headers, body } = await conformance.ask(address(id), { token: arm })
  expect(status).toBe(401)
  expect(headers.get('www-authenticate')).toBe(
    `Bearer authorization_uri="https://login.windows.net/${CONTOSO}", error="invalid_token", error_description="The access token is from the wrong issuer. It must match the tenant associated with this subscription. Please use correct authority to get the token."`,
  )
  expect(body).toEqual({
    error: {
      code: 'InvalidAuthenticationTokenTenant',
      message: `The access token is from the wrong issuer 'https://sts.windows.net/${FABRIKAM}/'. It must match the tenant 'https://sts.windows.net/${CONTOSO}/' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/${CONTOSO}' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). If you just transferred your subscription and see this error message, please try back later.`,
    },
  })
})

test('a token for Graph is refused for its audience, and a forged one as invalid', async () => {
  const wrong = await conformance.ask(address(id), { token: conformance.ada.graph })
  expect(wrong).toMatchObject({ status: 401, body: { error: { code: 'InvalidAuthenticationTokenAudience' } } })
  const forged = await conformance.ask(address(id), { token: `${conformance.ada.arm}x` })
  expect(forged).toMatchObject({ status: 401, body: { error: { code: 'InvalidAuthenticationToken' } } })
})

test('an expired token is refused with both times, in the words of ARM', async () => {
  const { clockOffset } = conformance.world
  conformance.world.clockOffset += 2 * 3_600_000
  const { status, body } = await conformance.ask(address(id))
  conformance.world.clockOffset = clockOffset
  const { error } = body as { error: { code: string; message: string } }
  expect([status, error.code]).toEqual([401, 'ExpiredAuthenticationToken'])
  const time = "'\\d{1,2}/\\d{1,2}/\\d{4} \\d{1,2}:\\d{2}:\\d{2} [AP]M'"
  expect(error.message).toMatch(
    new RegExp(`^The access token expiry UTC time ${time} is earlier than current UTC time ${time}\\.$`),
  )
})

// Sources: public code and test fixtures that print ARM's answers.
test('invalid addresses are refused in the words of ARM', async () => {
  const unknown = '12345678-1234-1234-1234-123456789012'
  const refusal = (code: string, message: string) => ({ error: { code, message } })
  const malformed = await conformance.ask(address('xxx'))
  expect([malformed.status, malformed.body]).toEqual([
    400,
    refusal('InvalidSubscriptionId', "The provided subscription identifier 'xxx' is malformed or invalid."),
  ])
  const missing = await conformance.ask(address(unknown))
  expect([missing.status, missing.body]).toEqual([
    404,
    refusal('SubscriptionNotFound', `The subscription '${unknown}' could not be found.`),
  ])
  const versionless = await conformance.ask(address(id).replace(/\?.*/, ''))
  expect([versionless.status, versionless.body]).toEqual([
    400,
    refusal(
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    ),
  ])
})
