import type { Page } from '@playwright/test'
import { inspect } from './support/inspect'
import { change } from './support/sandbox'
import { nameField, openPanel, panel, saveView, shareNewView, view } from './support/saved-views'
import { connect, expect, openResults, signIn, syncNow, test, type World } from './support/test'

test.describe.configure({ mode: 'parallel' })

test('filters are saved under a name, opened from another page, shared with a viewer, and deleted by who made them', async ({
  page,
  world,
  browser,
}) => {
  const [owner, reader] = [world.account('owner'), world.account('reader')]
  await signIn(page, owner)
  await connect(page, world)

  await page.goto('/people')
  await openPanel(page)
  await expect(panel(page)).toContainText('There are no saved views of this list yet.')
  await expect(panel(page)).toContainText('Choose filters or another order first.')
  await expect(nameField(page)).toHaveCount(0)
  await page.keyboard.press('Escape')
  await page.getByRole('searchbox', { name: 'Name, email or ID' }).fill('status:disabled')
  await page.getByRole('searchbox', { name: 'Name, email or ID' }).press('Enter')
  await page.waitForURL('**/people?status=disabled')
  await openPanel(page)
  await saveView(page, 'Disabled accounts')
  await expect(view(page, 'Disabled accounts')).toHaveAttribute('aria-current', 'true')
  await expect(panel(page).getByRole('status').filter({ hasText: 'Saved' })).toBeVisible()
  await expect(panel(page)).toContainText('Only for you')
  await saveView(page, 'DISABLED accounts')
  await expect(nameField(page)).toHaveAccessibleDescription(/There is a view of this name for this list already\./)
  await expect(nameField(page)).toHaveValue('DISABLED accounts')

  // Another list has views of its own; the palette finds those of all.
  await page.goto('/changes?effect=lost')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(async () => {
    await page.keyboard.press('Control+k')
    await expect(page.getByRole('dialog', { name: 'Search everything' })).toBeVisible({ timeout: 500 })
  }).toPass()
  await page.keyboard.type('disabled acc')
  await expect(page.getByRole('option', { selected: true })).toContainText('Disabled accounts')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/people?status=disabled')

  await page.goto('/people')
  await openPanel(page)
  await expect(view(page, 'Disabled accounts')).not.toHaveAttribute('aria-current')
  await view(page, 'Disabled accounts').click()
  await page.waitForURL('**/people?status=disabled')
  await expect(panel(page)).toBeHidden()
  await expect(page.getByRole('button', { name: 'Saved views' })).toBeFocused()
  await openPanel(page)
  await panel(page).getByRole('button', { name: 'Share Disabled accounts' }).click()
  await expect(panel(page)).toContainText('Shared with everyone')

  const viewer = await browser.newPage()
  await signIn(viewer, reader, '/people')
  await openPanel(viewer)
  await expect(panel(viewer)).toContainText(`Shared by ${owner.name}`)
  await expect(panel(viewer).getByRole('button')).toHaveCount(0)
  await view(viewer, 'Disabled accounts').click()
  await viewer.waitForURL('**/people?status=disabled')
  await openPanel(viewer)
  await expect(view(viewer, 'Disabled accounts')).toHaveAttribute('aria-current', 'true')
  await expect(panel(viewer).getByRole('button', { name: /Delete|Stop sharing|Rename/ })).toHaveCount(0)
  await saveView(viewer, 'Mine')
  await expect(view(viewer, 'Mine')).toBeVisible()

  await panel(page).getByRole('button', { name: 'Delete Disabled accounts' }).click()
  await expect(panel(page)).toContainText('There are no saved views of this list yet.')
  await viewer.reload()
  await openPanel(viewer)
  await expect(panel(viewer).getByRole('link')).toHaveText(['Mine'])
  await viewer.context().close()

  await page.goto('/settings/audit')
  await expect(page.getByRole('row').filter({ hasText: 'stopped sharing the saved view' })).toContainText(
    'Disabled accounts',
  )
  await expect(page.getByRole('row').filter({ hasText: 'shared the saved view' })).toHaveCount(1)
})

test('an owner renames and takes back what a viewer shares; a view is shared as it is saved', async ({
  page,
  world,
  browser,
}) => {
  const reader = world.account('reader')
  await signIn(page, world.account('owner'))
  await connect(page, world)
  const viewer = await browser.newPage()
  await signIn(viewer, reader, '/people')
  await shareNewView(viewer, '/people/matrix?min=writes', 'Who can write')
  await expect(panel(viewer)).toContainText('Shared with everyone')

  await page.goto('/people/matrix')
  await openPanel(page)
  await panel(page).getByText('Rename').click()
  await panel(page).getByLabel('New name').fill('Who can change things')
  await panel(page).getByRole('button', { name: 'Save the name' }).click()
  await expect(view(page, 'Who can change things')).toBeVisible()
  await expect(panel(page)).toContainText(`Shared by ${reader.name}`)
  await panel(page).getByRole('button', { name: 'Stop sharing Who can change things' }).click()
  await expect(panel(page)).toContainText('There are no saved views of this list yet.')
  await viewer.reload()
  await openPanel(viewer)
  await expect(view(viewer, 'Who can change things')).toHaveAttribute('aria-current', 'true')
  await expect(panel(viewer)).toContainText('Only for you')
  await viewer.context().close()
})

/** Connects a subscription in which somebody gains a role with the second sync, so that there is a change. */
async function connectWithChange(page: Page, world: World) {
  const { tenantId, subscription } = world
  const { objectId: principalId } = world.account('outsider')
  await signIn(page, world.account('owner'))
  await connect(page, world)
  const results = new URL(await openResults(page)).pathname
  await change({ type: 'assign', tenantId, principalId, role: 'Owner', subscriptionId: subscription.id })
  await syncNow(page)
  await page.goto(`${results}/runs`)
  await expect(page.getByRole('link', { name: '1 change that gave access' })).toBeVisible()
}

test('views are saved, opened and deleted without a script, and what is wrong is said beside the button', async ({
  browser,
  page,
  world,
}) => {
  await connectWithChange(page, world)
  const plain = await browser.newPage({ javaScriptEnabled: false, storageState: await page.context().storageState() })
  /** Without a script every button leads to a new document, in which the panel is closed. */
  const reopenAfter = async (press: () => Promise<void>) => {
    await Promise.all([plain.waitForEvent('load'), press()])
    await openPanel(plain)
  }
  const press = (name: string) => panel(plain).getByRole('button', { name }).click()

  await plain.goto('/changes?effect=gained')
  await openPanel(plain)
  await reopenAfter(() => saveView(plain, 'Gained'))
  await expect(view(plain, 'Gained')).toHaveAttribute('aria-current', 'true')
  await reopenAfter(() => saveView(plain, 'Gained'))
  // Playwright looks for no text in what is there for browsers without a script, although they show it.
  const says = async () => (await plain.locator('main noscript').allTextContents()).join()
  expect(await says()).toContain('The view was not saved. There is a view of this name')
  await expect(nameField(plain)).toHaveAccessibleDescription(/There is a view of this name/)

  await plain.goto('/changes')
  await openPanel(plain)
  await view(plain, 'Gained').click()
  await plain.waitForURL('**/changes?effect=gained')
  await openPanel(plain)
  await reopenAfter(() => press('Share Gained'))
  expect(await says()).toContain('Shared with everyone')
  await reopenAfter(() => press('Delete Gained'))
  expect(await says()).toContain('There are no saved views of this list yet.')
  await plain.context().close()
})

test('the panel is for everybody and fits every window, with names of any length', async ({ page, world }) => {
  await connectWithChange(page, world)
  await page.goto('/changes?effect=gained&privileged=1')
  await openPanel(page)
  await saveView(page, 'Gained')
  await expect(view(page, 'Gained')).toBeVisible()
  await saveView(page, 'W'.repeat(90))
  await expect(view(page, 'W'.repeat(90))).toBeVisible()
  await saveView(page, 'صلاحيات <b>مميزة</b>')
  await expect(view(page, 'صلاحيات <b>مميزة</b>')).toBeVisible()
  await panel(page).getByText('Rename').first().click()
  await inspect(page, 'the saved views of the changes')
})
