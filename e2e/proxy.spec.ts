import { readFileSync } from 'node:fs'
import { ask, fromOwnPage } from './support/ask'
import { cookieOf } from './support/scene'
import { callAction, FORM, serverActions } from './support/server-actions'
import { expect, signIn, test } from './support/test'

test('an action that redirects asks the portal once for the next page, sends it along, and logs nothing', async ({
  page,
  world,
}) => {
  await signIn(page, world.account('owner'))
  const begin = serverActions().find(({ name }) => name === 'beginAzureConnect')
  const shape = { args: [null, FORM], form: { subscriptionId: world.subscription.id } }
  const { headers, body } = await callAction(String(begin?.id), shape, {
    path: String(begin?.page),
    cookie: await cookieOf(page.context()),
    headers: fromOwnPage(),
  })

  const [next] = String(headers['x-action-redirect']).split(';')
  expect(next).toMatch(/^\/integrations\/azure\/connect\/[0-9a-f-]{36}\/sign-in$/)
  const log = readFileSync(String(process.env.PORTAL_LOG), 'utf8')
  expect(log.split('\n').filter((line) => line.startsWith(`The portal asked itself for ${next}`))).toHaveLength(1)
  expect(log).not.toMatch(/failed to (get redirect|forward action) response/)
  expect(body).toContain(world.tenantId)
})

test('a browser that comes by number is led to the same page under the portal’s name', async ({ page }) => {
  const portal = new URL(String(process.env.PORTAL_URL))
  await page.goto(`http://127.0.0.1:${portal.port}/signin?next=%2Fpeople`)
  await expect(page.getByRole('button', { name: 'Sign in with Microsoft' })).toBeVisible()
  expect(page.url()).toBe(`${portal.origin}/signin?next=%2Fpeople`)
})

test('coming by number leads to no other host, whatever the request says', async () => {
  const portal = new URL(String(process.env.PORTAL_URL))
  for (const host of [`127.0.0.1:${portal.port}`, `[::1]:${portal.port}`]) {
    const led = async (path: string, forged = {}) =>
      (await ask(path, { headers: { host, ...forged } })).headers.location
    expect(await led('/people?q=a&_rsc=1')).toBe(`${portal.origin}/people?q=a`)
    expect(await led('/%2F%2Fevil.example')).toBe(`${portal.origin}/%2F%2Fevil.example`)
    expect(await led('/@evil.example', { 'x-forwarded-proto': 'https' })).toBe(`${portal.origin}/@evil.example`)
    // Next itself makes one slash of several, and the sign-in page is named without a host.
    expect(await led('//evil.example')).toBe('/evil.example')
    expect(await led('/\\evil.example')).toBe('/evil.example')
    expect(await led('/people', { 'x-forwarded-host': 'evil.example' })).toBe('/signin/ended?next=%2Fpeople')
  }
})
