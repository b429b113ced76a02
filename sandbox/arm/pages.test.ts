import { afterAll, beforeAll, expect, test } from 'vitest'
import { addAssignment } from '../world/tenant'
import { type ArmSandbox, IDS, startArmSandbox } from './start-arm-sandbox'

type Page = { value: { name: string }[]; nextLink?: string }

const list = `/subscriptions/${IDS.lab}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`
let arm: ArmSandbox
let rows: string[]

beforeAll(async () => {
  arm = await startArmSandbox()
  for (let index = 0; index < 23; index++)
    addAssignment(arm.tenant, arm.random, {
      principalId: IDS.nobody,
      role: 'Reader',
      scope: `/subscriptions/${IDS.lab}/resourceGroups/rg-${index}`,
    })
  rows = (await arm.ask<Page>(list)).body.value.map((one) => one.name)
})
afterAll(() => arm.sandbox.close())

async function pages(between: (page: Page) => void = () => {}): Promise<string[][]> {
  const found: string[][] = []
  for (let next: string | undefined = list; next; ) {
    const { body }: { body: Page } = await arm.ask<Page>(next)
    found.push(body.value.map((one) => one.name))
    between(body)
    next = body.nextLink
  }
  return found
}

test.each([1, 2, 5, 23, 24, 25])('a list in pages of %d gives each row once, in the same order', async (size) => {
  arm.tenant.pageSizes.assignments = size
  const found = await pages()
  expect(found.flat()).toEqual(rows)
  expect(found).toHaveLength(Math.ceil(rows.length / size))
})

test('the next link is a full address that keeps the filter', async () => {
  arm.tenant.pageSizes.assignments = 5
  const { body } = await arm.ask<Page>(`${list}&$filter=principalId+eq+'${IDS.nobody}'`)
  const next = new URL(body.nextLink ?? '')
  expect(next.origin).toBe('https://management.azure.com')
  expect(next.searchParams.get('$filter')).toBe(`principalId eq '${IDS.nobody}'`)
  expect(next.searchParams.get('api-version')).toBe('2022-04-01')
})

test('rows added or removed between two pages make no other row be skipped or repeated', async () => {
  arm.tenant.pageSizes.assignments = 4
  const gone = new Set<string>()
  const come = new Set<string>()
  const found = await pages((page) => {
    const [first, , , last] = page.value
    for (const row of [first, last])
      if (row && gone.size < 6 && arm.tenant.assignments.get(row.name)?.principalId === IDS.nobody) {
        arm.tenant.assignments.delete(row.name)
        gone.add(row.name)
      }
    if (come.size < 3)
      come.add(addAssignment(arm.tenant, arm.random, { principalId: IDS.nobody, role: 'Reader', scope: '/' }).id)
  })
  const seen = found.flat()
  expect(gone.size).toBe(6)
  expect(new Set(seen).size).toBe(seen.length)
  expect(seen).toEqual(expect.arrayContaining(rows))
})

test('an invalid skip token is refused', async () => {
  expect((await arm.ask(`${list}&$skipToken=nonsense`)).status).toBe(400)
})
