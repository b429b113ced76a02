import { change } from './support/sandbox'
import { connect, expect, goToMicrosoft, openResults, pickAccount, signIn, test } from './support/test'

const GROUPS = 'GroupMember.Read.All'
const NAMES = 'Application.Read.All'

test('the ticked permissions, and only those, are asked for at Microsoft, even before any script has loaded', async ({
  page,
  world,
  browser,
}) => {
  const owner = world.account('owner')
  await signIn(page, owner)
  const storageState = await page.context().storageState()
  const scriptless = await browser.newContext({ javaScriptEnabled: false, storageState })
  const wizard = await scriptless.newPage()
  await wizard.goto(`${process.env.PORTAL_URL}/integrations/azure/connect/subscription`)
  await wizard.getByLabel('Azure subscription ID').fill(world.subscription.id)
  await wizard.getByRole('button', { name: 'Continue' }).click()
  await expect(wizard.getByRole('checkbox', { name: GROUPS })).toBeChecked()
  await wizard.getByRole('checkbox', { name: GROUPS }).uncheck()
  await wizard.getByText('5 more permissions').click()
  await wizard.getByRole('checkbox', { name: NAMES }).check()
  await wizard.getByRole('button', { name: 'Continue to Microsoft' }).click()
  await pickAccount(wizard, owner)
  await expect(wizard.getByText(`(${NAMES})`)).toBeVisible()
  await expect(wizard.getByText(`(${GROUPS})`)).toHaveCount(0)
  await scriptless.close()
})

test('a permission ticked in the wizard is granted at Microsoft, passes its check and stands in the settings', async ({
  page,
  world,
}) => {
  await signIn(page, world.account('owner'))
  await goToMicrosoft(page, world.subscription.id)
  await pickAccount(page, world.account('owner'))
  await expect(page.getByText(`(${GROUPS})`)).toBeVisible()
  await page.getByRole('button', { name: 'Accept' }).click()
  await page.getByText('5 of 5 checks passed').click()
  const passed = page.getByRole('list', { name: 'Passed checks' }).getByRole('listitem')
  const check = passed.filter({ hasText: 'Groups readable' })
  await expect(check).toContainText('groups will be opened')
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Synced' })).toBeVisible()

  await page.goto(`${await openResults(page)}/settings`)
  const permissions = page.getByRole('region', { name: 'Permissions' }).getByRole('listitem')
  await expect(permissions.filter({ hasText: GROUPS })).toContainText('Granted')
  await expect(permissions.filter({ hasText: NAMES })).toContainText('Not asked for')
})

test('one more is asked for from the settings, with a reason, and can be dropped again', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  const settings = `${await openResults(page)}/settings`
  await page.goto(settings)
  const names = page.getByRole('region', { name: 'Permissions' }).getByRole('listitem').filter({ hasText: NAMES })
  await expect(names).toContainText('service principals')
  await names.getByRole('button', { name: `Ask Microsoft for it ${NAMES}` }).click()

  await expect(page.getByRole('heading', { name: `Reconnect ${world.subscription.name}` })).toBeVisible()
  for (const scope of [GROUPS, NAMES]) await expect(page.getByRole('checkbox', { name: scope })).toBeChecked()
  await page.getByRole('button', { name: 'Continue to Microsoft' }).click()
  await pickAccount(page, world.account('owner'))
  await expect(page.getByText(`(${NAMES})`)).toBeVisible()
  await expect(page.getByText(`(${GROUPS})`)).toHaveCount(0)
  await page.getByRole('button', { name: 'Accept' }).click()
  await page.getByRole('button', { name: 'Reconnect', exact: true }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Synced' })).toBeVisible()

  await page.goto(settings)
  await expect(names).toContainText('Granted')
  await names.getByRole('button', { name: `Stop using it ${NAMES}` }).click()
  await expect(names).toContainText('Not asked for')
  await expect(page.getByText(/withdrawn in Microsoft Entra, under Enterprise applications/)).toBeVisible()
})

test('who may not consent goes on without the optional permissions, in one click', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await change({ type: 'grant_consent', tenantId: world.tenantId })
  await goToMicrosoft(page, world.subscription.id)
  await pickAccount(page, world.account('plain'))
  await page.getByRole('button', { name: /Return to the application/ }).click()
  await expect(page.getByRole('main').getByText('An administrator must approve Rolecall first')).toBeVisible()
  await expect(page.getByText(/adminconsent\?/).first()).toContainText(GROUPS)

  await page.getByRole('button', { name: 'Continue without the optional permissions' }).click()
  await pickAccount(page, world.account('plain'))
  await expect(page.getByRole('heading', { name: 'Checks' })).toBeVisible()
  await expect(page.getByText('Groups stay closed')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Connect', exact: true })).toBeEnabled()
})
