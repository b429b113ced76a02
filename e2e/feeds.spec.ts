import { ask } from './support/ask'
import { makeFeed, nameFeed } from './support/feeds'
import { inspect } from './support/inspect'
import { change } from './support/sandbox'
import { cookieOf } from './support/scene'
import { connect, expect, openResults, signIn, syncNow, test } from './support/test'

test.use({ spec: { people: 6, assignments: 8, groups: 0 } })

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const basic = (token: string) => ({ authorization: `Basic ${Buffer.from(`any name:${token}`).toString('base64')}` })

test('what the Changes page shows is followed as a feed, and read by a program until the feed is revoked', async ({
  page,
  world,
}) => {
  const { tenantId, subscription } = world
  const { objectId: ada } = world.account('outsider')
  await change({ type: 'rename', user: ada, displayName: 'Ada <b>Novak</b> & Co' })
  await signIn(page, world.account('owner'))
  await connect(page, world)
  const results = new URL(await openResults(page)).pathname
  await change({ type: 'assign', tenantId, principalId: ada, role: 'Owner', subscriptionId: subscription.id })
  await syncNow(page)
  await page.goto(`${results}/runs`)
  await expect(page.getByRole('link', { name: '1 change that gave access' })).toBeVisible()

  await page.goto('/changes')
  await expect(page.getByText(`Ada <b>Novak</b> & Co gained Owner of ${subscription.name}`)).toBeVisible()
  await page.getByRole('combobox', { name: 'Gained or lost' }).selectOption('Gained')
  await page.getByRole('combobox', { name: 'Privileged' }).selectOption('Privileged only')
  await expect(page).toHaveURL(/effect=gained.*privileged=1/)
  await page.getByRole('link', { name: 'Follow as a feed' }).click()
  await expect(page.getByText('It tells of: Gained · privileged roles only')).toBeVisible()
  await inspect(page, 'a feed that gets its name')
  const { feedId, token } = await nameFeed(page, 'Privileged roles')
  await inspect(page, 'a feed that was made')
  const listed = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Privileged roles' }) })
  await expect(listed).toContainText('Not read yet.')

  const [json, xml] = [`/feeds/${feedId}/changes.json`, `/feeds/${feedId}/changes.xml`]
  const answer = await ask(json, { headers: bearer(token) })
  expect(answer.status).toBe(200)
  expect(answer.headers).toMatchObject({
    'content-type': 'application/feed+json; charset=utf-8',
    'cache-control': 'private, max-age=300',
  })
  const { title, items } = JSON.parse(answer.body)
  expect(title).toBe('Privileged roles')
  expect(items).toMatchObject([
    { title: `Ada <b>Novak</b> & Co gained Owner of ${subscription.name}`, _rolecall: { gained: 1, lost: 0 } },
  ])
  const atom = await ask(xml, { headers: basic(token) })
  expect(atom.headers['content-type']).toBe('application/atom+xml; charset=utf-8')
  expect(atom.body).toContain('Ada &lt;b&gt;Novak&lt;/b&gt; &amp; Co gained Owner')
  await page.goto(items[0].url)
  await expect(page.getByRole('table', { name: 'Whom the change reached' })).toContainText('Ada <b>Novak</b> & Co')

  const again = await ask(json, { headers: { ...bearer(token), 'if-none-match': answer.headers.etag } })
  expect([again.status, again.body]).toEqual([304, ''])
  expect((await ask(xml, { method: 'HEAD', headers: basic(token) })).status).toBe(200)

  const wrong = await ask(json, { headers: bearer('x'.repeat(43)) })
  expect(wrong.status).toBe(401)
  expect(wrong.headers['www-authenticate']).toContain('Basic realm="Rolecall feeds"')
  expect((await ask(json, { cookie: await cookieOf(page.context()) })).status).toBe(401)
  expect((await ask(`${json}?token=${token}`)).status).toBe(401)
  expect((await ask(`/settings/feeds`, { headers: bearer(token) })).status).toBe(307)

  await page.goto('/settings/feeds')
  await expect(listed).toContainText(/Last read/)
  await expect(page.getByText(token)).toHaveCount(0)
  await page.getByRole('button', { name: 'Revoke the feed Privileged roles' }).click()
  await expect(page.getByText('There is none.')).toBeVisible()
  const revoked = await ask(json, { headers: bearer(token) })
  expect([revoked.status, revoked.body]).toEqual([401, wrong.body])

  await page.goto('/settings/audit')
  await expect(page.getByRole('row').filter({ hasText: 'made the feed' })).toContainText('Privileged roles')
  await expect(page.getByRole('row').filter({ hasText: 'revoked the feed' })).toContainText('Privileged roles')
})

test('a viewer has feeds of their own, which an owner sees and revokes, and which end when they are removed', async ({
  page,
  world,
  browser,
}) => {
  const reader = world.account('reader')
  await signIn(page, world.account('owner'))
  await makeFeed(page, 'The owner’s')
  const viewer = await browser.newPage()
  await signIn(viewer, reader)
  const [one, other] = [await makeFeed(viewer, 'One'), await makeFeed(viewer, 'Other')]
  await expect(viewer.getByRole('heading', { level: 3 })).toHaveText(['Other', 'One'])
  await viewer.context().close()
  const read = async ({ feedId, token }: typeof one) =>
    (await ask(`/feeds/${feedId}/changes.json`, { headers: basic(token) })).status
  expect([await read(one), await read(other)]).toEqual([200, 200])

  await page.goto('/settings/feeds')
  await expect(page.getByRole('heading', { level: 3 })).toHaveText(['Other', 'One', 'The owner’s'])
  await page.getByRole('button', { name: 'Revoke the feed One' }).click()
  await expect(page.getByRole('heading', { level: 3 })).toHaveText(['Other', 'The owner’s'])
  expect([await read(one), await read(other)]).toEqual([401, 200])

  await page.goto('/settings/members')
  await page.getByRole('button', { name: `Remove ${reader.name}` }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(page.getByRole('table', { name: 'Removed members' })).toContainText(reader.name)
  expect(await read(other)).toBe(401)
  await page.goto('/settings/feeds')
  await expect(page.getByRole('heading', { level: 3 })).toHaveText(['The owner’s'])
})

test('a feed is made with the keyboard alone, and a name that cannot be seen is refused beside it', async ({
  page,
  world,
}) => {
  await signIn(page, world.account('owner'), '/settings/members')
  await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Feeds' }).focus()
  await page.keyboard.press('Enter')
  await page.waitForURL('**/settings/feeds')
  const name = page.getByLabel('Name', { exact: true })
  await name.focus()
  await page.keyboard.type('\u200b')
  await page.keyboard.press('Enter')
  await expect(page.getByText(/^A name has 1 to 90 characters/)).toBeVisible()
  await name.fill('Access')
  await page.keyboard.press('Enter')
  const shown = page.getByText('Copy its token now')
  await expect(shown).toBeVisible()
  await page.reload()
  await expect(shown).toHaveCount(0)

  // The token of a feed that is revoked while it is shown is shown no more.
  await name.fill('Another')
  await page.keyboard.press('Enter')
  await expect(shown).toBeVisible()
  await page.getByRole('button', { name: 'Revoke the feed Another' }).click()
  await expect(shown).toHaveCount(0)
})
