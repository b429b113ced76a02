import { randomUUID } from 'node:crypto'
import { inspect } from './support/inspect'
import { change } from './support/sandbox'
import { connect, expect, openResults, signIn, syncNow, test } from './support/test'

test.use({ spec: { people: 6, assignments: 8, groups: 0 } })

test('somebody who is added to a group is told of by name, with the groups, from the list of runs to their role', async ({
  page,
  world,
}) => {
  const { tenantId, subscription } = world
  const { objectId: ada } = world.account('outsider')
  await change({ type: 'rename', user: ada, displayName: 'Ada Novak' })
  const [platform, operators] = [randomUUID(), randomUUID()]
  await change({ type: 'add_group', tenantId, displayName: 'Platform', id: platform })
  await change({ type: 'add_group', tenantId, displayName: 'Operators', id: operators })
  await change({ type: 'add_member', tenantId, groupId: platform, principalId: operators })
  await change({ type: 'assign', tenantId, principalId: platform, role: 'Owner', subscriptionId: subscription.id })

  await signIn(page, world.account('owner'))
  await page.getByRole('link', { name: 'Changes', exact: true }).first().click()
  await expect(page.getByText('No changes yet')).toBeVisible()
  await inspect(page, 'no changes yet')
  await connect(page, world)

  await change({ type: 'add_member', tenantId, groupId: operators, principalId: ada })
  const results = new URL(await openResults(page)).pathname
  await syncNow(page)
  await page.goto(`${results}/runs`)
  await page.getByRole('link', { name: '1 change that gave access' }).click()

  await expect(page.getByText(`Ada Novak gained Owner of ${subscription.name}`)).toBeVisible()
  await expect(page.getByText('Ada Novak was added to Operators, which lies in Platform.')).toBeVisible()
  await inspect(page, 'what a sync has changed')
  await page.getByRole('link', { name: 'Clear filters' }).click()
  await page.getByRole('combobox', { name: 'Gained or lost' }).selectOption('Lost')
  await expect(page.getByText('No change matches')).toBeVisible()
  await inspect(page, 'no change that matches')
  await page.getByRole('combobox', { name: 'Gained or lost' }).selectOption('Gained')

  await page.getByRole('link', { name: /Ada Novak gained Owner/ }).click()
  const reached = page.getByRole('table', { name: 'Whom the change reached' })
  await expect(reached.getByRole('row').filter({ hasText: 'Ada Novak' })).toContainText('Owner')
  await expect(page.getByText('It happened between these two moments.')).toBeVisible()
  await inspect(page, 'a change of access')
})

test('what is chosen in a filter before any script has loaded is applied as soon as one has', async ({
  page,
  world,
}) => {
  const { tenantId, subscription } = world
  const { objectId: ada } = world.account('outsider')
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await change({ type: 'assign', tenantId, principalId: ada, role: 'Owner', subscriptionId: subscription.id })
  const results = new URL(await openResults(page)).pathname
  await syncNow(page)
  await page.goto(`${results}/runs`)
  await expect(page.getByRole('link', { name: '1 change that gave access' })).toBeVisible()

  const scripts = Promise.withResolvers<void>()
  await page.route('**/_next/static/**/*.js', async (route) => {
    await scripts.promise
    await route.continue()
  })
  await page.goto('/changes', { waitUntil: 'commit' })
  await page.getByRole('combobox', { name: 'Gained or lost' }).selectOption('Gained')
  await page.getByRole('combobox', { name: 'Privileged' }).selectOption('Privileged only')
  scripts.resolve()
  await expect(page).toHaveURL(/effect=gained.*privileged=1/)
  await expect(page.getByRole('combobox', { name: 'Gained or lost' })).toHaveValue('gained')
})
