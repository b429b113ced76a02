import { expect, test } from 'vitest'
import { RequestLedger } from './request-ledger'

const ID = '5d1f0c3e-0000-4000-8000-00000000a903'
const OTHER = '5d1f0c3e-0000-4000-8000-00000000a904'
const ARM = 'https://management.azure.com'
const GRAPH = 'https://graph.microsoft.com/v1.0'

const shapeOf = (address: string) => {
  const ledger = new RequestLedger()
  ledger.count({ url: new URL(address) }, 200)
  const [{ path, query, apiVersion } = { path: '', query: '', apiVersion: null }] = ledger.list()
  return { path, query, apiVersion }
}

test('an address is counted with what is asked for, and without what names anybody', () => {
  expect(
    shapeOf(`${ARM}//subscriptions/${ID}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`),
  ).toEqual({
    path: '/subscriptions/{id}/providers/Microsoft.Authorization/roleAssignments',
    query: '',
    apiVersion: '2022-04-01',
  })
  expect(shapeOf(`${ARM}/providers/Microsoft.Management/managementGroups/mg-payroll/descendants`).path).toBe(
    '/providers/Microsoft.Management/managementGroups/{name}/descendants',
  )
  expect(shapeOf(`${GRAPH}/users/ada%40contoso.example`).path).toBe('/v1.0/users/{name}')
  expect(shapeOf(`${GRAPH}/users?$filter=id in ('${ID}','${OTHER}')&$select=id,mail`).query).toBe(
    "$filter=id in ('{value}', …)&$select=id,mail",
  )
  expect(shapeOf(`${ARM}/x?$filter=principalId eq '${ID}' and name eq 'O''Hara'`).query).toBe(
    "$filter=principalId eq '{value}' and name eq '{value}'",
  )
})

test('no token of an address is kept', () => {
  for (const name of ['$skiptoken', '$skipToken', '$deltatoken', 'code', 'access_token', 'anything']) {
    const ledger = new RequestLedger()
    ledger.count({ url: new URL(`${GRAPH}/users?${name}=very-secret&$top=999`) }, 200)
    expect(JSON.stringify(ledger.list())).not.toContain('very-secret')
  }
})

test('pages, repeats and rows of one list are counted together', () => {
  const ledger = new RequestLedger()
  const pageAt = (query: string) => ({ url: new URL(`${GRAPH}/groups/${ID}/members${query}`) })
  const [first, second] = [pageAt(''), pageAt('?$skiptoken=abc')]
  ledger.count(first, 429)
  ledger.count(first, 200)
  ledger.countRows(first, 999)
  ledger.count(second, null)
  ledger.count(second, 200)
  ledger.countRows(second, 3)
  expect(ledger.list()).toEqual([
    {
      method: 'GET',
      host: 'graph.microsoft.com',
      path: '/v1.0/groups/{id}/members',
      apiVersion: null,
      query: '',
      batched: false,
      requests: 4,
      furtherPages: 2,
      statuses: { 429: 1, 200: 2, none: 1 },
      rows: 1_002,
    },
  ])
})

test('a ledger stays short, whatever is asked for', () => {
  const ledger = new RequestLedger()
  for (let index = 0; index < 1_000; index++) ledger.count({ url: new URL(`${ARM}/list${index}`) }, 200)
  expect(ledger.list()).toHaveLength(301)
  expect(ledger.list().reduce((sum, { requests }) => sum + requests, 0)).toBe(1_000)
  expect(ledger.list().at(-1)).toMatchObject({ path: 'any other', requests: 700 })
})
