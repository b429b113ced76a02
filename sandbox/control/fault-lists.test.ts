import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { applyChange } from '../world/changes'
import { startControlSandbox } from './start-control-sandbox'

let controlled: Awaited<ReturnType<typeof startControlSandbox>>
beforeAll(async () => {
  controlled = await startControlSandbox()
  applyChange(controlled.sandbox.world, { type: 'set_page_size', tenantId: controlled.made.tenantId, pageSize: 10 })
})
beforeEach(() => controlled.control('DELETE', '/faults'))
afterAll(() => controlled.sandbox.close())

const LISTS = [
  ['Graph', 'graph.microsoft.com', '/users$', '@odata.nextLink'],
  ['ARM', 'management.azure.com', 'roleAssignments$', 'nextLink'],
] as const

const addressOf = (name: string) => (name === 'Graph' ? controlled.users : controlled.assignments)

test.each(LISTS)(
  'a next link of %s can lead to another host, behind a user name, to itself or to an earlier page',
  async (name, host, path, linkName) => {
    const linkOf = async (address: string) => String((await controlled.ask(address)).json[linkName])
    const address = addressOf(name)
    const second = await linkOf(address)
    const to = async (nextLink: unknown) => {
      await controlled.put([{ match: { host, path }, nextLink }])
      return linkOf(second)
    }
    expect(new URL(await to({ to: 'otherHost' })).hostname).toBe(`${host}.attacker.example`)
    const disguised = new URL(await to({ to: 'userinfo' }))
    expect([disguised.username, disguised.hostname]).toEqual([host, 'attacker.example'])
    expect(new URL(await to({ to: 'self' })).href).toBe(new URL(second).href)
    const earlier = await to({ to: 'earlier' })
    expect([...new URL(earlier).searchParams].sort()).toEqual([...new URL(address).searchParams].sort())
    expect(await to('https://any.example/')).toBe('https://any.example/')
    expect(await controlled.pages(earlier, 1)).toHaveLength(1)
    expect(await controlled.faults()).toMatchObject([{ fired: 2 }])
  },
)

test.each(LISTS)('a list of %s that leads back to an earlier page never ends', async (name, host, path) => {
  await controlled.put([{ match: { host, path }, nth: [2, 4], nextLink: { to: 'earlier' } }])
  const [first, second, third, fourth] = await controlled.pages(addressOf(name), 4)
  expect([third, fourth]).toEqual([first, second])
})

test.each(LISTS)(
  'the last rows of a page of %s can be repeated at the beginning of the next',
  async (name, host, path) => {
    const [one = [], two = [], three = []] = await controlled.pages(addressOf(name))
    await controlled.put([{ match: { host, path }, duplicateRows: 2 }])
    expect((await controlled.pages(addressOf(name))).slice(0, 3)).toEqual([
      one,
      [...one.slice(-2), ...two],
      [...two.slice(-2), ...three],
    ])
    const [{ seen = 0, fired = 0 } = {}] = await controlled.faults()
    expect([seen > 2, fired]).toEqual([true, seen - 1])
  },
)

test.each(LISTS)('an empty page of %s in the middle loses nothing', async (name, host, path) => {
  const pages = await controlled.pages(addressOf(name))
  await controlled.put([{ match: { host, path }, nth: 2, emptyPage: true }])
  expect(await controlled.pages(addressOf(name))).toEqual(pages.toSpliced(1, 0, []))
  await controlled.put([{ match: { host, path }, emptyPage: true }])
  expect(await controlled.pages(addressOf(name))).toEqual(pages.flatMap((page) => [[], page]))
  expect(await controlled.faults()).toMatchObject([{ seen: pages.length, fired: pages.length }])
})

test('the rows of a page can be reversed', async () => {
  const [page = []] = await controlled.pages(controlled.users, 1)
  await controlled.put([{ match: { path: '/users$' }, reorder: true }])
  expect(await controlled.pages(controlled.users, 1)).toEqual([page.toReversed()])
})

test('a rule about lists does not count as fired for an answer without a list', async () => {
  await controlled.put([{ match: { host: 'graph.microsoft.com' }, nextLink: { to: 'self' } }])
  expect((await controlled.ask('https://graph.microsoft.com/v1.0/me')).json).not.toHaveProperty('@odata.nextLink')
  expect(await controlled.faults()).toMatchObject([{ seen: 1, fired: 0 }])
})
