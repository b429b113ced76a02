import { randomUUID } from 'node:crypto'
import { change, control, shortTokens } from './support/sandbox'
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

test('a sync that failed is counted in the rail, comes first where need is asked for, and is tried again from its row', async ({
  page,
  world,
}) => {
  const names = world.subscriptions.map(({ name }) => name).sort()
  const failing = names.at(-1) ?? ''
  const id = world.subscriptions.find(({ name }) => name === failing)?.id
  await signIn(page, world.account('owner'))
  for (const subscription of world.subscriptions) await connect(page, world, subscription)
  const set = `faults?set=${randomUUID()}`
  const answer = { status: 500, headers: { 'retry-after': '120' }, body: { error: { code: 'X', message: 'x' } } }
  await control('PUT', set, [{ match: { host: 'management.azure.com', path: id }, times: 99, ...answer }])

  await page.goto('/integrations')
  const rail = page.getByRole('navigation', { name: 'Main' })
  await expect(page.getByRole('link', { name: `All ${names.length}`, exact: true })).toBeVisible()
  const tiles = page.getByRole('listitem').filter({ has: page.getByRole('button', { name: /^Actions for/ }) })
  const tile = tiles.filter({ has: page.getByRole('heading', { name: failing, exact: true }) })
  await expect(rail.getByRole('link', { name: 'Integrations', exact: true })).toBeVisible()
  await tile.getByRole('button', { name: /^Actions for/ }).click()
  await page.getByRole('menuitem', { name: 'Sync now' }).click()
  await expect(tile.getByText('Failed', { exact: true })).toBeVisible()
  await expect(tile).toContainText('Microsoft could not be reached')
  await expect(tile).toContainText(/Data read (just now|\d+ min ago)/)
  await expect(page.getByRole('button', { name: /^(Retry|Reconnect)/ })).toHaveCount(1)
  await expect(rail.getByRole('link', { name: 'Integrations 1 needs attention' })).toBeVisible()

  await expect(tiles.getByRole('heading')).toHaveText(names)
  await page.getByRole('navigation', { name: 'Sort by' }).getByRole('link', { name: 'Needs attention first' }).click()
  await expect(tiles.getByRole('heading')).toHaveText([failing, ...names.filter((name) => name !== failing)])
  await page.getByRole('navigation', { name: 'Show as' }).getByRole('link', { name: 'List' }).click()
  await expect(page).toHaveURL(/\/integrations\?sort=need&view=list$/)
  const row = page.getByRole('table', { name: 'Subscriptions' }).getByRole('row').filter({ hasText: failing })
  await expect(row).toContainText('Failed')

  await control('DELETE', set)
  await row.getByRole('button', { name: `Retry ${failing}` }).click()
  await expect(row.getByText('Synced', { exact: true })).toBeVisible()
  await expect(row.getByRole('link', { name: failing })).toBeFocused()
  await expect(rail.getByRole('link', { name: 'Integrations', exact: true })).toBeVisible()
})

test('whatever follows on Sync now, the focus stays on its button, or goes to what comes after it', async ({
  page,
  world,
}) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await openResults(page)
  const button = page.getByRole('button', { name: 'Sync now' })
  await button.focus()
  await page.keyboard.press('Enter')
  await expect(button).toBeDisabled()
  await expect(button).toBeFocused()
  await expect(button).toBeEnabled()
  await expect(button).toBeFocused()
  await page.getByRole('button', { name: /^Actions for/ }).click()
  await expect(page.getByRole('menuitem', { name: 'Rename' })).toBeVisible()
  await expect(page.getByRole('menuitem', { name: 'Sync now' })).toHaveCount(0)

  await page.goto('/integrations')
  const menu = page.getByRole('button', { name: /^Actions for/ })
  const syncFromMenu = async () => {
    await menu.click()
    const answered = page.waitForResponse((answer) => answer.request().method() === 'POST')
    await page.getByRole('menuitem', { name: 'Sync now' }).click()
    await answered
  }
  await syncFromMenu()
  await expect(menu).toBeFocused()
  await page.goto('/integrations')
  await expect(page.getByText('Synced', { exact: true })).toBeVisible()

  const set = `faults?set=${randomUUID()}`
  const answer = { status: 500, headers: { 'retry-after': '120' }, body: { error: { code: 'X', message: 'x' } } }
  await control('PUT', set, [
    { match: { host: 'management.azure.com', path: world.subscription.id }, times: 99, ...answer },
  ])
  const retry = page.getByRole('button', { name: /^Retry/ })
  await syncFromMenu()
  await expect(retry).toBeVisible()
  await expect(menu).toBeFocused()
  await control('DELETE', set)
  await page.goto('/integrations?tab=attention')
  await menu.click()
  await expect(page.getByRole('menuitem', { name: 'Rename' })).toBeVisible()
  await expect(page.getByRole('menuitem', { name: 'Sync now' })).toHaveCount(0)
  await page.keyboard.press('Escape')
  // The tile leaves the tab that is shown, so that the tab is what comes after it.
  await retry.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByText('Nothing needs attention')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Needs attention 0' })).toBeFocused()
})

test('the list of subscriptions has a row each, which are cards on a phone, and a viewer sees it without buttons', async ({
  page,
  world,
  browser,
}) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await page.goto('/integrations?view=list')
  const headings = ['Name', 'State', 'Data read', 'People', 'Can grant access', 'Changed since your visit', 'Actions']
  await expect(page.getByRole('columnheader')).toHaveText(headings)
  const row = page.getByRole('row').filter({ hasText: world.subscription.name })
  await expect(row).toContainText('Synced')
  await page.setViewportSize({ width: 390, height: 844 })
  const [name, state] = [row.getByRole('rowheader'), row.getByText('Synced', { exact: true })]
  const below = async () => ((await state.boundingBox())?.y ?? 0) > ((await name.boundingBox())?.y ?? 0) + 20
  expect(await below()).toBe(true)

  const viewer = await browser.newPage()
  await signIn(viewer, world.account('reader'))
  await viewer.goto('/integrations?view=list')
  await expect(viewer.getByRole('row').filter({ hasText: world.subscription.name })).toContainText('Synced')
  await expect(viewer.getByRole('button', { name: /^(Actions for|Retry|Reconnect)/ })).toHaveCount(0)
  await viewer.context().close()
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
