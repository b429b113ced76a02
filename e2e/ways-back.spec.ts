import { change, control } from './support/sandbox'
import { connect, expect, goToMicrosoft, openResults, pickAccount, signIn, test } from './support/test'

/** Each way back from Microsoft that is not success has a screen of its own, with a next step. */

test('declining the permissions says so, and offers to sign in again', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await goToMicrosoft(page, world.subscription.id)
  await pickAccount(page, world.account('owner'))
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByRole('main').getByText('The permissions were declined')).toBeVisible()
  await expect(page.getByText(/AADSTS65004/)).toBeVisible()

  await page.getByRole('button', { name: 'Sign in again' }).click()
  await page.getByRole('button', { name: 'Accept' }).click()
  await expect(page.getByRole('heading', { name: 'Checks' })).toBeVisible()
})

test('without an administrator’s consent the approval link is offered, and works', async ({ page, world, browser }) => {
  await signIn(page, world.account('owner'))
  await goToMicrosoft(page, world.subscription.id)
  await pickAccount(page, world.account('plain'))
  await page
    .getByRole('link', { name: /Return to the application/ })
    .or(page.getByRole('button', { name: /Return to the application/ }))
    .click()
  await expect(page.getByRole('main').getByText('An administrator must approve Rolecall first')).toBeVisible()
  const link = await page
    .getByText(/adminconsent\?/)
    .first()
    .textContent()

  const administrator = await browser.newPage()
  await administrator.goto(String(link).trim())
  await pickAccount(administrator, world.account('owner'))
  await administrator.getByRole('button', { name: 'Accept' }).click()
  await expect(administrator.getByRole('heading', { name: /Approved/ })).toBeVisible()
  await administrator.close()

  await page.getByRole('button', { name: 'Sign in again' }).click()
  await pickAccount(page, world.account('plain'))
  await expect(page.getByRole('heading', { name: 'Checks' })).toBeVisible()
})

test('a Conditional Access block says that trying again will not help', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await change({ type: 'grant_consent', tenantId: world.tenantId, scopes: ['GroupMember.Read.All'] })
  await goToMicrosoft(page, world.subscription.id)
  await pickAccount(page, world.account('blocked'))
  await expect(page.getByRole('main').getByText('A Conditional Access policy blocked the sign-in')).toBeVisible()
  await expect(page.getByText(/AADSTS53003/)).toBeVisible()
})

test('a demand for another verification leads to Microsoft and back', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await change({ type: 'grant_consent', tenantId: world.tenantId, scopes: ['GroupMember.Read.All'] })
  await goToMicrosoft(page, world.subscription.id)
  await pickAccount(page, world.account('mfa'))
  await expect(page.getByRole('main').getByText('Microsoft asks for one more verification')).toBeVisible()
  await expect(page.getByText(/AADSTS50076/)).toBeVisible()
  await page.getByRole('button', { name: 'Continue to Microsoft' }).click()
  await expect(
    page.getByRole('button', { name: world.account('mfa').username }).or(page.getByRole('heading', { name: 'Checks' })),
  ).toBeVisible()
  if (!(await page.getByRole('heading', { name: 'Checks' }).isVisible())) await pickAccount(page, world.account('mfa'))
  await expect(page.getByRole('heading', { name: 'Checks' })).toBeVisible()
})

test('an account without a role on the subscription is shown the exact command to give it one', async ({
  page,
  world,
}) => {
  const outsider = world.account('outsider')
  await signIn(page, outsider)
  await goToMicrosoft(page, world.subscription.id)
  await pickAccount(page, outsider)
  await page.getByRole('button', { name: 'Accept' }).click()
  await expect(
    page.getByText(`az role assignment create --assignee-object-id ${outsider.objectId}`).first(),
  ).toContainText(`/subscriptions/${world.subscription.id}`)
  await expect(page.getByRole('button', { name: 'Connect', exact: true })).toBeDisabled()

  await change({ type: 'assign', user: outsider.username, role: 'Reader', subscriptionId: world.subscription.id })
  await page.getByRole('button', { name: 'Check again' }).click()
  await expect(page.getByRole('button', { name: 'Connect', exact: true })).toBeEnabled()
})

test('a guest who cannot list users may connect, and is told what will be missing', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await change({ type: 'grant_consent', tenantId: world.tenantId, scopes: ['GroupMember.Read.All'] })
  await goToMicrosoft(page, world.subscription.id)
  await pickAccount(page, world.account('guest'))
  await expect(page.getByText('the account is a guest of this tenant').first()).toBeVisible()
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Synced with gaps' })).toBeVisible()
})

test('a way back that belongs to no sign-in of mine is not used', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await page.goto('/api/azure/callback?code=stolen&state=never-made')
  await expect(page.getByRole('main').getByText('The sign-in could not be matched to you')).toBeVisible()
  await page.goto('/integrations')
  await expect(page.getByText('No subscription is connected yet')).toBeVisible()
})

test('someone else’s way back cannot be used, nor mine twice', async ({ page, world, browser }) => {
  await signIn(page, world.account('owner'))
  await goToMicrosoft(page, world.subscription.id)
  await page.waitForURL(/authorize/)
  const form = { username: world.account('owner').username, consent: 'accept', organisation: 'on' }
  const answer = await page.request.post(page.url(), { form, maxRedirects: 0 })
  const mine = String(answer.headers().location)
  expect(mine).toContain('/api/azure/callback?code=')

  const other = await browser.newPage()
  await signIn(other, world.account('reader'))
  await other.goto(mine)
  await expect(other.getByText(/could not be matched to you|role owner or admin|Ask an owner/).first()).toBeVisible()
  await other.close()

  await page.goto(mine)
  await expect(page.getByRole('heading', { name: 'Checks' })).toBeVisible()
  await page.goto(mine)
  await expect(page.getByRole('main').getByText('This sign-in was already used')).toBeVisible()
})

test('a throttled and an unreachable Azure each get their own sentence', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  const match = { host: 'management.azure.com', path: world.subscription.id }
  for (const [status, sentence] of [
    [429, 'Too many requests were made in a short time'],
    [503, 'did not answer in time, or answered with a server error'],
  ] as const) {
    await control('PUT', 'faults', [
      { match, times: 9, status, headers: { 'retry-after': '120' }, body: { error: { code: 'X', message: 'x' } } },
    ])
    await page.goto('/integrations/azure/connect/subscription')
    await page.getByLabel('Azure subscription ID').fill(world.subscription.id)
    await page.getByRole('button', { name: 'Continue' }).click()
    await expect(page.getByText(sentence)).toBeVisible()
    await control('DELETE', 'faults')
  }
})

test('after a sync that failed, what is shown is told to be of the last good one', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await openResults(page)
  const match = { host: 'management.azure.com', path: world.subscription.id }
  const body = { error: { code: 'X', message: 'x' } }
  await control('PUT', 'faults', [{ match, times: 99, status: 500, headers: { 'retry-after': '120' }, body }])
  await page.getByRole('button', { name: 'Sync now' }).click()
  await expect(page.getByText('Microsoft could not be reached')).toBeVisible()
  await control('DELETE', 'faults')
  await expect(page.getByText('Failed', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: /^Coverage/ }).click()
  await expect(page.getByRole('group', { name: 'Coverage' })).toContainText(
    'Coverage of the last good sync: everything asked for was read whole',
  )
})
