import { readFileSync } from 'node:fs'
import { fromOwnPage } from './support/ask'
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
