import type { Locator, Page } from '@playwright/test'
import { inspect } from './support/inspect'
import { change, shortTokens } from './support/sandbox'
import { accountButton, connect, expect, goToMicrosoft, openResults, pickAccount, signIn, test } from './support/test'

// Each test looks at many pages in four ways; side by side they are done in half the time.
test.describe.configure({ mode: 'parallel', timeout: 240_000 })

test('signing in, and every page of an organisation that has nothing yet', async ({ page, world }) => {
  for (const path of [
    '/signin',
    '/signin?error=AccessDenied',
    '/signin?error=AccessRemoved',
    '/approved?outcome=granted',
    '/approved',
    '/no-such-page',
  ]) {
    await page.goto(path)
    await inspect(page, `${path}, signed out`)
  }
  await signIn(page, world.account('owner'))
  for (const path of [
    '/integrations',
    '/integrations?tab=connected',
    '/integrations?q=nothing+of+that+name',
    '/integrations?view=list',
    '/integrations/azure',
    '/integrations/azure/capabilities',
    '/integrations/azure/applications/new',
    '/integrations/azure/connect',
    '/integrations/azure/connect/subscription',
    '/integrations/azure/connect/problem?code=state_mismatch',
    '/people',
    '/people/ask',
    '/settings/members',
    '/settings/sessions',
    '/settings/history',
    '/settings/audit',
    '/settings/exports',
    '/settings/feeds',
    '/confirm',
    '/integrations/azure/00000000-1111-4222-8333-444444444444',
    '/integrations/azure/connect/00000000-1111-4222-8333-444444444444/checks',
    '/people/00000000-1111-4222-8333-444444444444',
    '/settings/no-such-page',
  ]) {
    await page.goto(path)
    await inspect(page, `${path}, nothing connected`)
  }
})

test.describe('with a subscription that takes a while to read', () => {
  test.use({ spec: { people: 40, assignments: 800, pageSize: { assignments: 2 } } })

  test('every step of the wizard, going well and badly', async ({ page, world }) => {
    await signIn(page, world.account('outsider'))
    await page.goto('/integrations/azure/connect/subscription')
    await page.getByLabel('Azure subscription ID').fill('my subscription')
    await page.getByRole('button', { name: 'Continue' }).click()
    await expect(page.getByText(/not a subscription ID/)).toBeVisible()
    await inspect(page, 'a wrong subscription ID')

    await page.getByLabel('Azure subscription ID').fill(world.subscription.id)
    await page.getByRole('button', { name: 'Continue' }).click()
    await expect(page.getByRole('button', { name: 'Continue to Microsoft' })).toBeVisible()
    await inspect(page, 'the invitation to sign in')

    await page.getByRole('button', { name: 'Continue to Microsoft' }).click()
    await pickAccount(page, world.account('plain'))
    await page.getByText(/Return to the application/).click()
    await expect(page.getByRole('main').getByText('An administrator must approve Rolecall first')).toBeVisible()
    await inspect(page, 'consent of an administrator required')

    await goToMicrosoft(page, world.subscription.id)
    await pickAccount(page, world.account('outsider'))
    await page.getByRole('button', { name: 'Accept' }).click()
    await expect(page.getByRole('button', { name: 'Check again' })).toBeVisible()
    await inspect(page, 'checks that failed')

    await change({ type: 'grant_consent', tenantId: world.tenantId, scopes: ['GroupMember.Read.All'] })
    await goToMicrosoft(page, world.subscription.id)
    await pickAccount(page, world.account('owner'))
    await expect(page.getByRole('button', { name: 'Connect', exact: true })).toBeEnabled()
    await inspect(page, 'checks that passed')

    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await page.waitForURL(/\/progress$/)
    await inspect(page, 'the first sync')
    await expect(page.getByRole('status').filter({ hasText: 'Synced' })).toBeVisible()
    await inspect(page, 'the end of the wizard')
  })
})

test('the results of a subscription', async ({ page, world }) => {
  const owner = world.account('owner')
  // The longest built-in name of the sandbox, which a phone has to cut short.
  const role = 'Azure Kubernetes Service RBAC Cluster Admin'
  await change({ type: 'assign', user: owner.objectId, role, subscriptionId: world.subscription.id })
  await signIn(page, owner)
  await connect(page, world)
  const results = new URL(await openResults(page)).pathname
  for (const path of [
    results,
    `${results}?q=nothing+of+that+name`,
    `${results}/roles`,
    `${results}/principals`,
    `${results}/runs`,
    `${results}/settings`,
  ]) {
    await page.goto(path)
    await inspect(page, path)
  }
})

test('the tiles, people and settings of an organisation, and what a viewer sees', async ({ page, world, browser }) => {
  const owner = world.account('owner')
  await shortTokens()
  await signIn(page, owner)
  await connect(page, world)
  const results = new URL(await openResults(page)).pathname
  await page.goto('/integrations/azure')
  const account = await page.getByRole('link', { name: owner.username, exact: true }).getAttribute('href')
  for (const path of [
    '/integrations',
    '/integrations?by=management',
    '/integrations?view=list',
    '/integrations?view=list&by=account&sort=need',
    '/integrations?state=failed',
    '/integrations/azure',
    String(account),
    `${account}/add`,
    `${account}/follow`,
    '/people',
    '/people/ask',
    '/people?q=nothing+of+that+name',
    `/people/${owner.objectId}`,
    '/settings/members',
    '/settings/history',
    '/settings/audit',
    '/settings/exports',
  ]) {
    await page.goto(path)
    await inspect(page, path)
  }

  await change({ type: 'revoke_sessions', tenantId: world.tenantId })
  await page.goto(results)
  await page.getByRole('button', { name: 'Sync now' }).click()
  await expect(page.getByText('Reconnect needed').first()).toBeVisible()
  await inspect(page, 'results that could not be read again')

  await page.goto('/integrations?view=list')
  await inspect(page, 'a row that can be reconnected')
  await page.goto('/integrations')
  await inspect(page, 'a tile that can be reconnected')
  await page.getByRole('button', { name: /^Actions for/ }).click()
  await page.getByRole('menuitem', { name: 'Disconnect' }).click()
  await page
    .getByRole('dialog')
    .getByRole('radio', { name: /Delete/ })
    .check()
  await inspect(page, 'the question before disconnecting')

  const viewer = await browser.newPage()
  await signIn(viewer, world.account('reader'))
  for (const path of ['/integrations', '/integrations/azure/connect', results, '/settings/members']) {
    await viewer.goto(path)
    await inspect(viewer, `${path} for a viewer`)
  }
  await viewer.context().close()
})

/** Presses Tab until something has focus, as a person without a mouse does, and checks that the focus can be seen. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible()
  for (let presses = 0; presses < 60; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) {
      expect(await target.evaluate((element) => getComputedStyle(element).outlineStyle)).not.toBe('none')
      return
    }
    await page.keyboard.press('Tab')
  }
  throw new Error('Sixty presses of Tab did not lead there.')
}

test('a subscription is connected with the keyboard alone', async ({ page, world }) => {
  const { keyboard } = page
  const press = async (target: Locator) => {
    await tabTo(page, target)
    await keyboard.press('Enter')
  }
  await page.goto('/signin')
  await press(page.getByRole('button', { name: 'Sign in with Microsoft' }))
  // Microsoft's own page: a long list of accounts here, and not ours to judge.
  await page.getByRole('button', { name: world.account('owner').username }).press('Enter')
  await press(page.getByRole('link', { name: 'Connect Microsoft Azure' }).first())
  await press(page.getByRole('link', { name: 'Continue' }))
  await tabTo(page, page.getByLabel('Azure subscription ID'))
  await keyboard.type(world.subscription.id)
  await keyboard.press('Enter')
  await press(page.getByRole('button', { name: 'Continue to Microsoft' }))
  await page.getByRole('button', { name: world.account('owner').username }).press('Enter')
  await page.getByRole('button', { name: 'Accept' }).press('Enter')
  await press(page.getByRole('button', { name: 'Connect', exact: true }))
  await expect(page.getByRole('status').filter({ hasText: 'Synced' })).toBeVisible()
  await press(page.getByRole('link', { name: 'See who has access' }))
  await expect(page.getByRole('table')).toBeVisible()

  const menu = page.getByRole('button', { name: /^Actions for/ })
  await press(menu)
  const items = page.getByRole('menuitem')
  await expect(items.first()).toBeFocused()
  await keyboard.press('ArrowDown')
  await expect(items.nth(1)).toBeFocused()
  await keyboard.press('End')
  await expect(items.last()).toBeFocused()
  await keyboard.press('ArrowDown')
  await expect(items.first()).toBeFocused()
  await keyboard.press('End')
  await keyboard.press('r')
  await expect(page.getByRole('menuitem', { name: /^Re/ }).first()).toBeFocused()
  await keyboard.press('Escape')
  await expect(items.first()).toBeHidden()
  await expect(menu).toBeFocused()

  await keyboard.press('ArrowDown')
  await expect(items.first()).toBeFocused()
  await page.getByRole('menuitem', { name: 'Rename' }).press('Enter')
  const dialog = page.getByRole('dialog')
  await expect(dialog).toBeVisible()
  await keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(menu).toBeFocused()
})

test('the first stop of the keyboard skips to the content', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await page.goto('/integrations')
  await page.keyboard.press('Tab')
  const skip = page.getByRole('link', { name: 'Skip to content' })
  await expect(skip).toBeFocused()
  await expect(skip).toBeInViewport()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toBeFocused()
})

test('the chosen theme is there at the next page’s first paint', async ({ page, world }) => {
  await page.emulateMedia({ colorScheme: 'light' })
  await signIn(page, world.account('owner'))
  const canvas = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const light = await canvas()
  await accountButton(page).click()
  const saved = page.waitForResponse((response) => response.request().method() === 'POST')
  await page.getByRole('menuitemradio', { name: 'Dark' }).click()
  await expect.poll(canvas).not.toBe(light)
  const dark = await canvas()
  await saved
  const html = await (await page.request.get('/people')).text()
  expect(html).toContain('data-theme="dark"')
  await page.goto('/people')
  expect(await canvas()).toBe(dark)
})
