import { change, shortTokens } from './support/sandbox'
import { connect, expect, openResults, pickAccount, signIn, test } from './support/test'

test('a tile is renamed', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await page.goto('/integrations')
  await page.getByRole('button', { name: /^(More|Actions|Menu)/ }).click()
  await page.getByRole('menuitem', { name: 'Rename' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').fill('Payments')
  await dialog.getByRole('button', { name: 'Rename' }).click()
  await expect(page.getByRole('heading', { name: 'Payments', exact: true })).toBeVisible()

  await page.goto('/settings/audit')
  await expect(page.getByText('Payments').first()).toBeVisible()
})

test('a revoked sign-in is reconnected, and the history stays', async ({ page, world }) => {
  const owner = world.account('owner')
  await shortTokens()
  await signIn(page, owner)
  await connect(page, world)
  const results = await openResults(page)
  await change({ type: 'revoke_sessions', user: owner.username, tenantId: world.tenantId })
  await page.getByRole('button', { name: 'Sync now' }).click()
  await expect(page.getByText('Reconnect needed').first()).toBeVisible()

  await page.getByRole('main').getByRole('button', { name: 'Reconnect' }).first().click()
  await page.getByRole('button', { name: 'Continue to Microsoft' }).click()
  await pickAccount(page, owner)
  await page.getByRole('button', { name: 'Reconnect', exact: true }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Synced' })).toBeVisible()

  await page.goto(`${results.split('?')[0]}/runs`)
  await expect(page.getByRole('table').getByRole('row')).toHaveCount(4)
})

test('a reconnect with another account is asked about, not silently taken', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await page.goto('/integrations')
  await page.getByRole('button', { name: /^(More|Actions|Menu)/ }).click()
  await page.getByRole('menuitem', { name: 'Reconnect' }).click()
  await page.getByRole('button', { name: 'Continue to Microsoft' }).click()
  await pickAccount(page, world.account('reader'))
  await expect(page.getByText(`was connected with ${world.account('owner').username}`)).toBeVisible()
  const reconnect = page.getByRole('button', { name: 'Reconnect', exact: true })
  await expect(reconnect).toBeDisabled()
  await page.getByRole('checkbox', { name: `Use ${world.account('reader').username} from now on` }).check()
  await reconnect.click()
  await expect(page.getByRole('status').filter({ hasText: 'Synced' })).toBeVisible()
})

test('disconnecting with deletion asks for the name, and leaves nothing', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  const results = await openResults(page)

  await page.goto('/integrations')
  await page.getByRole('button', { name: /^(More|Actions|Menu)/ }).click()
  await page.getByRole('menuitem', { name: 'Disconnect' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('radio', { name: /Delete/ }).check()
  await dialog.getByRole('textbox').fill('something else')
  await dialog.getByRole('button', { name: /Disconnect/ }).click()
  await expect(dialog.getByRole('textbox')).toHaveAccessibleDescription(/not the label/)
  await expect(dialog.getByRole('textbox')).toHaveValue('something else')
  await dialog.getByRole('textbox').fill(world.subscription.name)
  await dialog.getByRole('button', { name: /Disconnect/ }).click()
  await expect(page.getByRole('heading', { name: world.subscription.name, exact: true })).toHaveCount(0)

  await page.goto(results)
  await expect(page.getByRole('heading', { name: /not (be )?found|no such|There is no/i })).toBeVisible()
  await page.goto('/people')
  await expect(page.getByRole('heading', { level: 1, name: 'People' })).toBeVisible()
  await expect(page.getByRole('main').getByText(world.account('owner').username)).toHaveCount(0)
})

test('disconnecting with the data kept leaves it to read, and the subscription can be connected again', async ({
  page,
  world,
}) => {
  const owner = world.account('owner')
  await signIn(page, owner)
  await connect(page, world)
  const results = await openResults(page)
  await page.goto('/integrations')
  await page.getByRole('button', { name: /^(More|Actions|Menu)/ }).click()
  await page.getByRole('menuitem', { name: 'Disconnect' }).click()
  await page.getByRole('dialog').getByRole('radio', { name: /Keep/ }).check()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Disconnect/ })
    .click()
  await expect(page.getByText('Disconnected').first()).toBeVisible()

  await page.goto(results)
  await expect(page.getByRole('row').filter({ hasText: owner.username }).first()).toBeVisible()
  await connect(page, world)
  await expect(page.getByRole('link', { name: 'See who has access' })).toHaveAttribute(
    'href',
    new RegExp(new URL(results).pathname),
  )
})
