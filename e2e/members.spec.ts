import { connect, expect, signIn, test } from './support/test'

test('a viewer reads, and is told who can do the rest', async ({ page, world, browser }) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)

  const viewer = await browser.newPage()
  await signIn(viewer, world.account('reader'))
  await viewer.getByRole('link', { name: world.subscription.name }).first().click()
  await expect(viewer.getByRole('table')).toBeVisible()
  await expect(viewer.getByRole('button', { name: 'Sync now' })).toHaveCount(0)
  await viewer.goto('/integrations/azure/connect')
  await expect(viewer.getByText(/Ask an owner or admin/i).first()).toBeVisible()
  await viewer.close()
})

test('an owner promotes a viewer, which works at once; the last owner cannot step down', async ({
  page,
  world,
  browser,
}) => {
  const reader = world.account('reader')
  await signIn(page, world.account('owner'))
  const other = await browser.newPage()
  await signIn(other, reader)

  await page.goto('/settings/members')
  const row = page.getByRole('row').filter({ hasText: reader.username })
  await row.getByRole('combobox').selectOption('admin')
  await row.getByRole('button', { name: /^Save/ }).click()
  await expect(row.getByText('Saved')).toBeVisible()
  const own = page.getByRole('row').filter({ hasText: world.account('owner').username })
  await expect(own.getByRole('button', { name: /Remove/ })).toHaveCount(0)
  await other.goto('/integrations/azure/connect')
  await expect(other.getByRole('heading', { name: 'Before you begin' })).toBeVisible()
  await other.close()
})

test('signing out ends the session on the server, not only in the browser', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  const cookies = await page.context().cookies()
  await page
    .getByRole('banner')
    .getByRole('button', { name: world.account('owner').name })
    .click()
  await page.getByRole('menuitem', { name: 'Sign out', exact: true }).click()
  await page.waitForURL(/\/signin/)
  await page.context().addCookies(cookies)
  await page.goto('/integrations')
  await expect(page).toHaveURL(/\/signin/)
})

test('who is not signed in is asked to, and lands where they wanted to go', async ({ page, world }) => {
  await page.goto('/settings/members')
  await expect(page).toHaveURL(/\/signin\?next=%2Fsettings%2Fmembers/)
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click()
  await page.getByRole('button', { name: world.account('owner').username }).click()
  await expect(page).toHaveURL(/\/settings\/members$/)
})
