import { randomUUID } from 'node:crypto'
import { inspect } from './support/inspect'
import { change } from './support/sandbox'
import { expect, openResults, pickAccount, signIn, test } from './support/test'

test.use({ spec: { people: 6, assignments: 8, groups: 0, licence: 'p2', delegations: 0 } })

test('a group says who can add members and who can become one, and the ways through it say the same', async ({
  page,
  world,
}) => {
  const { tenantId, subscription } = world
  const [{ objectId: ada }, { objectId: bo }] = [world.account('outsider'), world.account('plain')]
  await change({ type: 'rename', user: ada, displayName: 'Ada Novak' })
  await change({ type: 'rename', user: bo, displayName: 'Bo Lind' })
  const groupId = randomUUID()
  await change({ type: 'add_group', tenantId, displayName: 'Break glass', id: groupId })
  await change({ type: 'assign', tenantId, principalId: groupId, role: 'Owner', subscriptionId: subscription.id })
  await change({ type: 'add_owner', tenantId, groupId, user: bo })
  await change({ type: 'make_eligible_member', tenantId, groupId, user: ada })
  await change({
    type: 'delegate',
    subscriptionId: subscription.id,
    managedByTenantName: 'Fabrikam',
    authorizations: [{ principalId: randomUUID(), principalIdDisplayName: 'Fabrikam operators', role: 'Reader' }],
  })

  await signIn(page, world.account('owner'))
  await page.goto('/integrations/azure/connect/subscription')
  await page.getByLabel('Azure subscription ID').fill(subscription.id)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('5 more permissions').click()
  await page.getByRole('checkbox', { name: 'PrivilegedEligibilitySchedule.Read.AzureADGroup' }).check()
  await page.getByRole('button', { name: 'Continue to Microsoft' }).click()
  await pickAccount(page, world.account('owner'))
  await page.getByRole('button', { name: 'Accept' }).click()
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Synced' })).toBeVisible()
  const results = new URL(await openResults(page)).pathname

  await page.goto(`${results}/groups`)
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'Break glass' }) })
  await expect(row).toContainText('1 eligible')
  await row.getByRole('link', { name: 'Break glass' }).click()
  await expect(page.getByText('Nobody is in it now. 1 can become a member by activating that.')).toBeVisible()
  const owners = page.getByRole('table', { name: 'Owners of the group' })
  await expect(owners.getByRole('row').filter({ hasText: 'Bo Lind' })).toContainText('owner now')
  const members = page.getByRole('table', { name: 'Members of the group' })
  await expect(members.getByRole('row').filter({ hasText: 'Ada Novak' })).toContainText('Eligible')
  await inspect(page, 'a group with an owner and an eligible member')

  await members.getByRole('link', { name: 'Ada Novak' }).click()
  const owner = page.getByRole('region', { name: /^Owner ?, eligible/ })
  await owner.getByText('as a list').first().click()
  await expect(owner.getByText('can become a member of')).toBeVisible()
  await expect(
    owner.getByText(
      'Remove the eligibility of Ada Novak for a membership of Break glass, in Privileged Identity Management.',
    ),
  ).toBeVisible()
  await inspect(page, 'a way through an eligible membership')

  await page.goto(`${results}/principals?status=other_tenant`)
  const delegate = page.getByRole('row').filter({ hasText: 'Fabrikam operators' })
  await expect(delegate).toContainText('of Fabrikam')
  await page.getByRole('button', { name: 'Export' }).click()
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'CSV, zipped' }).click(),
  ])
  expect(new URL(file.url()).search).toBe('?list=others&status=other_tenant&format=csv')
  await inspect(page, 'other principals with a delegate')
  await delegate.getByRole('link', { name: 'Fabrikam operators' }).click()
  await expect(page.getByText(/^Remove the delegation of subscription .* to Fabrikam/)).toBeVisible()

  await page.goto(`${results}/runs`)
  await page.getByText(/^What was read:/).click()
  await expect(page.getByRole('table').getByText(/Not asked for: .*Activated memberships of groups/)).toBeVisible()
})
