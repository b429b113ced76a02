import { execFileSync } from 'node:child_process'
import type { Page } from '@playwright/test'
import { parse } from 'csv-parse/sync'
import { change, control, shortTokens } from './support/sandbox'
import { connect, expect, openResults, pickAccount, signIn, test } from './support/test'

/** A row of the sandbox's truth, as far as these tests look at it. */
type TrueAccess = {
  principalType: string
  principalId: string
  roleName: string
  scope: string
  kind: 'active' | 'activated' | 'eligible'
  /** From the group that holds the role down to the one the person is in. */
  via: { name: string }[]
}

/** The rows of the file that the page exports, taken out of its archive by a program that is not ours. */
async function exported(page: Page): Promise<Record<string, string>[]> {
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('menuitem', { name: 'CSV, zipped' }).click()
  const program = 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read("people.csv"))'
  const csv = execFileSync('python3', ['-c', program, await (await download).path()])
  return parse(csv, { columns: true, bom: true })
}

/** Ways to a role of every kind: through groups inside groups, eligible, activated, and of people who are gone. */
test.use({
  spec: {
    people: 14,
    assignments: 34,
    subscriptions: 2,
    // Who can become a member of a group is asked for with a permission of its own, which this sign-in does not ask for.
    groups: { count: 4, size: 5, depth: 2, eligible: 0 },
    servicePrincipals: 2,
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

test('the people shown are those who have access in the world, directly or through groups', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await openResults(page)

  const truth = await control<TrueAccess[]>('GET', `truth/${world.subscription.id}`)
  const people = truth.filter(({ principalType }) => principalType === 'User' || principalType === 'AgentUser')
  expect(people.some(({ via }) => via.length > 0)).toBe(true)
  expect(people.some(({ kind }) => kind === 'eligible')).toBe(true)
  const rows = await exported(page)
  const shown = rows.map(({ object_id: id, role, scope, kind, group, path }) => [id, role, scope, kind, group, path])
  const held = people.map(({ principalId, roleName, scope, kind, via }) => [
    principalId,
    roleName,
    scope,
    kind,
    via[0]?.name ?? '',
    via
      .map(({ name }) => name)
      .reverse()
      .join(' > ') || 'direct',
  ])
  const distinct = (all: (string | undefined)[][]) =>
    [...new Set(all.map((row) => row.join(' | ').toLowerCase()))].sort()
  expect(distinct(shown)).toEqual(distinct(held))

  const count = new Set(people.map(({ principalId }) => principalId)).size
  await expect(page.getByRole('navigation', { name: 'Pages' })).toContainText(`of ${count} people`)
})

test('what is worth a second look is counted, and leads to exactly those', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await openResults(page)
  const chip = page
    .getByRole('navigation', { name: 'Worth a second look' })
    .getByRole('link', { name: /Can grant access/ })
  const counted = Number((await chip.textContent())?.match(/\d+$/)?.[0])
  expect(counted).toBeGreaterThan(0)
  await chip.click()
  await page.waitForURL(/signal=can_grant/)
  await expect(chip).toHaveAttribute('aria-current', 'true')
  await expect(page.getByText(new RegExp(`^(1 to )?${counted} of ${counted} (person|people)$`))).toBeVisible()
  await chip.click()
  await page.waitForURL((url) => url.search === '')
})

test('a group that holds a role is opened: its roles, who is in it, and those it reaches', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await openResults(page)
  await page
    .getByRole('navigation', { name: 'Results' })
    .getByRole('link', { name: /^Groups/ })
    .click()
  const row = page
    .getByRole('table', { name: /^Groups/ })
    .getByRole('row')
    .filter({ hasText: 'Opened' })
    .first()
  const name = await row.getByRole('link').first().textContent()
  await row.getByRole('link').first().click()
  await page.waitForURL(/group=/)
  await expect(page.getByRole('heading', { level: 2, name: name ?? '' })).toBeVisible()
  await expect(page.getByRole('table', { name: /^Members/ })).toBeVisible()
})

test('coverage says what was read and what nobody asked for', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await openResults(page)
  await page.getByRole('button', { name: /^Coverage \d+ of \d+ kinds of data read whole$/ }).click()
  await expect(page.getByRole('group', { name: 'Coverage' })).toContainText('everything asked for was read whole')
  await expect(page.getByText('Last sign-ins:')).toBeVisible()
  await page.getByRole('link', { name: /AuditLog.Read.All in Settings/ }).click()
  await page.waitForURL(/\/settings$/)
})

test.describe('in a directory too large to ask person by person', () => {
  test.use({ spec: { people: 1100, assignments: 30, groups: 3 } })

  test('groups that nobody asked to open stay closed, with why and what to do', async ({ page, world }) => {
    await signIn(page, world.account('owner'))
    await page.goto('/integrations/azure/connect/subscription')
    await page.getByLabel('Azure subscription ID').fill(world.subscription.id)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('checkbox', { name: /GroupMember\.Read\.All/ }).uncheck()
    await page.getByRole('button', { name: 'Continue to Microsoft' }).click()
    await pickAccount(page, world.account('owner'))
    await page.getByRole('button', { name: 'Accept' }).click()
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await openResults(page)
    await expect(page.getByText(/There may be more: \d+ groups? not opened/)).toBeVisible()
    await page.getByRole('button', { name: /^Coverage/ }).click()
    await expect(page.getByRole('group', { name: 'Coverage' })).toContainText(
      /Not asked for: who is in \d+ groups? that holds? roles?/,
    )
    await page.keyboard.press('Escape')

    await page
      .getByRole('navigation', { name: 'Results' })
      .getByRole('link', { name: /^Groups/ })
      .click()
    const row = page
      .getByRole('table', { name: /^Groups/ })
      .getByRole('row')
      .nth(1)
    await expect(row).toContainText('Not opened')
    await expect(row).toContainText('Ask for GroupMember.Read.All')
    await row.getByRole('link').first().click()
    await page.getByRole('link', { name: 'Ask for GroupMember.Read.All in Settings' }).last().click()
    await page.waitForURL(/\/settings$/)
  })
})

test('searching, filtering and sorting live in the address, and survive a reload', async ({ page, world }) => {
  const owner = world.account('owner')
  await signIn(page, owner)
  await connect(page, world)
  await openResults(page)
  await page.getByRole('searchbox').fill(owner.name)
  await page.getByRole('searchbox').press('Enter')
  await page.waitForURL(/q=/)
  const rows = page.getByRole('table').getByRole('row')
  await expect(rows.filter({ hasText: owner.username }).first()).toBeVisible()
  const found = await rows.count()
  await page.reload()
  await expect(rows).toHaveCount(found)

  await page.getByRole('columnheader', { name: 'Role' }).getByRole('link').click()
  await page.waitForURL(/sort=/)
  await expect(page.getByRole('columnheader', { name: 'Role' })).toHaveAttribute('aria-sort', 'ascending')
})

test('a filter that matches no one says so, and how to clear it', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await openResults(page)
  await page.getByRole('searchbox').fill('no such person %_')
  await page.getByRole('searchbox').press('Enter')
  await expect(page.getByText(/No one matches/)).toBeVisible()
  await page.getByRole('link', { name: /Clear/ }).first().click()
  await expect(page.getByRole('table')).toBeVisible()
})

test('roles, groups, other principals and runs of a subscription each have their view', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await openResults(page)
  const views = page.getByRole('navigation', { name: /subscription|views|sections|results/i })
  await views.getByRole('link', { name: /^Roles/ }).click()
  await expect(page.getByText('Owner', { exact: true }).first()).toBeVisible()
  await views.getByRole('link', { name: /^Other principals/ }).click()
  await expect(page.getByRole('cell', { name: 'Service principal', exact: true }).first()).toBeVisible()
  await views.getByRole('link', { name: /^Runs/ }).click()
  await expect(
    page
      .getByRole('table')
      .getByText(/Synced|Succeeded/)
      .first(),
  ).toBeVisible()
})

test('a person’s page lists their roles over all connected subscriptions', async ({ page, world }) => {
  const owner = world.account('owner')
  await signIn(page, owner)
  for (const subscription of world.subscriptions) await connect(page, world, subscription)
  await page.getByRole('link', { name: 'People', exact: true }).first().click()
  await page.getByRole('searchbox').fill(owner.username)
  await page.getByRole('searchbox').press('Enter')
  await page.getByRole('link', { name: owner.name }).first().click()
  await expect(page.getByRole('heading', { level: 1, name: owner.name })).toBeVisible()
  for (const { name } of world.subscriptions) await expect(page.getByRole('main').getByText(name).first()).toBeVisible()
})

test('a role that is taken away at Microsoft is gone after the next sync', async ({ page, world }) => {
  const reader = world.account('reader')
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await openResults(page)
  await page.getByRole('searchbox').fill(reader.username)
  await page.getByRole('searchbox').press('Enter')
  await expect(page.getByRole('row').filter({ hasText: reader.username }).first()).toBeVisible()

  await change({ type: 'unassign', user: reader.username, subscriptionId: world.subscription.id })
  await page.getByRole('button', { name: 'Sync now' }).click()
  await expect(page.getByText(/No one matches/)).toBeVisible()
  await page.getByRole('link', { name: /^Runs/ }).click()
  await expect(page.getByRole('table').getByRole('row').nth(1)).toContainText('1')
})

test('when a sync fails, the last good data stays, with the reason and what to do', async ({ page, world }) => {
  const owner = world.account('owner')
  await shortTokens()
  await signIn(page, owner)
  await connect(page, world)
  await openResults(page)
  await change({ type: 'revoke_sessions', tenantId: world.tenantId })
  await page.getByRole('button', { name: 'Sync now' }).click()
  await expect(page.getByText('Reconnect needed').first()).toBeVisible()
  await expect(page.getByText('The Microsoft sign-in was revoked').first()).toBeVisible()
  await expect(page.getByRole('row').filter({ hasText: owner.username }).first()).toBeVisible()

  await page.goto('/integrations?tab=attention')
  await expect(page.getByText('Reconnect needed').first()).toBeVisible()
})

test('a role lists who hold it apart from who could only activate it, as the world has them', async ({
  page,
  world,
}) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  const results = await openResults(page)
  const truth = await control<TrueAccess[]>('GET', `truth/${world.subscription.id}`)
  const people = truth.filter(({ principalType }) => principalType === 'User' || principalType === 'AgentUser')
  const heldBy = (roleName: string) =>
    new Set(people.filter((one) => one.roleName === roleName && one.kind !== 'eligible').map((one) => one.principalId))
  const activatedBy = (roleName: string) => {
    const held = heldBy(roleName)
    const could = people.filter((one) => one.roleName === roleName && one.kind === 'eligible')
    return new Set(could.map((one) => one.principalId).filter((id) => !held.has(id)))
  }
  const role = [...new Set(people.map(({ roleName }) => roleName))].find((name) => activatedBy(name).size > 0)
  expect(role, 'the world has a role that somebody could only activate').toBeDefined()

  await page.goto(`${results}/roles`)
  const item = page
    .getByRole('listitem')
    .filter({ has: page.locator('[aria-expanded]').getByText(String(role), { exact: true }) })
  await item.locator('[aria-expanded]').click()
  await expect(item.locator('[aria-expanded=true]')).toBeVisible()
  const listed = async (title: string) => {
    const section = item.locator('section').filter({ has: page.getByRole('heading', { name: title }) })
    const links = await section.getByRole('list').getByRole('link').all()
    const hrefs = await Promise.all(links.map((link) => link.getAttribute('href')))
    return new Set(hrefs.map((href) => String(href).split('/').at(-1)))
  }
  expect(await listed('Could activate it')).toEqual(activatedBy(String(role)))
  expect(await listed('Hold it now')).toEqual(heldBy(String(role)))
  await expect(item.getByText('Enabled', { exact: true })).toHaveCount(0)
})

test('a name that would turn its letters around is shown as it is written', async ({ page, world }) => {
  const { objectId } = world.account('reader')
  await change({ type: 'rename', user: objectId, tenantId: world.tenantId, displayName: 'live \u202Egnp.exe' })
  await change({ type: 'assign', user: objectId, role: 'Reader', subscriptionId: world.subscription.id })
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await openResults(page)
  await page.getByRole('link', { name: 'live [U+202E]gnp.exe' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'live [U+202E]gnp.exe' })).toBeVisible()
  expect(await page.getByRole('main').textContent()).not.toContain('\u202E')
})

test('what the integration can do is told in neutral words on a page of its own', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  for (const path of ['/integrations', '/integrations?tab=attention', '/integrations?q=slack']) {
    await page.goto(path)
    await expect(page.getByRole('table')).toHaveCount(0)
  }
  await page.getByRole('link', { name: 'Capabilities' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Capabilities' })).toBeVisible()
  const table = page.getByRole('table', { name: /^Integration capabilities/ })
  await expect(table.getByRole('row').filter({ hasText: 'Role assignments' })).toContainText('Supported')
  await expect(table.getByRole('row').filter({ hasText: 'Last sign-in' })).toContainText('Optional')
  await expect(table.getByRole('row').filter({ hasText: 'Eligible roles' })).toContainText('Needs P2')
  await expect(table).not.toContainText('Synced')
})
