import { afterAll, beforeAll, expect, test } from 'vitest'
import { pointAt, type Script, standInAccount, startStandIn } from '@/testing/stand-in'
import { listRoleDefinitions } from '../role-definitions'
import { askBatch } from './batch'
import type { Budget, Charge } from './budget'
import { createAzure } from './clients'
import { AzureError } from './errors'

let server: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  server = await startStandIn()
  pointAt(server.url)
})
afterAll(() => server.close())

const SUBSCRIPTION = '0b1f6471-1bf0-4dda-aec3-111122223333'

/** Microsoft's clients with a budget that notes what it is told. */
function budgeted(spend: Budget['spend'] = async () => {}) {
  const told: [Omit<Charge, 'units'>, number][] = []
  const budget: Budget = { spend, pause: async (of, ms) => void told.push([of, ms]) }
  return { azure: createAzure({ ...standInAccount().azure.caller, budget }), told }
}

/** Refuses the first request, and answers the others. */
function refuseOnce(refusal: ReturnType<Script>, answer: object): Script {
  let asked = 0
  return () => {
    asked += 1
    return asked === 1 ? refusal : { json: answer }
  }
}

test('the wait that Resource Manager asks for holds back everybody in that subscription', async () => {
  server.answer(refuseOnce({ status: 429, headers: { 'retry-after': '7' }, json: {} }, { value: [] }))
  const { azure, told } = budgeted()
  await listRoleDefinitions(azure, SUBSCRIPTION)
  expect(told).toEqual([[expect.objectContaining({ budget: 'arm_reads', subscriptionId: SUBSCRIPTION }), 7000]])
})

test('the longest wait that items of a batch ask for holds back everybody who asks Graph', async () => {
  const item = (id: number, status: number, seconds: number) => ({
    ...{ id: String(id), status, body: {} },
    headers: { 'Retry-After': String(seconds) },
  })
  const responses = [item(0, 429, 3), item(1, 429, 9), item(2, 503, 20)]
  const answers = responses.map(({ id }) => ({ id, status: 200, body: {} }))
  server.answer(refuseOnce({ json: { responses } }, { responses: answers }))
  const { azure, told } = budgeted()
  await askBatch(
    azure,
    responses.map(({ id }) => ({ url: `/users/${id}` })),
  )
  expect(told).toEqual([[{ budget: 'graph', subscriptionId: null }, 9000]])
})

test('other failures hold back nobody', async () => {
  server.answer(refuseOnce({ status: 503, headers: { 'retry-after': '7' }, json: {} }, { value: [] }))
  const { azure, told } = budgeted()
  await listRoleDefinitions(azure, SUBSCRIPTION)
  expect(told).toEqual([])
})

test('every try is spent, and one that the budget refuses is not sent', async () => {
  server.answer(() => ({ status: 503, json: {} }))
  let spent = 0
  const { azure } = budgeted(async () => {
    spent += 1
    if (spent > 2) throw new AzureError('throttled', 'Asked to wait.', { status: 429, retryAfterMs: 90_000 })
  })
  await expect(listRoleDefinitions(azure, SUBSCRIPTION)).rejects.toMatchObject({
    code: 'throttled',
    retryAfterMs: 90_000,
  })
  expect([spent, server.asked.length]).toEqual([3, 2])
})
