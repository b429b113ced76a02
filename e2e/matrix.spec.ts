import { randomUUID } from 'node:crypto'
import { inspect } from './support/inspect'
import { change } from './support/sandbox'
import { connect, expect, signIn, test } from './support/test'

test.use({ spec: { people: 5, assignments: 6, subscriptions: 2, licence: 'p2' } })

test('people stand beside subscriptions, with the strongest role where they meet, and each leads to how it is held', async ({
  page,
  world,
}) => {
  const { tenantId } = world
  const [first, second] = world.subscriptions
  if (!first || !second) throw new Error('The world has one subscription only.')
  const ada = world.account('outsider').objectId
  await change({ type: 'rename', user: ada, displayName: 'Ada Novak' })
  const admins = randomUUID()
  await change({ type: 'add_group', tenantId, displayName: 'Platform admins', id: admins })
  await change({ type: 'add_member', tenantId, groupId: admins, user: ada })
  await change({ type: 'assign', tenantId, principalId: admins, role: 'Owner', subscriptionId: first.id })
  await change({ type: 'assign', tenantId, principalId: ada, role: 'Reader', subscriptionId: first.id })
  await change({ type: 'make_eligible', principalId: ada, role: 'Contributor', subscriptionId: second.id })

  await signIn(page, world.account('owner'))
  await connect(page, world, first)
  await connect(page, world, second)

  await page.goto('/people')
  await page.getByRole('link', { name: 'By subscription' }).click()
  await page.waitForURL('**/people/matrix')
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'Ada Novak' }) })
  await expect(page.getByRole('columnheader').filter({ hasText: 'Tailspin' })).toHaveText(
    [first.name, second.name].sort(),
  )
  const cellOf = (name: string) => row.getByRole('cell').nth([first.name, second.name].sort().indexOf(name))
  await expect(cellOf(first.name)).toContainText('Owner')
  await expect(cellOf(first.name)).toContainText('1 more')
  await expect(cellOf(second.name)).toContainText('Contributor, eligible')
  await inspect(page, 'people by subscription')

  await page.getByRole('button', { name: 'At least', exact: true }).click()
  await page
    .getByRole('group', { name: 'At least', exact: true })
    .getByRole('link', { name: 'Can grant access' })
    .click()
  await page.waitForURL(/min=grants_access/)
  await expect(row).toBeVisible()
  await page.getByLabel('Name, email or ID').fill('nobody of this name')
  await expect(page.getByText('No one matches')).toBeVisible()
  await page.getByRole('main').getByRole('link', { name: 'Clear filters' }).last().click()

  await cellOf(first.name).getByRole('link').click()
  await page.waitForURL(new RegExp(`/people/${ada}$`))
  await expect(page.getByRole('region', { name: /^Owner/ })).toBeVisible()

  await page.goto(`/people/${ada}`)
  const held = page.getByRole('region', { name: `Roles in ${first.name}` })
  await expect(held.getByRole('row').filter({ hasText: 'Owner' })).toContainText('Platform admins')
  await expect(page.getByRole('region', { name: `Roles in ${second.name}` })).toContainText('Contributor, eligible')
  await inspect(page, 'a person over all subscriptions')
})
