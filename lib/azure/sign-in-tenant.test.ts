import { afterAll, beforeAll, expect, test } from 'vitest'
import { pointAt, startStandIn } from '@/testing/stand-in'
import { discoverTenant } from './sign-in'

const SUBSCRIPTION = '291bba3f-e0a5-47bc-a099-3bdcb2a50a05'
const TENANT = '31c75423-32d6-4322-88b7-c478bdde4858'
const challenge = (uri: string) => ({
  status: 401,
  headers: {
    'www-authenticate': `Bearer authorization_uri="${uri}", error="invalid_token", error_description="missing"`,
  },
})

let microsoft: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  microsoft = await startStandIn()
  pointAt(microsoft.url)
})
afterAll(() => microsoft.close())

test.each(['https://login.windows.net/', 'https://login.microsoftonline.com/', 'https://evil.example/'])(
  'from a challenge with %s only the GUID of the tenant is taken',
  async (host) => {
    microsoft.answer(() => challenge(host + TENANT.toUpperCase()))
    expect(await discoverTenant(SUBSCRIPTION)).toBe(TENANT)
    expect(microsoft.asked.map(({ url, headers }) => [url.href, headers.authorization])).toEqual([
      [`https://management.azure.com/subscriptions/${SUBSCRIPTION}?api-version=2022-12-01`, undefined],
    ])
  },
)

test.each([
  [
    'an unknown subscription',
    { status: 404, json: { error: { code: 'SubscriptionNotFound', message: 'x' } } },
    'subscription_unknown',
  ],
  ['a malformed one', { status: 400, json: {} }, 'subscription_unknown'],
  ['too many questions', { status: 429, headers: { 'retry-after': '7' }, json: {} }, 'throttled'],
  ['a fault', { status: 503, json: {} }, 'azure_unreachable'],
  ['a challenge without a tenant', challenge('https://login.windows.net/common'), 'bad_answer'],
  [
    'a challenge with a host where the tenant should be',
    challenge('https://login.windows.net/evil.example'),
    'bad_answer',
  ],
  ['no challenge', { status: 401 }, 'bad_answer'],
  ['an open door', { status: 200, json: {} }, 'bad_answer'],
])('%s gives its error at once, without another try', async (_, reply, code) => {
  microsoft.answer(() => reply)
  await expect(discoverTenant(SUBSCRIPTION)).rejects.toMatchObject({ code })
  expect(microsoft.asked).toHaveLength(1)
})

test('a broken connection is reported as Azure being unreachable', async () => {
  microsoft.answer((_, response) => void response.destroy())
  await expect(discoverTenant(SUBSCRIPTION)).rejects.toMatchObject({ code: 'azure_unreachable' })
})

test.each([
  '',
  'x',
  '../../evil',
  `${SUBSCRIPTION}/../..`,
  `${SUBSCRIPTION}?x=`,
  `https://evil.example/${SUBSCRIPTION}`,
])('%j, typed as a subscription, is not sent anywhere', async (typed) => {
  microsoft.answer(() => challenge(`https://login.windows.net/${TENANT}`))
  await expect(discoverTenant(typed)).rejects.toMatchObject({ code: 'subscription_unknown' })
  expect(microsoft.asked).toEqual([])
})
