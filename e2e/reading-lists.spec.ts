import { connect, expect, openResults, signIn, test } from './support/test'

test.use({ spec: { people: 60, assignments: 90, groups: 2, guests: 2, ownerRoles: 1 } })

test('the table of people begins in the first quarter of a usual window, below a sentence that says what is in it', async ({
  page,
  world,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 })
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await openResults(page)
  await expect(page.getByRole('button', { name: 'Sync now' })).toBeEnabled()
  const table = page.getByRole('region', { name: 'People and their roles' })
  const banner = (await page.getByRole('complementary', { name: 'Sandbox' }).boundingBox())?.height ?? 0
  expect(((await table.boundingBox())?.y ?? Number.POSITIVE_INFINITY) - banner).toBeLessThanOrEqual(225)

  await expect(page.getByText(/^\d+ people hold or can activate a role$/)).toBeVisible()
  const owners = page.getByRole('link', { name: /^\d+ holds? Owner$/ })
  const count = Number.parseInt((await owners.textContent()) ?? '', 10)
  await owners.click()
  await page.waitForURL(/held=held/)
  await expect(page.getByRole('navigation', { name: 'Pages', exact: true })).toContainText(`of ${count}`)
})

test('what the subscription is stands behind a mark, with IDs to copy, and closes with Escape', async ({
  page,
  world,
}) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await openResults(page)
  const about = page.getByRole('group', { name: 'About this subscription' })
  await expect(about).toBeHidden()
  await page.getByRole('button', { name: 'About', exact: true }).press('Enter')
  await expect(about.getByRole('button', { name: /^Copy subscription ID/ })).toBeVisible()
  await expect(about).toContainText('of the 4,000 that Azure allows')
  await page.keyboard.press('Tab')
  await expect(about.getByRole('button', { name: /^Copy subscription ID/ })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(about).toBeHidden()
  await expect(page.getByRole('button', { name: 'About', exact: true })).toBeFocused()
})

test('typing narrows a list by itself, is one step back, and keeps the focus in the field', async ({ page, world }) => {
  const owner = world.account('owner')
  await signIn(page, owner)
  await connect(page, world)
  const results = await openResults(page)
  const field = page.getByRole('searchbox', { name: 'Name, email or ID' })
  const row = page.getByRole('row').filter({ hasText: owner.username })
  await field.pressSequentially(owner.username, { delay: 20 })
  await expect(page.getByRole('navigation', { name: 'Pages', exact: true })).toContainText('1 of 1 person')
  await expect(row).toBeVisible()
  await expect(field).toBeFocused()
  await expect(field).toHaveValue(owner.username)
  await page.goBack()
  await expect(page).toHaveURL(results)
})

test('the arrow keys go through the options of a filter, and only the last one is asked for', async ({
  page,
  world,
}) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await page.getByRole('link', { name: 'People', exact: true }).first().click()
  await page.waitForURL('**/people')
  const asked: string[] = []
  page.on('request', (request) => {
    const signal = new URL(request.url()).searchParams.get('signal')
    if (signal) asked.push(signal)
  })
  const signal = page.getByLabel('Worth a second look', { exact: true })
  await signal.focus()
  for (const _ of [1, 2, 3]) await page.keyboard.press('ArrowDown')
  const chosen = await signal.inputValue()
  expect(chosen).not.toBe('')
  await page.waitForURL(new RegExp(`signal=${chosen}`))
  expect(new Set(asked)).toEqual(new Set([chosen]))
  await expect(signal).toBeFocused()
})

test('a pager says which rows are shown, above and below, and leads the focus to the list', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await openResults(page)
  const above = page.getByRole('navigation', { name: 'Pages', exact: true })
  await expect(above).toContainText(/^1 to 50 of \d+ people$/)
  const total = Number(/of (\d+)/.exec((await above.textContent()) ?? '')?.[1])
  await page
    .getByRole('navigation', { name: 'Pages, below the list' })
    .getByRole('link', { name: 'Next page' })
    .press('Enter')
  await expect(above).toContainText(`51 to ${total} of ${total} people`)
  await expect(page.getByRole('region', { name: 'People and their roles' })).toBeFocused()
  await above.getByRole('link', { name: 'Previous page' }).click()
  await expect(above).toContainText(`1 to 50 of ${total} people`)
})

test('roles are searched by name, and one at a time lists its people', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  const results = await openResults(page)
  await page.goto(`${results}/roles`)
  await expect(page.getByRole('listitem').getByRole('link', { expanded: false }).nth(1)).toBeVisible()
  await page.getByRole('searchbox', { name: 'Name or ID of a role' }).fill('own')
  await page.waitForURL(/q=own/)
  const owner = page.getByRole('link', { name: /^Owner/, expanded: false })
  await owner.click()
  await expect(page.getByRole('heading', { name: /^Hold it now/ })).toBeVisible()
  await expect(page.getByRole('link', { name: world.account('owner').name })).toBeVisible()
  await page.getByRole('link', { name: /^Owner/, expanded: true }).click()
  await expect(page.getByRole('heading', { name: /^Hold it now/ })).toHaveCount(0)
  await page.getByRole('searchbox', { name: 'Name or ID of a role' }).fill('no such role')
  await expect(page.getByText('No role matches')).toBeVisible()
})
