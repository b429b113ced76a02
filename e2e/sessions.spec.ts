import type { Browser, Page } from '@playwright/test'
import type { Account } from './support/sandbox'
import { accountButton, connect, expect, openResults, pickAccount, signIn, test, type World } from './support/test'

// Pages that the browser keeps as a whole for Back are what half of these tests are about, and Playwright turns that off.
test.use({
  launchOptions: {
    executablePath: process.env.CHROMIUM_PATH || undefined,
    args: ['--no-sandbox', '--disable-background-networking'],
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  },
})

/** Opens the list of people of a connected subscription. Gives what a row of it is found by. */
async function openPeople(page: Page, world: World) {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await openResults(page)
  await page.getByRole('link', { name: 'People', exact: true }).first().click()
  await page.waitForURL('**/people')
  // The first row is the heading, whose links sort.
  const person = page.getByRole('main').getByRole('row').nth(1).getByRole('link').first()
  await expect(person).toBeVisible()
  return { person, name: ((await person.textContent()) ?? '').trim() }
}

/** Ends the sessions of an account in all other browsers, from one of its own. */
async function endElsewhere(browser: Browser, account: Account) {
  const other = await browser.newPage()
  await signIn(other, account, '/settings/sessions')
  await other.getByRole('button', { name: 'End all other sessions' }).click()
  await expect(other.getByRole('button', { name: 'End all other sessions' })).toHaveCount(0)
  await other.context().close()
}

/** The documents that the server was asked for from now on, as paths. */
function listDocuments(page: Page): string[] {
  const paths: string[] = []
  page.on('request', (request) => {
    if (request.resourceType() === 'document') paths.push(new URL(request.url()).pathname)
  })
  return paths
}

test('after a session has ended elsewhere the next click leads to the sign-in, and Back shows nobody', async ({
  page,
  world,
  browser,
}) => {
  const { name } = await openPeople(page, world)
  await endElsewhere(browser, world.account('owner'))

  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Settings' }).click()
  await expect(page).toHaveURL(/\/signin\?next=%2Fsettings/)
  const asked = listDocuments(page)
  await page.goBack()
  await expect(page).toHaveURL(/\/signin\?next=%2Fpeople/)
  expect(asked).toContain('/people')
  await expect(page.getByText(name)).toHaveCount(0)
  await expect(page.getByRole('heading', { name: 'Sign in to Rolecall' })).toBeVisible()
})

test('Back between open pages asks the server, which sends on whose session has ended meanwhile', async ({
  page,
  world,
  browser,
}) => {
  const { person, name } = await openPeople(page, world)
  await person.click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(name)
  await endElsewhere(browser, world.account('owner'))
  await page.goBack()
  await expect(page).toHaveURL(/\/signin\?next=%2Fpeople/)
  await expect(page.getByText(name)).toHaveCount(0)
})

test('a page that was left for another site is asked for again on the way back', async ({ page, world, browser }) => {
  const { name } = await openPeople(page, world)
  await page.goto(String(process.env.SANDBOX_URL))
  await endElsewhere(browser, world.account('owner'))
  const asked = listDocuments(page)
  await page.goBack()
  await expect(page).toHaveURL(/\/signin\?next=%2Fpeople/)
  expect(asked).toContain('/people')
  await expect(page.getByText(name)).toHaveCount(0)
})

test('a document that a browser keeps as a whole is hidden when it is left, and loaded anew when it comes back', async ({
  page,
  world,
  browser,
}) => {
  const { person } = await openPeople(page, world)
  await endElsewhere(browser, world.account('owner'))
  // Chromium keeps no page that is sent with no-store, so what another browser may do is played to the page.
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })))
  await expect(person).toBeHidden()
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })))
  await expect(page).toHaveURL(/\/signin\?next=%2Fpeople/)
})

test('signing out leaves nothing behind for Back either', async ({ page, world }) => {
  const { name } = await openPeople(page, world)
  await accountButton(page).click()
  await page.getByRole('menuitem', { name: 'Sign out', exact: true }).click()
  await expect(page).toHaveURL(/\/signin$/)
  expect((await page.context().cookies()).some((cookie) => cookie.name === 'rolecall.session')).toBe(false)
  await page.goBack()
  await expect(page).toHaveURL(/\/signin\?next=%2Fpeople/)
  await expect(page.getByText(name)).toHaveCount(0)
})

test('members see where they are signed in and end one session; an owner ends those of a member', async ({
  page,
  world,
  browser,
}) => {
  const reader = world.account('reader')
  const [laptop, phone] = [await browser.newPage(), await browser.newPage()]
  await signIn(page, world.account('owner'))
  await signIn(phone, reader)
  await signIn(laptop, reader, '/settings/sessions')
  const table = laptop.getByRole('table', { name: 'Your sessions' })
  await expect(table.getByRole('row')).toHaveCount(3)
  await expect(table.getByRole('row').nth(1)).toContainText(/Chrome on Linux.*this session/)
  await table.getByRole('button', { name: 'End the session of Chrome on Linux' }).click()
  await expect(table.getByRole('row')).toHaveCount(2)
  await phone.reload()
  await expect(phone).toHaveURL(/\/signin/)

  await page.goto('/settings/members')
  await page.getByRole('button', { name: `Sign out ${reader.name} everywhere` }).click()
  const signOut = page.getByRole('button', { name: `Sign out ${reader.name} everywhere` })
  // It is disabled from the click on, and says so when it is done.
  await expect(signOut).toHaveAttribute('title', 'Not signed in')
  await expect(signOut).toBeDisabled()
  await laptop.reload()
  await expect(laptop).toHaveURL(/\/signin/)
  await page.goto('/settings/audit')
  await expect(page.getByRole('row').filter({ hasText: 'ended the sessions of' })).toContainText(reader.name)
  await laptop.context().close()
  await phone.context().close()
})

test('a removed member is told so at the sign-in, until an owner lets them in again', async ({
  page,
  world,
  browser,
}) => {
  const reader = world.account('reader')
  const other = await browser.newPage()
  await signIn(page, world.account('owner'))
  await signIn(other, reader)
  await page.goto('/settings/members')
  await page.getByRole('button', { name: `Remove ${reader.name}` }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
  const removed = page.getByRole('table', { name: 'Removed members' })
  await expect(removed).toContainText(reader.name)

  await other.reload()
  await other.getByRole('button', { name: 'Sign in with Microsoft' }).click()
  await pickAccount(other, reader)
  await expect(other.getByRole('alert').filter({ hasText: 'An owner has removed your access' })).toContainText(
    'Ask one of its owners',
  )
  await other.goto('/integrations')
  await expect(other).toHaveURL(/\/signin/)

  await removed.getByRole('button', { name: `Let in again: ${reader.name}` }).click()
  await expect(removed).toHaveCount(0)
  await signIn(other, reader)
  await expect(accountButton(other)).toContainText('Viewer')
  await other.context().close()
})

/** Signs in as somebody who gave Microsoft their credentials an hour ago, and has only picked their account since. */
async function signInWithOldCredentials(page: Page, account: Account, next: string) {
  await signInAgain(page, account, '/integrations')
  const cookie = (await page.context().cookies(String(process.env.SANDBOX_URL))).find(
    ({ name }) => name === 'sandbox_accounts',
  )
  if (!cookie) throw new Error('Microsoft remembers nobody.')
  const value = cookie.value.replace(/\d+$/, String(Date.now() - 3_600_000))
  await page.context().addCookies([{ ...cookie, value }])
  await signInAgain(page, account, next)
}

async function signInAgain(page: Page, account: Account, next: string) {
  await page.goto(`/signin?error=SessionExpired&next=${encodeURIComponent(next)}`)
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click()
  await pickAccount(page, account)
  await page.waitForURL(`**${next}`)
}

/** Follows the link to the confirmation in a new tab, and signs in there. */
async function confirm(page: Page, account: Account) {
  const opened = page.context().waitForEvent('page')
  await page.getByRole('link', { name: 'Confirm with Microsoft in a new tab' }).click()
  const tab = await opened
  const choice = tab.getByRole('button', { name: account.username }).filter({ hasNotText: 'Go on' })
  // A click before the script of the tab runs does nothing, as for a person.
  await expect(async () => {
    if (await choice.isVisible()) return
    await tab.getByRole('button', { name: 'Confirm with Microsoft' }).click({ timeout: 1_000 })
    await expect(choice).toBeVisible({ timeout: 5_000 })
  }).toPass()
  await choice.click()
  return tab
}

test('a role is changed only after a fresh sign-in, and the chosen role is not lost on the way', async ({
  page,
  world,
  browser,
}) => {
  const [owner, reader] = [world.account('owner'), world.account('reader')]
  const other = await browser.newPage()
  await signInWithOldCredentials(page, owner, '/settings/members')
  await signIn(other, reader)
  await page.reload()
  const row = page.getByRole('row').filter({ hasText: reader.username })
  await row.getByRole('combobox').selectOption('admin')
  await row.getByRole('button', { name: /^Save/ }).click()
  await expect(row.getByRole('alert')).toContainText('Confirm that it is you')
  await expect(row.getByRole('combobox')).toHaveValue('admin')
  await other.goto('/integrations/azure/connect')
  await expect(other.getByRole('heading', { name: 'Before you begin' })).toHaveCount(0)

  const tab = await confirm(page, owner)
  await expect(tab.getByRole('heading', { name: 'It is you' })).toBeVisible()
  await tab.close()
  await expect(row.getByRole('combobox')).toHaveValue('admin')
  await row.getByRole('button', { name: /^Save/ }).click()
  await expect(row.getByText('Saved')).toBeVisible()
  await other.goto('/integrations/azure/connect')
  await expect(other.getByRole('heading', { name: 'Before you begin' })).toBeVisible()
  await other.context().close()
})

test('a connection is deleted only after a fresh sign-in, and what was typed is not lost on the way', async ({
  page,
  world,
}) => {
  const owner = world.account('owner')
  await signIn(page, owner)
  await connect(page, world)
  await signInWithOldCredentials(page, owner, '/integrations')
  await page.getByRole('button', { name: /^Actions for/ }).click()
  await page.getByRole('menuitem', { name: 'Disconnect' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('radio', { name: /Delete/ }).check()
  await dialog.getByRole('textbox').fill(world.subscription.name)
  await dialog.getByRole('button', { name: 'Disconnect and delete' }).click()
  await expect(dialog.getByRole('alert')).toContainText('Confirm that it is you')

  await (await confirm(page, owner)).getByRole('heading', { name: 'It is you' }).waitFor()
  await expect(dialog.getByRole('textbox')).toHaveValue(world.subscription.name)
  await dialog.getByRole('button', { name: 'Disconnect and delete' }).click()
  await expect(page.getByRole('heading', { name: world.subscription.name, exact: true })).toHaveCount(0)
})

test('a feed is made only after a fresh sign-in, and its name is not lost on the way', async ({ page, world }) => {
  const owner = world.account('owner')
  await signInWithOldCredentials(page, owner, '/settings/feeds')
  const name = page.getByLabel('Name', { exact: true })
  await name.fill('Access')
  await page.getByRole('button', { name: 'Make the feed' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'Confirm that it is you' })).toBeVisible()
  await expect(name).toHaveValue('Access')

  await (await confirm(page, owner)).getByRole('heading', { name: 'It is you' }).waitFor()
  await expect(name).toHaveValue('Access')
  await page.getByRole('button', { name: 'Make the feed' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Copy its token now' })).toContainText('Access')
})

test('whoever confirms as somebody else is signed in as that one, and a sign-in that is not new confirms nothing', async ({
  page,
  world,
}) => {
  const [owner, reader] = [world.account('owner'), world.account('reader')]
  await signInWithOldCredentials(page, owner, '/settings/members')
  // Microsoft is asked without what demands new credentials, as somebody could do who changes the address on the way.
  await page.route('**/oauth2/v2.0/authorize?**', (route) => {
    const url = new URL(route.request().url())
    if (route.request().method() !== 'GET' || !url.searchParams.has('max_age')) return route.continue()
    url.searchParams.delete('max_age')
    url.searchParams.set('prompt', 'select_account')
    return route.fulfill({ status: 302, headers: { location: url.href } })
  })
  await page.goto('/confirm?next=%2Fsettings%2Fmembers')
  await page.getByRole('button', { name: 'Confirm with Microsoft' }).click()
  await pickAccount(page, owner)
  await expect(page.getByRole('alert').filter({ hasText: 'Microsoft did not confirm' })).toBeVisible()
  await page.unrouteAll()

  // The page has just come back from Microsoft: a click before its script runs does nothing, as for a person.
  const other = page.getByRole('button', { name: reader.username })
  await expect(async () => {
    await page.getByRole('button', { name: 'Confirm with Microsoft' }).click({ timeout: 1_000 })
    await expect(other).toBeVisible({ timeout: 5_000 })
  }).toPass()
  await other.click()
  await expect(page).toHaveURL(/\/settings\/members$/)
  await expect(accountButton(page)).toContainText(reader.name)
})

test('an address that nothing answers keeps a member in the frame, and says no more to anybody else', async ({
  page,
  world,
  browser,
}) => {
  await signIn(page, world.account('owner'))
  expect((await page.goto('/no/such/page'))?.status()).toBe(404)
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible()
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible()
  await page.getByRole('link', { name: 'Look through all people' }).click()
  await expect(page).toHaveURL(/\/people$/)

  const nobody = await browser.newPage()
  expect((await nobody.goto('/no/such/page'))?.status()).toBe(404)
  await expect(nobody.getByRole('heading', { name: 'There is nothing here' })).toBeVisible()
  await expect(nobody.getByRole('navigation', { name: 'Main' })).toHaveCount(0)
  await nobody.close()
})
