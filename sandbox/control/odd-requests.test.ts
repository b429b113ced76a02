import { afterAll, beforeAll, expect, test } from 'vitest'
import { getTokens } from '../visitor'
import { startControlSandbox } from './start-control-sandbox'

// Whatever a client sends, the answer is Microsoft's or a sentence, but never an internal error of the sandbox.

const GRAPH = 'https://graph.microsoft.com/v1.0'
const ARM = 'https://management.azure.com'
const LOGIN = 'https://login.microsoftonline.com'

let controlled: Awaited<ReturnType<typeof startControlSandbox>>
beforeAll(async () => {
  controlled = await startControlSandbox()
})
afterAll(() => controlled.sandbox.close())

test('an item of a batch that cannot be a request is refused by itself', async () => {
  const requests = [
    { id: 'body', method: 'GET', url: '/me', headers: { 'content-type': 'application/json' }, body: {} },
    { id: 'header', method: 'GET', url: '/me', headers: { 'not a name': 'x' } },
    { id: 'method', method: 'TRACE', url: '/me' },
    { id: 'percent', method: 'GET', url: '/users/%E0%A4%A' },
    { id: 'good', method: 'GET', url: '/me' },
  ]
  const headers = { authorization: `Bearer ${controlled.tokens.graph}`, 'content-type': 'application/json' }
  const init = { method: 'POST', headers, body: JSON.stringify({ requests }) }
  const { status, json } = await controlled.ask(`${GRAPH}/$batch`, undefined, init)
  const answers = json.responses as { id: string; status: number }[]
  const statuses = Object.fromEntries(answers.map((one) => [one.id, one.status]))
  expect(status).toBe(200)
  expect(statuses).toEqual({ body: 400, header: 400, method: 400, percent: 400, good: 200 })
})

test('names that every JavaScript object has are no provider, no host and no kind of fault', async () => {
  const provider = `${ARM}/providers/Microsoft.Authorization/constructor?api-version=2022-04-01`
  expect((await controlled.ask(provider)).status).toBe(501)
  expect((await fetch(`${controlled.sandbox.url}/constructor/x`)).status).toBe(404)
  const chaos = { seed: 1, rate: 0.5, kinds: ['constructor'] }
  expect((await controlled.control('PUT', '/faults', chaos)).status).toBe(400)
})

test('a secret with a bare percent sign is a wrong secret', async () => {
  const basic = Buffer.from(`${controlled.sandbox.world.clientId}:100%`).toString('base64')
  const response = await fetch(
    `${controlled.sandbox.url}/${LOGIN.slice(8)}/${controlled.made.tenantId}/oauth2/v2.0/token`,
    {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: `${ARM}/.default` }),
    },
  )
  expect(response.status).toBe(401)
  expect(await response.json()).toMatchObject({ error: 'invalid_client', error_codes: [7000215] })
})

test.each([
  [{ reorder: true }, 'HEAD'],
  [{ status: 204, corruptJson: true }, 'GET'],
  [{ body: null, reorder: true }, 'GET'],
])('the rule %o changes a %s without making the sandbox fail', async (rule, method) => {
  controlled.sandbox.world.faults = [{ ...rule, match: {}, seen: 0, fired: 0 }]
  const address = `${ARM}/subscriptions?api-version=2022-12-01`
  const { status } = await controlled.ask(address, undefined, {
    method,
    headers: { authorization: `Bearer ${controlled.tokens.arm}` },
  })
  controlled.sandbox.world.faults = []
  expect(status).toBeLessThan(300)
})

test('a change that would remove every assignment, or move the clock out of range, is refused', async () => {
  const { tenantId } = controlled.made
  const changes = [
    { type: 'unassign', tenantId },
    { type: 'advance_clock', ms: 1e300 },
  ]
  for (const change of changes) expect((await controlled.control('POST', '/changes', change)).status).toBe(400)
  const role = { type: 'unassign', user: `reader@${controlled.made.domain}`, role: 'reader' }
  expect((await controlled.control('POST', '/changes', role)).json).toMatchObject({ result: { removed: 1 } })
})

test('the log keeps only the hash of a code in the address of the device page', async () => {
  await fetch(`${controlled.sandbox.url}/${LOGIN.slice(8)}/common/oauth2/deviceauth?otc=ABCD1234`)
  const entry = (await controlled.log()).at(-1)
  expect(entry?.query.otc).toMatch(/^sha256:/)
})

test('a caller without a role in a subscription can read neither its providers nor its locations', async () => {
  const { arm } = await getTokens(controlled.sandbox, controlled.made.tenantId, `outsider@${controlled.made.domain}`)
  for (const list of ['providers', 'locations']) {
    const address = `${ARM}/subscriptions/${controlled.subscriptionId}/${list}?api-version=2022-12-01`
    expect([(await controlled.ask(address)).status, (await controlled.ask(address, arm)).status]).toEqual([200, 403])
  }
})
