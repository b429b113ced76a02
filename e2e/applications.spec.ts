import type { Page } from '@playwright/test'
import { addApplicationAccount, registerApplication, registerShownCertificate } from './support/applications'
import { change, shortTokens } from './support/sandbox'
import { connect, expect, signIn, test } from './support/test'

const accountOf = (page: Page, name: string) =>
  page.getByRole('region', { name: 'Accounts' }).getByRole('listitem').filter({ hasText: name })

test.describe('with several subscriptions', () => {
  test.use({ spec: { subscriptions: 3, groups: 2 } })

  test('an application reads on when the person has left, and takes over what they connected', async ({
    page,
    world,
  }) => {
    const owner = world.account('owner')
    await shortTokens()
    await signIn(page, owner)
    await connect(page, world)
    await addApplicationAccount(page, world, await registerApplication(world))
    await page.getByRole('checkbox', { name: /^Choose all 2/ }).check()
    await page.getByRole('button', { name: 'Connect 2 subscriptions' }).click()
    await page.waitForURL(/accounts\/[0-9a-f-]{36}$/)
    await page.goto('/integrations')
    await expect(page.getByText('Synced', { exact: true })).toHaveCount(3)

    await change({ type: 'disable', user: owner.username, tenantId: world.tenantId })
    for (const { name } of world.subscriptions.slice(0, 2)) {
      await page.getByRole('button', { name: `Actions for ${name}`, exact: true }).click()
      await page.getByRole('menuitem', { name: 'Sync now' }).click()
    }
    await expect(page.getByText('Reconnect needed', { exact: true })).toHaveCount(1)
    await expect(page.getByText('Synced', { exact: true })).toHaveCount(2)

    await page.goto('/integrations/azure')
    await accountOf(page, owner.username)
      .getByRole('button', { name: /^Reconnect/ })
      .click()
    await page.getByRole('button', { name: 'Go on with Access reader' }).click()
    await page.getByRole('checkbox', { name: 'Use Access reader from now on' }).check()
    await page.getByRole('button', { name: 'Reconnect', exact: true }).click()
    await expect(page.getByRole('status').filter({ hasText: 'Synced' })).toBeVisible()

    await page.goto('/integrations/azure')
    await expect(accountOf(page, 'Access reader')).toContainText('Used for 3 subscriptions')
    await expect(accountOf(page, 'Access reader')).toContainText('Certificate · valid until')
    await expect(accountOf(page, owner.username)).toHaveCount(0)
  })
})

test('a certificate that was taken away is replaced by a secret that is wrong, and by another certificate', async ({
  page,
  world,
}) => {
  await shortTokens()
  await signIn(page, world.account('owner'))
  const application = await registerApplication(world)
  await addApplicationAccount(page, world, application)
  await page.getByRole('checkbox', { name: /^Choose all/ }).check()
  await page.getByRole('button', { name: /^Connect \d/ }).click()
  await page.waitForURL(/accounts\/[0-9a-f-]{36}$/)
  await page.goto('/integrations')
  await expect(page.getByText('Synced', { exact: true })).toHaveCount(2)

  await change({ type: 'remove_certificates', clientId: application.clientId })
  await page
    .getByRole('button', { name: /^Actions for/ })
    .first()
    .click()
  await page.getByRole('menuitem', { name: 'Sync now' }).click()
  await expect(page.getByText('Reconnect needed', { exact: true })).toHaveCount(2)

  await page.goto('/integrations/azure')
  await expect(accountOf(page, 'Access reader')).toContainText('The certificate is not accepted')
  await accountOf(page, 'Access reader')
    .getByRole('link', { name: /^New credential/ })
    .click()
  await page.getByRole('radio', { name: /^Client secret/ }).check()
  await page.getByLabel('Value of the client secret').fill('the-id-instead-of-the-value')
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByText('The application’s client secret is wrong')).toBeVisible()
  await expect(page.getByText('AADSTS7000215')).toBeVisible()
  expect(await page.content()).not.toContain('the-id-instead-of-the-value')
  await page.getByRole('button', { name: 'Discard' }).click()

  await accountOf(page, 'Access reader')
    .getByRole('link', { name: /^New credential/ })
    .click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByText('The certificate is not accepted')).toBeVisible()
  await registerShownCertificate(page, application.clientId)
  await page.getByRole('button', { name: 'Check again' }).click()
  await page.getByRole('button', { name: 'Use the new credential' }).click()
  await page.waitForURL(/\/accounts\/[0-9a-f-]{36}\/add$/)
  await page.goto('/integrations')
  await expect(page.getByText('Synced', { exact: true })).toHaveCount(2)
})

test('what is missing is said before an account is added, and one that nothing is read with is removed', async ({
  page,
  world,
}) => {
  await signIn(page, world.account('owner'))
  const application = await registerApplication({ ...world, subscriptions: [] }, [])
  await addApplicationAccount(page, world, application)
  await expect(page.getByText('Azure lists no subscription for this account')).toBeVisible()

  await page.goto('/integrations/azure/applications/new')
  await page.getByLabel('Tenant').fill('nobody.example')
  await page.getByLabel('Client ID').fill('5')
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByText('That is not a client ID')).toBeVisible()
  await page.getByLabel('Client ID').fill(application.clientId)
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByText('No tenant with this ID or domain exists')).toBeVisible()
  await page.getByLabel('Tenant').fill(world.tenantId)
  await page.getByRole('button', { name: 'Continue' }).click()
  await registerShownCertificate(page, application.clientId)
  await page.getByRole('button', { name: 'Check again' }).click()
  await expect(page.getByText('Azure lists no subscription for it.')).toBeVisible()
  await expect(page.getByText('User.Read.All is not granted')).toBeVisible()

  await page.goto('/integrations/azure')
  await expect(page.getByRole('heading', { name: 'Begun, and not finished' })).toBeVisible()
  await page.getByRole('button', { name: 'Discard' }).click()
  await expect(page.getByRole('heading', { name: 'Begun, and not finished' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Remove Access reader' }).click()
  await expect(accountOf(page, 'Access reader')).toHaveCount(0)
})
