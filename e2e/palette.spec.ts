import type { Locator, Page } from '@playwright/test'
import { inspect } from './support/inspect'
import { change } from './support/sandbox'
import { connect, expect, openResults, signIn, syncNow, test } from './support/test'

test.describe.configure({ mode: 'parallel' })

const palette = (page: Page) => page.getByRole('dialog', { name: 'Search everything' })
const field = (page: Page) => palette(page).getByRole('combobox')
const options = (page: Page) => palette(page).getByRole('option')
const chosen = (page: Page) => palette(page).getByRole('option', { selected: true })
const keyList = (page: Page) => page.getByRole('dialog', { name: 'Keyboard shortcuts' })

/** Goes to a page that listens to the keys already. */
async function open(page: Page, path: string) {
  await page.goto(path)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(async () => {
    await page.keyboard.press('Control+k')
    await expect(palette(page)).toBeVisible({ timeout: 500 })
  }).toPass()
  await page.keyboard.press('Escape')
  await expect(palette(page)).toBeHidden()
}

test('the palette finds a page, a subscription, one of its tabs, a person and a group, with the keyboard alone', async ({
  page,
  world,
}) => {
  const owner = world.account('owner')
  const { tenantId, subscription } = world
  await change({ type: 'rename', user: owner.objectId, tenantId, displayName: 'Quenby Zabriskie' })
  await change({ type: 'assign', user: owner.objectId, role: 'Owner', subscriptionId: subscription.id })
  await signIn(page, owner)
  await connect(page, world)
  const results = new URL(await openResults(page)).pathname
  await open(page, '/integrations')
  const { keyboard } = page
  const find = async (typed: string) => {
    await keyboard.press('Control+k')
    await expect(field(page)).toBeFocused()
    await keyboard.type(typed)
  }

  await find('audit')
  await expect(chosen(page)).toHaveText(/^Audit log/)
  await keyboard.press('Enter')
  await page.waitForURL('**/settings/audit')
  await expect(palette(page)).toBeHidden()

  await find(subscription.name)
  await expect(options(page).filter({ hasText: subscription.id })).toBeVisible()
  await keyboard.press('Enter')
  await page.waitForURL(`**${results}`)

  // What is pressed before the answer is there opens what the answer brings.
  await find(`${subscription.id} groups`)
  await keyboard.press('Enter')
  await page.waitForURL(`**${results}/groups`)

  await find('zabriskie')
  await expect(chosen(page)).toContainText('Quenby Zabriskie')
  await expect(palette(page).getByRole('status')).toHaveText('1 result')
  await keyboard.press('Enter')
  await page.waitForURL(`**/people/${owner.objectId}`)
  await find(owner.objectId)
  await expect(chosen(page)).toContainText('Quenby Zabriskie')
  await keyboard.press('Escape')

  await find('who can delete a storage account')
  await expect(chosen(page)).toContainText('Who can delete a storage account?')
  await keyboard.press('Enter')
  await page.waitForURL('**/people/ask?operation=Microsoft.Storage**')
  await page.goBack()

  // The subscription whose page was open is offered while nothing is typed.
  await find('')
  await expect(palette(page).getByRole('group', { name: 'Subscriptions' }).getByRole('option')).toHaveCount(1)
  const all = await options(page).count()
  await keyboard.press('ArrowUp')
  await expect(options(page).nth(all - 1)).toHaveAttribute('aria-selected', 'true')
  await keyboard.press('ArrowDown')
  await expect(options(page).first()).toHaveAttribute('aria-selected', 'true')
  await keyboard.press('ArrowDown')
  await keyboard.press('Enter')
  await page.waitForURL('**/people')
})

test('a key that is pressed at once after Escape is heard, although the browser tells late that a dialog was closed', async ({
  page,
  world,
}) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await open(page, '/people')
  const { keyboard } = page
  const row = page.getByRole('table', { name: 'People in all connected subscriptions' }).getByRole('row').nth(1)
  for (let turn = 0; turn < 5; turn++) {
    await keyboard.press('Control+k')
    await expect(field(page)).toBeFocused()
    await Promise.all([keyboard.press('Escape'), keyboard.press('Control+k')])
    await expect(field(page)).toBeFocused()
    await Promise.all([keyboard.press('Escape'), keyboard.press('j')])
    await expect(row.getByRole('link').first()).toBeFocused()
    await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur())
  }
})

test('the button opens it as well, and closing it returns there; it is for everybody and fits every window', async ({
  page,
  world,
}) => {
  await signIn(page, world.account('owner'))
  await open(page, '/integrations')
  const button = page.getByRole('button', { name: 'Search…' })
  await button.click()
  await expect(field(page)).toBeFocused()
  await expect(palette(page).getByRole('status')).toHaveText('9 results')
  await inspect(page, 'the palette')

  await field(page).fill('nobody is called so')
  await expect(
    palette(page).getByText(/No page, subscription, saved view, person or group with access is called/),
  ).toBeVisible()
  await inspect(page, 'the palette that finds nothing')
  await page.keyboard.press('Escape')
  await expect(palette(page)).toBeHidden()
  await expect(button).toBeFocused()

  await page.setViewportSize({ width: 390, height: 844 })
  await page.getByRole('button', { name: 'Search…' }).click()
  const box = await palette(page).boundingBox()
  expect([box?.x, box?.y, box?.width]).toEqual([0, 0, 390])
  await field(page).fill('nobody is called so')
  await page.getByRole('option', { name: /^Search all people/ }).click()
  await page.waitForURL('**/people?q=nobody+is+called+so')
})

test('without a script the button leads to all people', async ({ browser, page, world }) => {
  await signIn(page, world.account('owner'))
  const plain = await browser.newPage({ javaScriptEnabled: false, storageState: await page.context().storageState() })
  await plain.goto('/integrations')
  await plain.getByRole('button', { name: 'Search…' }).click()
  await plain.waitForURL(/\/people\??$/)
  await plain.context().close()
})

test('a late answer never replaces a newer one, and a failed search says so and can be tried again', async ({
  page,
  world,
}) => {
  await signIn(page, world.account('owner'))
  await open(page, '/integrations')
  const found = (label: string) => [{ kind: 'people', options: [{ href: `/people/${label}`, label, detail: '' }] }]
  const released = Promise.withResolvers<void>()
  await page.route('**/find?q=first', async (route) => {
    await released.promise
    await route.fulfill({ json: found('Late answer') }).catch(() => {}) // The page may have given it up.
  })
  await page.route('**/find?q=second', (route) => route.fulfill({ json: found('Newer answer') }))
  await page.keyboard.press('Control+k')
  const first = page.waitForRequest('**/find?q=first')
  await field(page).fill('first')
  await first
  await expect(palette(page).getByText('Searching…')).toBeVisible()
  await field(page).fill('second')
  await expect(page.getByRole('option', { name: 'Newer answer' })).toBeVisible()
  released.resolve()
  await expect(palette(page).getByText('Searching…')).toBeHidden()
  await expect(page.getByRole('option', { name: 'Late answer' })).toHaveCount(0)

  await page.route('**/find?q=third', (route) => route.fulfill({ status: 429, body: 'Too many.' }), { times: 1 })
  await field(page).fill('third')
  await expect(palette(page).getByRole('alert')).toContainText('Rolecall could not search just now.')
  await palette(page).getByRole('button', { name: 'Try again' }).click()
  await expect(palette(page).getByRole('alert')).toBeHidden()

  await page.context().clearCookies()
  await field(page).fill('fourth')
  await expect(palette(page).getByRole('alert')).toContainText('Your session has ended.')
  await palette(page).getByRole('link', { name: 'Sign in again' }).click()
  await page.waitForURL(/\/signin/)
})

test('single keys search, walk through a table, go elsewhere and list themselves, but never while one types', async ({
  page,
  world,
}) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  const results = new URL(await openResults(page)).pathname
  await open(page, results)
  const { keyboard } = page
  const search = page.getByRole('searchbox')

  await keyboard.press('/')
  await expect(search).toBeFocused()
  await keyboard.type('gi?jk/')
  await expect(search).toHaveValue('gi?jk/')
  await expect(keyList(page)).toBeHidden()
  expect(new URL(page.url()).pathname).toBe(results)

  // The list as it is without a search.
  await open(page, results)
  const rows = page.getByRole('table').getByRole('row')
  const linkOf = (row: number) => rows.nth(row).getByRole('link').first()
  await expect(linkOf(1)).toBeVisible()
  await keyboard.press('j')
  await expect(linkOf(1)).toBeFocused()
  await keyboard.press('j')
  await expect(linkOf(2)).toBeFocused()
  await keyboard.press('k')
  await keyboard.press('k')
  await expect(linkOf(1)).toBeFocused()

  await keyboard.press('?')
  await expect(keyList(page)).toBeVisible()
  await inspect(page, 'the list of the keys')
  await keyboard.press('g')
  await keyboard.press('i')
  await expect(keyList(page)).toBeVisible()
  await keyboard.press('Escape')
  await expect(keyList(page)).toBeHidden()
  await expect(linkOf(1)).toBeFocused()

  for (const [key, path] of [
    ['p', '/people'],
    ['c', '/changes'],
    ['s', '/settings/members'],
    ['i', '/integrations'],
  ] as const) {
    await keyboard.press('g')
    await keyboard.press(key)
    await page.waitForURL(`**${path}`)
  }
})

test('e opens the export of the list that is shown, j and k go through every list, and both can be turned off', async ({
  page,
  world,
}) => {
  const { tenantId, subscription } = world
  await signIn(page, world.account('owner'))
  await connect(page, world)
  const { objectId: user } = world.account('outsider')
  for (const role of ['Owner', 'Contributor'])
    await change({ type: 'assign', user, role, tenantId, subscriptionId: subscription.id })
  const results = new URL(await openResults(page)).pathname
  await syncNow(page)
  const { keyboard } = page
  const main = page.getByRole('main')
  const exportMenu = page.getByRole('menu', { name: /^Export/ })
  const rowOf = (table: string) => (row: number) =>
    page
      .getByRole('table', { name: table })
      .getByRole('row')
      .nth(row + 1)
  const linkOf = (table: string) => (row: number) => rowOf(table)(row).getByRole('link').first()
  const gain = (row: number) => main.getByRole('link', { name: / gained (Owner|Contributor) of / }).nth(row)
  const role = (row: number) => main.getByRole('list', { name: 'Roles' }).getByRole('link').nth(row)
  const tile = () => main.getByRole('heading', { level: 2 }).getByRole('link').first()

  // A list, whether it can be exported, and what takes the focus in its first rows.
  const lists: [path: string, exported: boolean, stop: (row: number) => Locator, rows: number][] = [
    ['/changes', true, gain, 2],
    [`${results}/roles`, true, role, 2],
    [`${results}/groups`, true, linkOf('Groups that access runs through'), 1],
    [`${results}/runs`, true, linkOf('Syncs of this subscription'), 2],
    ['/people', true, linkOf('People in all connected subscriptions'), 2],
    ['/settings/audit', true, rowOf('Audit log'), 2],
    ['/settings/members', false, rowOf('Members'), 1],
    ['/integrations', true, tile, 1],
  ]
  for (const [path, exported, stop, rows] of lists) {
    await open(page, path)
    await expect(stop(0), path).toBeVisible()
    await keyboard.press('j')
    await expect(stop(0), path).toBeFocused()
    if (rows > 1) {
      await keyboard.press('j')
      await expect(stop(1), path).toBeFocused()
      await keyboard.press('k')
      await expect(stop(0), path).toBeFocused()
    }
    await keyboard.press('e')
    if (!exported) continue
    await expect(exportMenu.getByRole('menuitem').first(), path).toBeFocused()
    await keyboard.press('Escape')
    await expect(exportMenu, path).toBeHidden()
    await expect(stop(0), path).toBeFocused()
  }

  await keyboard.press('?')
  await expect(keyList(page)).toContainText('Open the export of this page')
  await keyList(page).getByRole('checkbox').uncheck()
  await keyboard.press('Escape')
  await expect(keyList(page)).toBeHidden()
  await open(page, '/settings/audit')
  await keyboard.press('e')
  await keyboard.press('j')
  await expect(rowOf('Audit log')(0)).not.toBeFocused()
  await expect(exportMenu).toBeHidden()
})

test('single keys can be turned off, which this browser remembers, and on again', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await open(page, '/people')
  const { keyboard } = page
  await keyboard.press('?')
  await keyList(page).getByRole('checkbox').uncheck()
  await keyList(page).getByRole('button', { name: 'Close' }).click()
  await expect(keyList(page)).toBeHidden()

  await open(page, '/changes')
  for (const key of ['?', 'g', 'i', '/']) await keyboard.press(key)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Changes')
  await expect(keyList(page)).toBeHidden()

  await keyboard.press('Control+k')
  await keyboard.type('keyboard')
  await keyboard.press('Enter')
  await keyList(page).getByRole('checkbox').check()
  await keyboard.press('Escape')
  await expect(keyList(page)).toBeHidden()
  await expect(page).toHaveURL(/\/changes$/)
  await keyboard.press('g')
  await keyboard.press('i')
  await page.waitForURL('**/integrations')
})
