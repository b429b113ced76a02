import { connect, expect, openResults, signIn, test } from './support/test'

test('an owner changes for how long history is kept with the keyboard alone, and a shorter time asks for the name', async ({
  page,
  world,
}) => {
  await signIn(page, world.account('owner'), '/settings/members')
  await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'History' }).focus()
  await page.keyboard.press('Enter')
  await page.waitForURL('**/settings/history')
  const length = page.getByLabel('Keep history')
  await expect(length).toHaveValue('2_years')

  await length.focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await expect(length).toHaveValue('7_years')
  await expect(page.getByLabel(/^Type .* to confirm$/)).toHaveCount(0)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Saved')).toBeVisible()

  await length.focus()
  for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowUp')
  await expect(length).toHaveValue('1_year')
  await expect(page.getByRole('status').filter({ hasText: 'This cannot be undone.' })).toContainText(
    'whatever ended more than 1 year ago is deleted',
  )
  await page.keyboard.press('Tab')
  await page.keyboard.type('Another name')
  await page.keyboard.press('Enter')
  await expect(page.getByText('That is not the name of the organisation.')).toBeVisible()
  await expect(length).toHaveValue('1_year')
  const typed = page.getByLabel(/^Type .* to confirm$/)
  await typed.focus()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type((await page.locator('label bdi').textContent()) ?? '')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Saved')).toBeVisible()
  await expect(typed).toHaveCount(0)

  await page.reload()
  await expect(length).toHaveValue('1_year')
  await page.goto('/settings/audit')
  const written = page.getByRole('row').filter({ hasText: 'changed for how long history is kept by' })
  await expect(written).toHaveCount(2)
  // The values stand apart from the words around them, by marks that cannot be seen.
  await expect(written.first()).toContainText(/after: .?1 year.?, before: .?7 years/)
})

test('a viewer reads for how long history is kept, and each subscription says how far back it reaches', async ({
  page,
  world,
  browser,
}) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  const results = await openResults(page)
  for (const part of ['runs', 'settings']) {
    await page.goto(`${results}/${part}`)
    await expect(page.getByText(/^History reaches back to \d+ \w+ \d{4}, when it began\./)).toBeVisible()
  }
  const viewer = await browser.newPage()
  await signIn(viewer, world.account('reader'), '/settings/history')
  await expect(viewer.getByText('Kept 2 years. Only an owner changes this.')).toBeVisible()
  await expect(viewer.getByRole('combobox', { name: 'Keep history' })).toHaveCount(0)
  await viewer.close()
})
