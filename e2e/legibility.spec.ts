import { addApplicationAccount, beginApplicationAccount, registerApplication } from './support/applications'
import { makeFeed } from './support/feeds'
import { isLegible, isLegibleEverywhere } from './support/legibility'
import { fill, portalRoutes } from './support/portal-routes'
import { change } from './support/sandbox'
import { accountButton, connect, expect, openResults, signIn, test } from './support/test'

test.describe.configure({ mode: 'parallel', timeout: 300_000 })

// Ways of every kind, so that every sort of cell is there: groups in groups, eligible and activated roles, people who are gone.
test.use({
  spec: {
    people: 14,
    assignments: 40,
    subscriptions: 3,
    groups: { count: 4, size: 5, depth: 2 },
    servicePrincipals: 3,
    customRoles: 1,
    ownerRoles: 1,
    deleted: 2,
    guests: 2,
    disabled: 1,
    eligibility: 3,
    activated: 1,
    managementGroups: 2,
    managementGroupDepth: 1,
  },
})

/** Names that ask for room: long, without a gap, from right to left, and with a control that turns letters around. */
const NAMES = [
  'Maximiliana Wilhelmina Theodora Konstantinopoulou-Featherstonehaugh von Hohenzollern-Sigmaringen',
  'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft',
  'מרים בת־יהודה אבולעפיה',
  'Invoice \u202Egnp.exe',
]

test('every page can be read at every width and on paper', async ({ page, world }) => {
  const owner = world.account('owner')
  const { tenantId } = world
  // The name stands on every page, in the rail, and whole in the menu behind it.
  await change({ type: 'rename', user: owner.objectId, tenantId, displayName: NAMES[0] })
  for (const [index, kind] of ['reader', 'plain', 'guest', 'mfa'].entries()) {
    const { objectId } = world.account(kind)
    await change({ type: 'rename', user: objectId, tenantId, displayName: NAMES[index] })
    const role = index === 0 ? 'Azure Kubernetes Service RBAC Cluster Admin' : 'Reader'
    await change({ type: 'assign', user: objectId, role, subscriptionId: world.subscription.id })
  }
  await signIn(page, owner)
  await accountButton(page).click()
  await isLegible(page, 'the menu of the account')
  await page.keyboard.press('Escape')
  await connect(page, world, world.subscriptions[1])
  await connect(page, world)
  const attemptId = /connect\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? ''
  const results = new URL(await openResults(page)).pathname
  const connectionId = results.split('/').at(-1) ?? ''

  await page.goto(`${results}/groups`)
  const group = await page.getByRole('table').getByRole('link').first().getAttribute('href')
  const application = await registerApplication(world)
  const accountId = await addApplicationAccount(page, world, application)
  const draftId = await beginApplicationAccount(page, world, application)
  await makeFeed(page, 'Access')
  const pages = portalRoutes().filter(({ kind }) => kind === 'page')
  const addresses = pages.map((route) =>
    fill(route, { connectionId, attemptId, accountId, draftId, changeId: accountId, personId: owner.objectId }),
  )
  const views = [`${results}/ask?who=people`, '/integrations?tab=attention', '/integrations?view=list&by=account']
  for (const address of [...addresses, String(group), '/integrations?view=list', ...views]) {
    await page.goto(address)
    await expect(page.locator('h1').first()).toBeVisible()
    await expect(page.getByRole('status', { name: /^Loading/ })).toBeHidden()
    // Unfolded as a reader would, because what is folded has no place on the page.
    await page.evaluate(() => {
      for (const one of document.querySelectorAll('main details')) one.setAttribute('open', '')
    })
    await isLegibleEverywhere(page, address)
  }
})

test('a card of a phone has the name, the strongest role with its scope, how it is held and the state', async ({
  page,
  world,
}) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await openResults(page)
  await page.setViewportSize({ width: 390, height: 844 })
  const row = page.getByRole('row').filter({ hasText: world.account('owner').username })
  const parts = ['Enabled', 'Owner (can grant access)', 'Subscription', 'Direct']
  for (const part of [world.account('owner').name, ...parts]) {
    const cell = row.getByRole('cell', { name: part, exact: true })
    await expect(cell).toBeVisible()
    const box = await cell.boundingBox()
    expect((box?.x ?? 0) + (box?.width ?? 0), part).toBeLessThanOrEqual(390)
  }
})

test('on a phone the list of all people begins in the upper half, with the filters behind one button', async ({
  page,
  world,
}) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 844 })
    await page.goto('/people')
    const box = await page.getByRole('table').boundingBox()
    expect(box?.y, `at ${width}`).toBeLessThan(450)
    const signal = page.getByLabel('Worth a second look', { exact: true })
    await expect(signal).toBeHidden()
    await page.getByText('Filters', { exact: true }).click()
    await signal.selectOption('Can grant access')
    await expect(page.getByText('Filters: 1', { exact: true })).toBeVisible()
  }
  await page.setViewportSize({ width: 1280, height: 800 })
  await expect(page.getByText('Filters: 1', { exact: true })).toBeHidden()
  await expect(page.getByLabel('Worth a second look', { exact: true })).toBeVisible()
})

test('on paper there is the subscription, the moment and the whole table, and nothing to press', async ({
  page,
  world,
}) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await openResults(page)
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(page.getByText(/^Rolecall, as shown on \d+ \w+ \d{4}, \d\d:\d\d UTC$/)).toBeVisible()
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeHidden()
  await expect(page.getByRole('search')).toBeHidden()
  await expect(page.getByRole('button', { name: 'Sync now' })).toBeHidden()
  await expect(page.getByRole('table')).toBeVisible()
  const ink = await page
    .getByRole('cell')
    .first()
    .evaluate((cell) => getComputedStyle(cell).color)
  const light = await page.evaluate(() => {
    document.documentElement.style.colorScheme = 'light'
    return getComputedStyle(document.body).color
  })
  expect(ink).toBe(light)
})
