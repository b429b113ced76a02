import { connect, expect, goToMicrosoft, pickAccount, signIn, test } from './support/test'

test('an admin connects a subscription and sees who holds which role', async ({ page, world }) => {
  const owner = world.account('owner')
  await signIn(page, owner)
  await page.getByRole('link', { name: 'Connect Microsoft Azure' }).click()

  await expect(page.getByRole('heading', { name: 'Before you begin' })).toBeVisible()
  await page.getByText('What Microsoft asks for').click()
  await expect(page.getByText('User.Read.All').first()).toBeVisible()
  await page.getByRole('link', { name: 'Continue' }).click()

  await page.getByLabel('Azure subscription ID').fill(`  {${world.subscription.id.toUpperCase()}} `)
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByRole('main').getByText(world.domain, { exact: true })).toBeVisible()
  await expect(page.getByRole('checkbox', { name: 'GroupMember.Read.All' })).toBeChecked()
  await page.getByRole('button', { name: 'Continue to Microsoft' }).click()

  await pickAccount(page, owner)
  await page.getByRole('button', { name: 'Accept' }).click()

  await expect(page.getByRole('heading', { name: 'Checks' })).toBeVisible()
  await page.reload()
  await page.getByRole('button', { name: 'Connect', exact: true }).click()

  await expect(page.getByRole('status').filter({ hasText: 'Synced' })).toBeVisible()
  await page.reload()
  await page.getByRole('link', { name: 'See who has access' }).click()

  await expect(page.getByRole('heading', { level: 1, name: world.subscription.name })).toBeVisible()
  const row = page.getByRole('row').filter({ hasText: owner.username }).filter({ hasText: 'Owner' }).first()
  await expect(row).toContainText('Enabled')
})

test('a second subscription is a second tile, and both are green', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  for (const subscription of world.subscriptions) await connect(page, world, subscription)

  await page.goto('/integrations')
  for (const { name } of world.subscriptions) {
    const tile = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) })
    await expect(tile.getByText('Synced', { exact: true })).toBeVisible()
  }
})

test('the other subscriptions of the account are connected with the same sign-in', async ({ page, world }) => {
  const [, second] = world.subscriptions
  await signIn(page, world.account('owner'))
  await goToMicrosoft(page, world.subscription.id)
  await pickAccount(page, world.account('owner'))
  await page.getByRole('button', { name: 'Accept' }).click()
  await page.getByRole('checkbox', { name: second?.name }).check()
  await page.getByRole('button', { name: 'Connect 2 subscriptions' }).click()
  await expect(page.getByText(/^2 of 2 synced, \d+ people$/)).toBeVisible()
  await expect(page.getByRole('link', { name: 'See who has access' })).toHaveAttribute('href', '/people')

  await page.goto('/integrations')
  await expect(page.getByRole('listitem').getByText('Synced', { exact: true })).toHaveCount(2)
})

test('a subscription that is connected already is named before any sign-in', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await page.goto('/integrations/azure/connect/subscription')
  const portalLink = `https://portal.azure.com/#@${world.domain}/resource/subscriptions/${world.subscription.id}/users`
  await page.getByLabel('Azure subscription ID').fill(portalLink)
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByRole('main').getByRole('link', { name: world.subscription.name })).toBeVisible()
})

test('what is not a subscription ID, and one that Azure does not know, each get a sentence', async ({
  page,
  world,
}) => {
  await signIn(page, world.account('owner'))
  await page.goto('/integrations/azure/connect/subscription')
  const field = page.getByLabel('Azure subscription ID')
  await field.fill('my subscription')
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(field).toHaveAccessibleDescription(/not a subscription ID/)
  await expect(field).toHaveValue('my subscription')

  await field.fill('00000000-1111-4222-8333-444444444444')
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByText('No subscription with this ID exists')).toBeVisible()
})
