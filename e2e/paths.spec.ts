import { randomUUID } from 'node:crypto'
import { inspect } from './support/inspect'
import { change } from './support/sandbox'
import { connect, expect, openResults, pickAccount, signIn, test } from './support/test'

test.use({ spec: { people: 4, assignments: 0, resourceGroups: 2, managementGroupDepth: 1, licence: 'p2' } })

type Member = { user: string } | { principalId: string }

/** A group of the tenant with these members; gives its id. */
async function addGroup(tenantId: string, displayName: string, members: Member[]): Promise<string> {
  const id = randomUUID()
  await change({ type: 'add_group', tenantId, displayName, id })
  for (const member of members) await change({ type: 'add_member', tenantId, groupId: id, ...member })
  return id
}

test('from a person to every way to a role, to what would take it away', async ({ page, world }) => {
  const { tenantId, subscription } = world
  const ada = world.account('outsider').objectId
  const scope = `/providers/Microsoft.Management/managementGroups/${tenantId}`
  await change({ type: 'rename', user: ada, displayName: 'Ada Novak' })
  const leads = await addGroup(tenantId, 'Payments leads', [{ user: ada }])
  const admins = await addGroup(tenantId, 'Platform admins', [{ principalId: leads }])
  await change({ type: 'add_member', tenantId, groupId: leads, principalId: admins })
  await change({ type: 'assign', tenantId, principalId: admins, role: 'Owner', scope })
  await change({ type: 'assign', user: ada, role: 'Reader', subscriptionId: subscription.id })
  await change({ type: 'make_eligible', principalId: leads, role: 'Contributor', subscriptionId: subscription.id })
  await change({ type: 'add_deny', subscriptionId: subscription.id, name: 'No deleting' })

  await signIn(page, world.account('owner'))
  await connect(page, world)
  const results = new URL(await openResults(page)).pathname
  await page.goto(`${results}/people/${ada}`)
  await expect(page).toHaveTitle(/^Ada Novak in /)

  const owner = page.getByRole('region', { name: /^Owner/ })
  await expect(owner.getByText(/^Inherited from management group/)).toContainText(`down to ${subscription.name}`)
  await owner.getByText('as a list').click()
  const steps = owner.getByRole('list', { name: 'One way' }).getByRole('listitem')
  await expect(steps.getByRole('link')).toHaveText(['Ada Novak', 'Payments leads', 'Platform admins'])
  await expect(page.getByRole('img', { name: /^All ways to 3 roles/ })).toBeVisible()
  await expect(page.getByText('“No deleting” denies part of what Owner and Contributor allow')).toHaveCount(1)
  await expect(owner.getByText('Remove Ada Novak from Payments leads.')).toBeVisible()
  await expect(owner.getByText('Nothing else that was read grants it.')).toBeVisible()
  await expect(
    page.getByText(/^Holds Owner at management group .+ through Platform admins, and 1 more role\./),
  ).toBeVisible()
  await expect(owner.getByRole('link', { name: 'Open the group in Azure' })).toHaveAttribute(
    'href',
    `https://portal.azure.com/#view/Microsoft_AAD_IAM/GroupDetailsMenuBlade/~/Members/groupId/${leads}`,
  )
  await owner.getByText('As a command of the Azure CLI').click()
  await expect(owner.getByText(`az ad group member remove --group ${leads} --member-id ${ada}`)).toBeVisible()
  await expect(page.getByRole('link', { name: `People of ${subscription.name}` })).toBeVisible()

  const contributor = page.getByRole('region', { name: /^Contributor ?, eligible/ })
  await expect(contributor.getByText('Can be activated at any time, without an end.')).toBeVisible()
  await expect(contributor.getByText('It is only eligible: not held until it is activated.')).toBeVisible()

  const reader = page.getByRole('region', { name: /^Reader/ })
  await expect(reader.getByText(/No deleting/)).toHaveCount(0)
  await expect(
    reader.getByText(`Remove the assignment of Reader to Ada Novak at subscription ${subscription.name}.`),
  ).toBeVisible()
  await inspect(page, 'the access of a person')

  await owner.getByRole('link', { name: 'Payments leads' }).click()
  await page.waitForURL(`**${results}/groups?group=${leads}`)
})

test('long names, names from right to left and very many ways fit, and what is left out is said', async ({
  page,
  world,
}) => {
  const { tenantId, subscription } = world
  const person = world.account('outsider').objectId
  await change({ type: 'rename', user: person, displayName: 'عبد الرحمن بن خالد المسؤول عن منصة المدفوعات' })
  const names = [
    'Subscription operators of the payments platform, northern and southern regions, on call team B',
    'מנהלי הפלטפורמה של התשלומים',
    'OperatorsWithoutAnySpaceInTheirNameThatABrowserCouldBreakAtWhenItRunsOutOfRoomForAllOfIt',
    ...['D', 'E', 'F'].map((letter) => `Ring ${letter}`),
  ]
  const groups: string[] = []
  for (const name of names) groups.push(await addGroup(tenantId, name, [{ user: person }]))
  for (const groupId of groups)
    for (const principalId of groups)
      if (groupId !== principalId) await change({ type: 'add_member', tenantId, groupId, principalId })
  await change({ type: 'assign', principalId: groups[0], role: 'Owner', subscriptionId: subscription.id })

  await signIn(page, world.account('owner'))
  await connect(page, world)
  const results = new URL(await openResults(page)).pathname
  await page.goto(`${results}/people/${person}`)
  await expect(page.getByRole('heading', { name: 'The first 100 ways; there are more' })).toBeVisible()
  await expect(page.getByText('76 more ways are in the lists only.')).toBeVisible()
  await page.getByText('as a list').first().click()
  await page.getByText('92 more', { exact: true }).click()
  await expect(page.getByRole('list', { name: 'More ways' }).locator('> li')).toHaveCount(92)
  await page.getByText('92 more', { exact: true }).click()
  await inspect(page, 'a hundred ways')
})

test('without the permission to list groups, somebody is known to be in one but not how', async ({ page, world }) => {
  const { tenantId, subscription } = world
  const person = world.account('outsider').objectId
  await change({ type: 'rename', user: person, displayName: 'Ada Novak' })
  const leads = await addGroup(tenantId, 'Payments leads', [{ user: person }])
  const admins = await addGroup(tenantId, 'Platform admins', [{ principalId: leads }])
  await change({ type: 'assign', principalId: admins, role: 'Owner', subscriptionId: subscription.id })
  await change({ type: 'make_eligible', user: person, role: 'Owner', subscriptionId: subscription.id })

  await signIn(page, world.account('owner'))
  await page.goto('/integrations/azure/connect/subscription')
  await page.getByLabel('Azure subscription ID').fill(subscription.id)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('checkbox', { name: 'GroupMember.Read.All' }).uncheck()
  await page.getByRole('button', { name: 'Continue to Microsoft' }).click()
  await pickAccount(page, world.account('owner'))
  await page.getByRole('button', { name: 'Accept' }).click()
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Synced' })).toBeVisible()
  const results = new URL(await openResults(page)).pathname
  await page.goto(`${results}/people/${person}`)

  const owner = page.getByRole('region', { name: /^Owner/ })
  await owner.getByText('as a list').first().click()
  await expect(owner.getByText('in it, or in a group inside it that is not known')).toBeVisible()
  await expect(page.getByText(/Dashed: in the group/)).toBeVisible()
  await expect(owner.getByText(/, or from the groups inside it that they are in\.$/)).toBeVisible()
  await expect(owner.getByText(/^Remove the eligibility for Owner from Ada Novak at/)).toBeVisible()
  await expect(owner.getByText('This takes away both what is held and what is only eligible.')).toBeVisible()
  await inspect(page, 'access by a group that is not opened')
})

test('conditions are said in words or shown in full, and times as times', async ({ page, world }) => {
  const user = world.account('outsider').objectId
  const at = { user, subscriptionId: world.subscription.id }
  const until = new Date(Date.now() + 80 * 3_600_000).toISOString()
  const known =
    "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {acdd72a7-3385-48ef-bd42-f606fba81ae7}))"
  await change({ type: 'assign', ...at, role: 'User Access Administrator', condition: known })
  await change({ type: 'assign', ...at, role: 'Storage Blob Data Reader', condition: "@Resource[made:up] Like 'x'" })
  await change({ type: 'assign', ...at, role: 'Reader', endDateTime: until })
  await change({ type: 'make_eligible', ...at, role: 'Contributor', endDateTime: until })
  await change({ type: 'activate', ...at, role: 'Contributor' })

  await signIn(page, world.account('owner'))
  await connect(page, world)
  await page.goto(`${new URL(await openResults(page)).pathname}/people/${user}`)
  const role = (name: RegExp) => page.getByRole('region', { name })
  await expect(role(/^User Access/).getByText('Can assign roles only where the role is Reader.')).toBeVisible()
  await role(/^Storage/)
    .getByText('In full')
    .click()
  await expect(role(/^Storage/).getByText("@Resource[made:up] Like 'x'")).toBeVisible()
  await expect(role(/^Reader/).getByText(/Held until .*, in 3 days\./)).toBeVisible()
  await expect(role(/^Contributor/).getByText(/Activated .* ago; ends .*, in \d+ h\./)).toBeVisible()
  await expect(role(/^Contributor/).getByText(/Can be activated until .*, in 3 days\./)).toBeVisible()
  await inspect(page, 'access with conditions and ends')
})

test('somebody without access is told so, and nobody knows a person who is not there', async ({ page, world }) => {
  const { subscription } = world
  const user = world.account('outsider').objectId
  await change({ type: 'assign', user, role: 'Reader', subscriptionId: subscription.id })
  await signIn(page, world.account('owner'))
  await connect(page, world)
  const results = new URL(await openResults(page)).pathname
  await page.goto(`${results}/people/${user}`)
  await expect(page.getByRole('region', { name: /^Reader/ })).toBeVisible()
  await change({ type: 'unassign', user, role: 'Reader', subscriptionId: subscription.id })
  await page.getByRole('button', { name: 'Sync now' }).click()
  await expect(page.getByText(`No access to ${subscription.name} now`)).toBeVisible()
  await inspect(page, 'somebody without access')

  for (const id of ['00000000-1111-4222-8333-444444444444', 'nobody']) {
    await page.goto(`${results}/people/${id}`)
    await expect(page.getByRole('heading', { name: 'No such person here' })).toBeVisible()
  }
  const elsewhere = '/integrations/azure/00000000-1111-4222-8333-444444444444'
  const answer = await page.goto(`${elsewhere}/people/${world.account('owner').objectId}`)
  expect(answer?.status()).toBe(404)
})
