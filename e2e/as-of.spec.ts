import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { inspect } from './support/inspect'
import { change } from './support/sandbox'
import { connect, expect, openResults, signIn, test, type World } from './support/test'

test.use({ spec: { people: 6, assignments: 8, groups: 0, delegations: 0 } })

const rowOf = (page: Page, name: string) => page.getByRole('table').getByRole('row').filter({ hasText: name })
const band = (page: Page) => page.getByRole('region', { name: 'This is the past' })

async function addPerson({ tenantId }: World, displayName: string): Promise<string> {
  const { result } = (await change({ type: 'add_person', tenantId, displayName })) as { result: { id: string } }
  return result.id
}

/** Connects a subscription where Ada is Owner, and syncs it again after Bo was made Owner in her place. Gives the address of its page. */
async function replaceAnOwner(page: Page, world: World): Promise<string> {
  const { tenantId, subscription } = world
  const [ada, bo] = [await addPerson(world, 'Ada Novak'), await addPerson(world, 'Bo Lind')]
  await change({ type: 'assign', tenantId, principalId: ada, role: 'Owner', subscriptionId: subscription.id })
  await signIn(page, world.account('owner'))
  await connect(page, world)
  const results = new URL(await openResults(page)).pathname
  await expect(rowOf(page, 'Ada Novak')).toContainText('Owner')

  await change({ type: 'unassign', tenantId, principalId: ada })
  await change({ type: 'assign', tenantId, principalId: bo, role: 'Owner', subscriptionId: subscription.id })
  await page.getByRole('button', { name: 'Sync now' }).click()
  await expect(rowOf(page, 'Bo Lind')).toContainText('Owner')
  await expect(rowOf(page, 'Ada Novak')).toHaveCount(0)
  return results
}

test('the lists as of before a change still show who had access then, and say that this is the past', async ({
  page,
  world,
}, info) => {
  const results = await replaceAnOwner(page, world)
  await page.goto(`${results}/runs`)
  await page
    .getByRole('link', { name: /^See it as it was/ })
    .last()
    .click()
  await expect(band(page)).toContainText('The past, as Rolecall saw it on')
  await expect(band(page)).toContainText('by its first sync')
  await expect(rowOf(page, 'Ada Novak')).toContainText('Owner')
  await expect(rowOf(page, 'Bo Lind')).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Sync now' })).toHaveCount(0)
  await inspect(page, 'people of the past')

  const at = new URL(page.url()).searchParams.get('at')
  await page.getByRole('searchbox', { name: 'Name, email or ID' }).fill('Ada')
  await page.waitForURL((url) => url.searchParams.get('q') === 'Ada' && url.searchParams.get('at') === at)
  await expect(rowOf(page, 'Ada Novak')).toContainText('Owner')
  await page.getByRole('button', { name: 'Export' }).click()
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'CSV, zipped', exact: true }).click(),
  ])
  const folder = info.outputPath('unpacked')
  execFileSync('python3', ['-m', 'zipfile', '-e', await file.path(), folder])
  expect(readFileSync(`${folder}/people.csv`, 'utf8')).toContain('Ada Novak')

  await rowOf(page, 'Ada Novak').getByRole('link', { name: 'Ada Novak' }).click()
  await expect(band(page)).toBeVisible()
  await expect(page.getByRole('region', { name: /^Owner/ })).toBeVisible()
  await inspect(page, 'a person of the past')
  await page.getByRole('navigation', { name: 'Results' }).getByRole('link', { name: 'Roles' }).click()
  await page.waitForURL('**/roles?at=*')
  await expect(band(page)).toBeVisible()
  await page.getByRole('main').getByText('Owner', { exact: true }).first().click()
  await expect(page.getByRole('link', { name: 'Ada Novak' })).toBeVisible()
  await page.getByRole('navigation', { name: 'Results' }).getByRole('link', { name: 'Ask' }).click()
  await page.waitForURL('**/ask?at=*')
  await page.getByRole('link', { name: 'Grant access', exact: true }).click()
  await expect(rowOf(page, 'Ada Novak')).toContainText('Owner')
  await expect(band(page)).toBeVisible()

  await page.getByRole('link', { name: 'Later result' }).click()
  await expect(rowOf(page, 'Bo Lind')).toContainText('Owner')
  await expect(band(page)).toContainText('No result has come since')
  await page.getByRole('link', { name: 'Back to now' }).click()
  await expect(band(page)).toHaveCount(0)
  expect(new URL(page.url()).searchParams.get('at')).toBeNull()
})

test.describe('over all subscriptions', () => {
  test.use({ spec: { people: 6, assignments: 8, groups: 0, delegations: 0, subscriptions: 2 } })

  test('people, the matrix and a person are shown as of before a change, and say what of then is not known', async ({
    page,
    world,
  }, info) => {
    const [first, second] = world.subscriptions
    if (!first || !second) throw new Error('The world has one subscription only.')
    await replaceAnOwner(page, world)
    const { tenantId } = world
    const carl = await addPerson(world, 'Carl Ek')
    await change({ type: 'assign', tenantId, principalId: carl, role: 'Reader', subscriptionId: second.id })
    await connect(page, world, second)

    await page.goto('/people')
    await expect(rowOf(page, 'Bo Lind')).toBeVisible()
    await expect(rowOf(page, 'Carl Ek')).toBeVisible()
    await expect(rowOf(page, 'Ada Novak')).toHaveCount(0)
    await page.getByText('Look at the past').click()
    await inspect(page, 'all people, with the way into the past')
    // The last result before the newest one, and the one before that: the second subscription was connected after both.
    await page.getByLabel('Day and time, in UTC').fill(new Date().toISOString().slice(0, 16))
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await expect(band(page)).toContainText('No result of any of them has come since')
    await page.getByRole('link', { name: 'Earlier result' }).click()
    await expect(band(page)).toContainText(`${second.name}: not shown, because its first sync ended on`)
    await page.getByRole('link', { name: 'Earlier result' }).click()
    await expect(rowOf(page, 'Ada Novak')).toContainText('Can grant access')
    await expect(band(page)).toContainText('over all subscriptions')
    for (const name of ['Bo Lind', 'Carl Ek']) await expect(rowOf(page, name)).toHaveCount(0)
    await inspect(page, 'all people of the past')

    const at = new URL(page.url()).searchParams.get('at')
    const isAsOfThen = (url: URL) => url.searchParams.get('at') === at
    await page.getByRole('searchbox', { name: 'Name, email or ID' }).fill('Ada')
    await page.waitForURL((url) => url.searchParams.get('q') === 'Ada' && isAsOfThen(url))
    await expect(rowOf(page, 'Ada Novak')).toBeVisible()
    await page.getByRole('button', { name: 'Export' }).click()
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'CSV, zipped', exact: true }).click(),
    ])
    const folder = info.outputPath('unpacked')
    execFileSync('python3', ['-m', 'zipfile', '-e', await file.path(), folder])
    expect(readFileSync(`${folder}/all-people.csv`, 'utf8')).toContain('Ada Novak')
    expect(JSON.parse(readFileSync(`${folder}/proof.json`, 'utf8')).notShown).toEqual([
      { label: second.name, why: expect.stringContaining('its first sync ended on') },
    ])

    await page.getByRole('navigation', { name: 'People' }).getByRole('link', { name: 'By subscription' }).click()
    await page.waitForURL((url) => url.pathname === '/people/matrix' && isAsOfThen(url))
    const cellOf = (subscription: { name: string }) =>
      page
        .getByRole('row')
        .filter({ has: page.getByRole('rowheader', { name: 'Ada Novak' }) })
        .getByRole('cell')
        .nth([first.name, second.name].sort().indexOf(subscription.name))
    await expect(cellOf(first)).toContainText('Owner')
    await expect(cellOf(second)).toHaveText('not known then')
    await expect(band(page)).toBeVisible()
    await inspect(page, 'people by subscription of the past')

    await page.getByRole('link', { name: 'Ada Novak' }).click()
    await page.waitForURL(isAsOfThen)
    await expect(page.getByRole('region', { name: `Roles in ${first.name}` })).toContainText('Owner')
    await expect(page.getByRole('listitem').filter({ hasText: second.name }).last()).toContainText('not known then')
    await inspect(page, 'a person of the past, over all subscriptions')
    await page.getByRole('link', { name: 'Every path, and what would take a role away' }).click()
    await page.waitForURL((url) => url.pathname.startsWith('/integrations/azure/') && isAsOfThen(url))
    await expect(page.getByRole('region', { name: /^Owner/ })).toBeVisible()
    await page.getByRole('link', { name: 'In all subscriptions then' }).click()
    await page.waitForURL((url) => url.pathname.startsWith('/people/') && isAsOfThen(url))
    await page.getByRole('link', { name: 'Back to now' }).click()
    await expect(band(page)).toHaveCount(0)
    await expect(page.getByText('Holds no role now')).toBeVisible()
  })

  test('a moment at which nothing was known is explained, and nobody is listed under it', async ({ page, world }) => {
    await replaceAnOwner(page, world)
    for (const path of ['/people', '/people/matrix'])
      for (const [at, says] of [
        ['yesterday', 'This is not a date that Rolecall understands'],
        ['2031-01-01', 'This moment has not come yet'],
        ['2020-02-03', 'Rolecall knew no subscription then'],
      ]) {
        await page.goto(`${path}?at=${at}`)
        await expect(band(page)).toContainText(String(says))
        await expect(page.getByRole('table')).toHaveCount(0)
      }
    await inspect(page, 'a moment before the first sync of all')
    const refused = await page.request.get('/people/export?at=2020-02-03')
    expect([refused.status(), await refused.text()]).toEqual([
      404,
      expect.stringContaining('Rolecall knew no subscription then'),
    ])
    await page.getByRole('link', { name: 'Show the first result' }).click()
    await expect(rowOf(page, 'Ada Novak')).toContainText('Owner')
  })
})

test('a moment that cannot be shown is explained', async ({ page, world }) => {
  const results = await replaceAnOwner(page, world)
  for (const [at, says] of [
    ['yesterday', 'This is not a date that Rolecall understands'],
    ['2031-01-01', 'This moment has not come yet'],
    ['2020-02-03', 'Rolecall did not know this subscription then'],
  ]) {
    await page.goto(`${results}?at=${at}`)
    await expect(band(page)).toContainText(String(says))
    await expect(page.getByRole('table')).toHaveCount(0)
  }
  await inspect(page, 'a moment before the first sync')
  await page.getByRole('link', { name: 'Show the first result' }).click()
  await expect(rowOf(page, 'Ada Novak')).toContainText('Owner')
})

test('a moment is chosen with a plain form, which keeps the filters of the page', async ({ page, world }) => {
  const results = await replaceAnOwner(page, world)
  await page.goto(`${results}?how=direct`)
  await page.getByText('Look at the past').click()
  await page.getByLabel('Day and time, in UTC').fill(new Date().toISOString().slice(0, 16))
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await expect(band(page)).toContainText('The past, as Rolecall saw it on')
  expect(new URL(page.url()).searchParams.get('how')).toBe('direct')
})

test('two moments are compared as what was gained and lost between them', async ({ page, world }) => {
  const results = await replaceAnOwner(page, world)
  await page.goto(`${results}/runs`)
  await page
    .getByRole('link', { name: /^Compare with before/ })
    .first()
    .click()
  await expect(page.getByRole('heading', { name: 'Compare two moments' })).toBeVisible()
  await expect(rowOf(page, 'Ada Novak').filter({ hasText: 'Owner' })).toContainText('Lost')
  await expect(rowOf(page, 'Bo Lind').filter({ hasText: 'Owner' })).toContainText('Gained')
  await inspect(page, 'two moments')

  await page.getByLabel('Which differences').selectOption('Lost')
  await page.getByRole('checkbox', { name: 'Privileged roles only' }).check()
  await page.getByRole('button', { name: 'Compare', exact: true }).click()
  await page.waitForURL((url) => url.searchParams.get('change') === 'lost')
  await expect(rowOf(page, 'Ada Novak')).toHaveCount(1)
  await expect(rowOf(page, 'Bo Lind')).toHaveCount(0)
  await rowOf(page, 'Ada Novak').getByRole('link', { name: 'Ada Novak' }).click()
  await expect(band(page)).toBeVisible()

  await page.goto(`${results}/compare?from=soon`)
  await expect(page.getByText('This is not a date that Rolecall understands')).toBeVisible()
  await page.goto(`${results}/compare?to=2031-01-01`)
  await expect(page.getByText('This moment has not come yet')).toBeVisible()
})
