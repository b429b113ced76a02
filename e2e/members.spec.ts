import { randomUUID } from 'node:crypto'
import type { Browser, Page } from '@playwright/test'
import { inspect } from './support/inspect'
import { type Account, change } from './support/sandbox'
import { connect, expect, openResults, pickAccount, signIn, test, type World } from './support/test'

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

test('an admin who has become a viewer changes nothing from an open page, which then shows what a viewer may do', async ({
  page,
  world,
  browser,
}) => {
  const reader = world.account('reader')
  await signIn(page, world.account('owner'))
  await connect(page, world)
  const results = await openResults(page)
  const other = await browser.newPage()
  await signIn(other, reader)
  const changeRole = async (role: string) => {
    await page.goto('/settings/members')
    const row = page.getByRole('row').filter({ hasText: reader.username })
    await row.getByRole('combobox').selectOption(role)
    await row.getByRole('button', { name: /^Save/ }).click()
    await expect(row.getByText('Saved')).toBeVisible()
  }

  await changeRole('admin')
  await other.goto(results)
  await expect(other.getByRole('button', { name: 'Sync now' })).toBeVisible()
  await changeRole('viewer')
  await other.getByRole('button', { name: 'Sync now' }).click()
  await expect(other.getByRole('button', { name: 'Sync now' })).toHaveCount(0)
  await expect(other.getByRole('table')).toBeVisible()
  await page.goto(`${results}/runs`)
  await expect(page.getByRole('table').getByRole('row')).toHaveCount(2) // the heading and the first run
  await other.close()
})

test('what is tried on an open page of a subscription that was deleted meanwhile ends at the not-found page', async ({
  page,
  world,
}) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await openResults(page)
  const other = await page.context().newPage()
  await other.goto('/integrations')
  await other.getByRole('button', { name: /^Actions for/ }).click()
  await other.getByRole('menuitem', { name: 'Disconnect' }).click()
  const dialog = other.getByRole('dialog')
  await dialog.getByRole('radio', { name: /Delete/ }).check()
  await dialog.getByRole('textbox').fill(world.subscription.name)
  await dialog.getByRole('button', { name: /Disconnect/ }).click()
  await expect(other.getByRole('heading', { name: world.subscription.name, exact: true })).toHaveCount(0)

  await page.getByRole('button', { name: 'Sync now' }).click()
  await expect(page.getByRole('heading', { name: 'No such subscription here' })).toBeVisible()
})

test('where an owner lets people in, whoever signs in waits and says so, and comes in once they are let in', async ({
  page,
  world,
  browser,
}) => {
  const reader = world.account('reader')
  await signIn(page, world.account('owner'))
  await page.goto('/settings/members')
  await page.getByLabel('Who may join', { exact: true }).selectOption({ label: 'People an owner lets in' })
  await page.getByRole('button', { name: 'Save who may join' }).click()
  await expect(page.getByText('Saved')).toBeVisible()

  const other = await browser.newPage()
  await other.goto('/signin')
  await other.getByRole('button', { name: 'Sign in with Microsoft' }).click()
  await pickAccount(other, reader)
  await expect(other.getByRole('alert').filter({ hasText: 'An owner has to let you in' })).toBeVisible()
  await other.goto('/integrations')
  await expect(other).toHaveURL(/\/signin/)

  await page.reload()
  await inspect(page, 'members, with somebody who waits')
  await page.getByRole('button', { name: `Let in: ${reader.name}`, exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Waiting to be let in' })).toHaveCount(0)
  await expect(page.getByRole('table', { name: 'Members', exact: true }).getByText(reader.username)).toBeVisible()
  await signIn(other, reader)
  await expect(other.getByRole('heading', { level: 1 })).toBeVisible()
  await other.close()
})

/** Makes a group with these people in it, which is assigned to Rolecall in Microsoft Entra, and gives its ID. */
async function assignedGroup({ tenantId }: World, displayName: string, ...people: Account[]): Promise<string> {
  const groupId = randomUUID()
  await change({ type: 'add_group', tenantId, displayName, id: groupId })
  for (const { username } of people) await change({ type: 'add_member', tenantId, groupId, user: username })
  await change({ type: 'assign_to_application', tenantId, principalId: groupId })
  return groupId
}

/** Signs somebody in who is kept out, in a browser of their own, and expects this sentence on the sign-in page. */
async function expectKeptOut(browser: Browser, account: Account, sentence: string) {
  const page = await browser.newPage()
  await page.goto('/signin')
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click()
  await pickAccount(page, account)
  await expect(page.getByRole('main').getByRole('alert')).toContainText(sentence)
  await page.close()
}

async function nameGroups(page: Page, names: string) {
  await page.goto('/settings/members')
  await page.getByLabel('Who may join', { exact: true }).selectOption({ label: 'People of named groups' })
  await page.getByLabel('Groups and app roles').fill(names)
  await page.getByRole('button', { name: 'Save who may join' }).click()
}

test('where an owner names a group, its people come in until they leave it, and others read why they do not', async ({
  page,
  world,
  browser,
}) => {
  const { tenantId } = world
  const [reader, outsider, plain] = [world.account('reader'), world.account('outsider'), world.account('plain')]
  await change({ type: 'set_licence', tenantId, licence: 'p1' })
  const readers = await assignedGroup(world, 'Readers of access', reader)
  await assignedGroup(world, 'Somebody else', reader, outsider)
  await signIn(page, world.account('owner'))
  await nameGroups(page, 'Readers of access')
  await expect(page.getByText('“Readers of access” is neither the object ID of a group')).toBeVisible()
  await inspect(page, 'members, with a group that is not understood')
  await nameGroups(page, `${readers}\nRolecall.Viewer`)
  await expect(page.getByText('Saved')).toBeVisible()

  const inside = await browser.newPage()
  await signIn(inside, reader)
  await expectKeptOut(browser, outsider, 'You are in none of the groups that may use Rolecall')
  await expectKeptOut(browser, plain, 'Microsoft did not say which groups you are in')
  await change({ type: 'remove_member', tenantId, groupId: readers, user: reader.username })
  await expectKeptOut(browser, reader, 'You are in none of the groups that may use Rolecall')
  await inside.goto('/settings/members')
  await expect(inside.getByRole('table', { name: 'Members', exact: true })).toBeVisible()
  await inside.close()

  await page.reload()
  await expect(page.getByLabel('Groups and app roles')).toHaveValue(`${readers}\nRolecall.Viewer`)
  const waiting = page.getByRole('table', { name: 'People who wait' }).getByRole('row')
  await expect(waiting.filter({ hasText: plain.username })).toContainText('Microsoft did not say which groups')
  await expect(waiting.filter({ hasText: outsider.username })).toHaveCount(0)
  const member = page.getByRole('row').filter({ hasText: reader.username })
  await expect(member).toContainText('In none of the named groups and app roles')
  await inspect(page, 'members, with people whom the rule keeps out')
  await member.getByRole('button', { name: `Let in: ${reader.name}`, exact: true }).click()
  await expect(member.getByText('In none of the named groups')).toHaveCount(0)
  await change({ type: 'assign_to_application', tenantId, user: plain.username, appRole: 'Rolecall.Viewer' })
  for (const admitted of [reader, plain]) {
    const again = await browser.newPage()
    await signIn(again, admitted)
    await again.close()
  }
})

test('where an owner invites people, they come in by object ID or user name, and others read that they were not invited', async ({
  page,
  world,
  browser,
}) => {
  const [reader, outsider, plain] = [world.account('reader'), world.account('outsider'), world.account('plain')]
  await signIn(page, world.account('owner'))
  await page.goto('/settings/members')
  await page.getByLabel('Who may join', { exact: true }).selectOption({ label: 'People an owner has invited' })
  await page.getByRole('button', { name: 'Save who may join' }).click()
  await expect(page.getByText('Saved')).toBeVisible()
  const invite = async (who: string) => {
    await page.getByLabel('Whom to invite').fill(who)
    await page.getByRole('button', { name: 'Invite', exact: true }).click()
  }
  await invite('Ada Novak')
  await expect(page.getByText('Type a user name, such as')).toBeVisible()
  const open = page.getByRole('table', { name: 'People who are invited' })
  for (const who of [reader.username, plain.objectId, outsider.username]) {
    await invite(who)
    await expect(open.getByText(who)).toBeVisible()
  }
  await inspect(page, 'members, with invitations')
  await open.getByRole('button', { name: `Take back the invitation of ${outsider.username}` }).click()
  await expect(open.getByText(outsider.username)).toHaveCount(0)

  for (const invited of [reader, plain]) {
    const inside = await browser.newPage()
    await signIn(inside, invited)
    await inside.close()
  }
  await expectKeptOut(browser, outsider, 'You have not been invited')
  await page.reload()
  await expect(open).toHaveCount(0)
  await expect(page.getByRole('table', { name: 'Members', exact: true })).toContainText(plain.username)
})
