import type { Page } from '@playwright/test'
import { change, shortTokens } from './support/sandbox'
import { connect, expect, pickAccount, signIn, test } from './support/test'

/** Connects the three subscriptions that are left, with the account that has connected the first. */
async function addThreeMore(page: Page) {
  await page.goto('/integrations/azure')
  await page.getByRole('link', { name: /^Add subscriptions/ }).click()
  await page.getByRole('checkbox', { name: /^Choose all 3/ }).check()
  await page.getByRole('button', { name: 'Connect 3 subscriptions' }).click()
  await page.waitForURL(/accounts\/[0-9a-f-]{36}$/)
}

test.describe('with several subscriptions', () => {
  test.use({ spec: { subscriptions: 4 } })

  test('one sign-in connects a second subscription and then all the rest, without another visit to Microsoft', async ({
    page,
    world,
  }) => {
    const owner = world.account('owner')
    await signIn(page, owner)
    await connect(page, world)

    await page.goto('/integrations/azure/connect/subscription')
    await page.getByRole('textbox').fill(world.subscriptions[1]?.id ?? '')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: `Go on with ${owner.username}` }).click()
    await expect(page.getByText(`Signed in as ${owner.username}`)).toBeVisible()
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await expect(page.getByRole('status').filter({ hasText: 'Synced' })).toBeVisible()

    await page.goto('/integrations/azure')
    const account = page
      .getByRole('region', { name: 'Accounts' })
      .getByRole('listitem')
      .filter({ hasText: owner.username })
    await expect(account).toContainText('Used for 2 subscriptions')
    await account.getByRole('link', { name: /^Add subscriptions/ }).click()
    const lines = page.getByRole('list', { name: 'Subscriptions' }).getByRole('listitem')
    await expect(lines).toHaveCount(4)
    await expect(lines.filter({ hasText: 'Connected as' })).toHaveCount(2)

    await page.getByRole('searchbox', { name: 'Search subscriptions' }).fill(world.subscriptions[3]?.id ?? '')
    await expect(lines).toHaveCount(1)
    await page.getByRole('checkbox', { name: /^Choose all 1/ }).check()
    await page.getByRole('searchbox', { name: 'Search subscriptions' }).fill('')
    await expect(page.getByText('4 of 4 subscriptions, 1 chosen')).toBeVisible()
    await page.getByRole('checkbox', { name: /^Choose all 2/ }).check()
    await page.getByRole('button', { name: 'Connect 2 subscriptions' }).click()
    await expect(page.getByText('4 of 4 synced').first()).toBeVisible()
    const synced = page.getByRole('list', { name: /^Subscriptions of/ }).getByText('Synced', { exact: true })
    await expect(synced).toHaveCount(4)
  })

  test('whoever reconnects with another account may let it take over all that the one from before has read', async ({
    page,
    world,
  }) => {
    const [owner, reader] = [world.account('owner'), world.account('reader')]
    await signIn(page, owner)
    await connect(page, world)
    await addThreeMore(page)

    await page.goto('/integrations/azure')
    await page.getByRole('button', { name: /^Reconnect/ }).click()
    await page.getByRole('button', { name: 'Continue to Microsoft' }).click()
    await pickAccount(page, reader)
    const takesOver = page.getByRole('checkbox', { name: `Also for the 3 other subscriptions of ${owner.username}` })
    await expect(takesOver).toBeDisabled()
    await page.getByRole('checkbox', { name: `Use ${reader.username} from now on` }).check()
    await takesOver.check()
    await page.getByRole('button', { name: 'Reconnect', exact: true }).click()
    await page.waitForURL(/progress/)
    await page.goto('/integrations/azure')
    const accounts = page.getByRole('region', { name: 'Accounts' }).getByRole('listitem')
    await expect(accounts.filter({ hasText: reader.username })).toContainText('Used for 4 subscriptions')
    await expect(accounts.filter({ hasText: owner.username })).toHaveCount(0)
  })

  test('a sign-in that has ended turns every tile of its account, and one reconnect heals them all', async ({
    page,
    world,
  }) => {
    const owner = world.account('owner')
    await shortTokens()
    await signIn(page, owner)
    await connect(page, world)
    await addThreeMore(page)
    await page.goto('/integrations')
    await expect(page.getByText('Synced', { exact: true })).toHaveCount(4)

    await change({ type: 'revoke_sessions', user: owner.username, tenantId: world.tenantId })
    await page
      .getByRole('button', { name: /^(More|Actions|Menu)/ })
      .first()
      .click()
    await page.getByRole('menuitem', { name: 'Sync now' }).click()
    await expect(page.getByText('Reconnect needed', { exact: true })).toHaveCount(4)
    await expect(page.getByText('also 3 other subscriptions')).toHaveCount(4)
    const rail = page.getByRole('navigation', { name: 'Main' })
    await expect(rail.getByRole('link', { name: 'Integrations 4 need attention' })).toBeVisible()

    await page.goto('/integrations/azure')
    const account = page
      .getByRole('region', { name: 'Accounts' })
      .getByRole('listitem')
      .filter({ hasText: owner.username })
    await expect(account).toContainText('Reconnect needed')
    await expect(account).toContainText('Its 4 subscriptions wait; what was read stays.')
    await page.goto('/integrations')
    await page.getByRole('button', { name: `Reconnect ${world.subscriptions[2]?.name}` }).click()
    await page.getByRole('button', { name: 'Continue to Microsoft' }).click()
    await pickAccount(page, owner)
    await page.getByRole('button', { name: 'Reconnect', exact: true }).click()
    await expect(page.getByRole('status').filter({ hasText: 'Synced' })).toBeVisible()
    await page.goto('/integrations')
    await expect(page.getByText('Synced', { exact: true })).toHaveCount(4)
    await expect(rail.getByRole('link', { name: 'Integrations', exact: true })).toBeVisible()
  })
})
