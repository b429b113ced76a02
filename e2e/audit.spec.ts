import { randomUUID } from 'node:crypto'
import { fromOwnPage } from './support/ask'
import { cookieOf } from './support/scene'
import { callAction, serverActions } from './support/server-actions'
import { connect, expect, openResults, signIn, test } from './support/test'

test('an owner sees who signed in, was refused and exported; a viewer sees only what was changed', async ({
  page,
  world,
  browser,
}) => {
  const [owner, reader] = [world.account('owner'), world.account('reader')]
  await signIn(page, owner)
  await connect(page, world)
  const results = await openResults(page)
  expect((await page.request.get(`${results}/export.csv`)).status()).toBe(200)

  const viewer = await browser.newPage()
  await signIn(viewer, reader)
  const sync = serverActions().find(({ name }) => name === 'syncNow')
  if (!sync) throw new Error('There is no action syncNow.')
  const shape = { args: [results.split('/').pop()] }
  const caller = { path: sync.page, cookie: await cookieOf(viewer.context()), headers: fromOwnPage() }
  expect((await callAction(sync.id, shape, caller)).status).toBe(403)
  const foreign = `/integrations/azure/${randomUUID()}`
  await viewer.goto(foreign)
  await expect(viewer.getByRole('heading', { name: 'There is nothing here' })).toBeVisible()
  await viewer.goto('/settings/audit?kind=security')
  await expect(viewer.getByRole('row', { name: /connected/ }).first()).toBeVisible()
  await expect(viewer.getByRole('row', { name: /signed in|exported|not allowed/ })).toHaveCount(0)
  await expect(viewer.getByRole('link', { name: 'Security' })).toHaveCount(0)
  await viewer.close()

  await page.goto('/settings/audit')
  await expect(page.getByRole('row', { name: /connected/ }).first()).toBeVisible()
  await expect(page.getByRole('row', { name: /exported/ }).first()).toBeVisible()
  await page.getByRole('navigation', { name: 'Kind of event' }).getByRole('link', { name: 'Changes' }).click()
  await expect(page.getByRole('row', { name: /connected/ }).first()).toBeVisible()
  await expect(page.getByRole('row', { name: /signed in|exported/ })).toHaveCount(0)
  await page.getByRole('link', { name: 'Security' }).click()
  const lines = page.getByRole('row')
  await expect(lines.filter({ hasText: `${owner.name}exported the access to ${world.subscription.name}` })).toHaveCount(
    1,
  )
  await expect(lines.filter({ hasText: `${owner.name}signed in` })).toHaveCount(1)
  await expect(lines.filter({ hasText: `${reader.name}signed in` })).toHaveCount(1)
  const refused = lines.filter({ hasText: `${reader.name}was not allowed to act as admin` })
  await expect(refused).toHaveCount(1)
  await expect(refused).toContainText(`page: ${sync.page}`)
  const unknown = lines.filter({ hasText: `${reader.name}asked for something that is not here` })
  await expect(unknown).toHaveCount(1)
  await expect(unknown).toContainText(`page: ${foreign}`)
})
