import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { change, control, shortTokens, type TrueAssignment } from './support/sandbox'
import { connect, expect, openResults, signIn, test } from './support/test'

test('the people and roles shown are the ones that the world has', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await openResults(page)

  const truth = await control<TrueAssignment[]>('GET', `truth/${world.subscription.id}?of=assignments`)
  const people = truth.filter(({ principalType }) => principalType === 'User')
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: /Export|CSV/ }).click()
  const rows: Record<string, string>[] = parse(readFileSync(await (await download).path()), {
    columns: true,
    bom: true,
  })

  const shown = rows.map(({ email, role, scope }) => `${email} ${role} ${scope?.toLowerCase()}`).sort()
  const held = people
    .map(
      ({ mail, userPrincipalName, roleName, scope }) =>
        `${mail ?? userPrincipalName ?? ''} ${roleName} ${scope.toLowerCase()}`,
    )
    .sort()
  expect(shown).toEqual(held)
  await expect(
    page.getByText(new RegExp(`\\b${new Set(people.map(({ principalId }) => principalId)).size} people`)).first(),
  ).toBeVisible()
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

test('roles, other principals and runs of a subscription each have their view', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  await openResults(page)
  const views = page.getByRole('navigation', { name: /subscription|views|sections|results/i })
  await views.getByRole('link', { name: /^Roles/ }).click()
  await expect(page.getByText('Owner', { exact: true }).first()).toBeVisible()
  await views.getByRole('link', { name: /^Other principals/ }).click()
  await expect(page.getByRole('cell', { name: 'Group', exact: true }).first()).toBeVisible()
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
