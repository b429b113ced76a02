import type { Page } from '@playwright/test'
import { connect, expect, openResults, signIn, test, type World } from './support/test'

test.use({ spec: { people: 60, assignments: 90, groups: 2, guests: 2, ownerRoles: 1 } })

const pages = (page: Page) => page.getByRole('navigation', { name: 'Pages', exact: true })
const field = (page: Page) => page.getByRole('searchbox', { name: 'Name, email or ID' })

/** How many the list has, by its pager. */
const countListed = async (page: Page) => Number(/of ([\d,]+)/.exec((await pages(page).textContent()) ?? '')?.[1])

async function openList(page: Page, world: World) {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  return openResults(page)
}

test('filters are typed beside what is searched for, and Enter makes them buttons that can be taken away', async ({
  page,
  world,
}) => {
  const results = await openList(page, world)
  const all = await countListed(page)
  await field(page).fill('role:owner -guest')
  await page.waitForURL(/q=role/)
  const roles = page.getByRole('button', { name: 'Role: Owner' })
  await expect(roles).toBeVisible()
  await expect(page.getByRole('button', { name: 'Status: Not a guest' })).toBeVisible()
  await expect.poll(() => countListed(page)).toBeLessThan(all)
  const owners = await countListed(page)
  await expect(field(page)).toHaveValue('role:owner -guest')

  await field(page).press('Enter')
  await page.waitForURL(/role=[0-9a-f-]{36}&guest=none/)
  await expect(field(page)).toHaveValue('')
  await expect(field(page)).toBeFocused()
  expect(await countListed(page)).toBe(owners)

  await page.getByRole('link', { name: 'Remove the filter Status' }).click()
  await page.waitForURL((url) => !url.searchParams.has('guest'))
  await expect(roles).toBeVisible()
  await page.getByRole('link', { name: 'Clear filters' }).click()
  await expect(page).toHaveURL(results)
  await expect.poll(() => countListed(page)).toBe(all)
})

test('what cannot be understood is told below the field, and nobody is left out for it', async ({ page, world }) => {
  await openList(page, world)
  const all = await countListed(page)
  await field(page).fill('role:nonsense status:asleep')
  await expect(page.getByText('“role:nonsense” was left out: no role that is held here has that name.')).toBeVisible()
  await expect(page.getByText('“status:asleep” was left out', { exact: false })).toBeVisible()
  expect(await countListed(page)).toBe(all)
})

test('a filter opens what there is to choose, with how many are then listed, by keyboard too', async ({
  page,
  world,
}) => {
  await openList(page, world)
  await page.getByRole('button', { name: 'Status', exact: true }).press('Enter')
  const panel = page.getByRole('group', { name: 'Status', exact: true })
  const option = panel.getByRole('link', { name: /^Not enabled/ })
  await expect(option).toBeVisible()
  const count = Number(/(\d+)$/.exec((await option.textContent()) ?? '')?.[1])
  await option.press('Enter')
  await page.waitForURL(/not=active/)
  await expect(panel).toBeHidden()
  await expect.poll(() => countListed(page)).toBe(count)
  await expect(page.getByRole('button', { name: 'Status: Not enabled' })).toBeFocused()

  await page.getByRole('link', { name: 'Clear filters' }).click()
  await expect(page.getByRole('button', { name: 'Status', exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Role', exact: true }).click()
  const roles = page.getByRole('group', { name: 'Role', exact: true })
  await roles.getByRole('searchbox', { name: 'Find under Role' }).fill('reader')
  for (const name of await roles.getByRole('link').allTextContents()) expect(name).toMatch(/reader/i)
  await expect(roles.getByText('Counted: whoever holds the role or can only activate it.')).toBeVisible()
  await expect(page).not.toHaveURL(/q=/)
})

test('columns and the rows of a page are chosen and stay in the address', async ({ page, world }) => {
  await openList(page, world)
  await expect(page.getByRole('columnheader', { name: 'Licence' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('link', { name: 'Licence (not shown)' }).click()
  await expect(page.getByRole('columnheader', { name: 'Licence' })).toBeVisible()
  await page.getByRole('link', { name: 'Email (shown)' }).click()
  await expect(page.getByRole('columnheader', { name: 'Email' })).toHaveCount(0)
  await page.getByRole('group', { name: 'Columns and rows' }).getByRole('link', { name: '25', exact: true }).click()
  await expect(pages(page)).toContainText(/^1 to 25 of/)
  await page.keyboard.press('Escape')
  await page.getByRole('columnheader', { name: 'Role' }).getByRole('link').click()
  await page.waitForURL(/sort=role/)
  await expect(page.getByRole('columnheader', { name: 'Licence' })).toBeVisible()
  await expect(pages(page)).toContainText(/^1 to 25 of/)
})

test('all people over all subscriptions are filtered in the same language', async ({ page, world }) => {
  await openList(page, world)
  await page.goto('/people')
  const all = await countListed(page)
  await field(page).fill('role:owner -guest subscription:nowhere how:group')
  await expect(
    page.getByText('“how:group” was left out: only the lists of one subscription have this filter.'),
  ).toBeVisible()
  await expect(page.getByText('“subscription:nowhere” was left out', { exact: false })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Role: Owner' })).toBeVisible()

  await field(page).fill('role:owner -guest')
  await expect(page.getByText('was left out', { exact: false })).toHaveCount(0)
  await expect.poll(() => countListed(page)).toBeLessThan(all)
  const owners = await countListed(page)
  await field(page).press('Enter')
  await page.waitForURL(/role=[0-9a-f-]{36}&guest=none/)
  await expect(field(page)).toHaveValue('')
  expect(await countListed(page)).toBe(owners)

  await page.getByRole('link', { name: 'Clear filters' }).click()
  await expect.poll(() => countListed(page)).toBe(all)
  await page.getByRole('button', { name: 'Subscription', exact: true }).press('Enter')
  const option = page.getByRole('group', { name: 'Subscription', exact: true }).getByRole('link').first()
  await expect(option).toBeVisible()
  const count = Number(/(\d+)$/.exec((await option.textContent()) ?? '')?.[1])
  await option.press('Enter')
  await page.waitForURL(/connection=/)
  await expect.poll(() => countListed(page)).toBe(count)
})
