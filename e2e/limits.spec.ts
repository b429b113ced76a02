import { readFileSync } from 'node:fs'
import { type Answer, ask, fromOwnPage } from './support/ask'
import { victim } from './support/scene'
import { callAction, FORM, serverActions } from './support/server-actions'
import { expect, signIn, test } from './support/test'

/** How many sign-ins a client address may begin in a minute here: scripts/end-to-end-portal.mjs sets it. */
const SIGN_INS = 120

/** Headers of a client whose address no other test has. */
const from = (address: string) => ({ 'x-client-address': address, 'x-forwarded-for': address })

/** The answers to one request after another, until one is refused or there were enough. */
async function askUntilRefused(most: number, request: () => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = []
  while (answers.length < most && answers.at(-1)?.status !== 429) answers.push(await request())
  return answers
}

function expectRefusal(answer: Answer | undefined, sentence: RegExp): void {
  expect(answer?.status).toBe(429)
  const seconds = Number(answer?.headers['retry-after'])
  expect(seconds).toBeGreaterThan(0)
  expect(answer?.body).toMatch(sentence)
  expect(answer?.body).toContain(`Try again in ${seconds === 1 ? 'a second' : `${seconds} seconds`}.`)
}

test('a client that begins sign-in after sign-in is told when to go on, and no other client is', async () => {
  const signInFrom = (address: string) =>
    ask('/api/auth/signin/azure-ad', { method: 'POST', headers: { ...fromOwnPage(), ...from(address) } })
  const answers = await askUntilRefused(SIGN_INS + 5, () => signInFrom('198.51.100.7'))
  expectRefusal(answers.at(-1), /^Too many sign-ins were begun from your network\./)
  expect(answers).toHaveLength(SIGN_INS + 1)
  expect((await signInFrom('198.51.100.8')).status).not.toBe(429)
  const log = readFileSync(String(process.env.PORTAL_LOG), 'utf8')
  expect(log).toMatch(/"event":"too_many","limit":"sign_in","clientAddress":"198\.51\.100\.7"/)
})

test('forged returns from Microsoft are refused like sign-ins, wherever they are sent', async () => {
  const paths = ['/api/auth/callback/azure-ad', '/api/azure/callback', '/api/azure/admin-consent']
  let sent = 0
  const answers = await askUntilRefused(SIGN_INS + 5, () =>
    ask(`${paths[sent++ % paths.length]}?code=forged&state=${sent}`, { headers: from('198.51.100.9') }),
  )
  expectRefusal(answers.at(-1), /^Too many sign-ins came back from Microsoft to your network\./)
  expect(answers).toHaveLength(SIGN_INS + 1)
  for (const path of paths)
    expectRefusal(await ask(path, { headers: from('198.51.100.9') }), /^Too many sign-ins came back/)
})

test('whoever is refused is told beside the button, and what was typed stays', async ({ page, world }) => {
  await page.route('**/api/auth/signin/azure-ad', (route) =>
    route.fulfill({ status: 429, body: 'Too many sign-ins were begun from your network. Try again in 40 seconds.' }),
  )
  await page.goto('/signin')
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click()
  await expect(page.getByText('Too many sign-ins were begun from your network. Try again in 40 seconds.')).toBeVisible()
  await page.unroute('**/api/auth/signin/azure-ad')

  await signIn(page, world.account('owner'))
  const begin = serverActions().find(({ name }) => name === 'beginAzureConnect')
  const { cookies } = await page.context().storageState()
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  for (let done = 0; done < 30; done++) {
    const form = { subscriptionId: world.subscription.id }
    const caller = { path: '/integrations/azure/connect/subscription', cookie, headers: fromOwnPage() }
    await callAction(begin?.id ?? '', { args: [null, FORM], form }, caller)
  }
  await page.goto('/integrations/azure/connect/subscription')
  await page.getByLabel('Azure subscription ID').fill(world.subscription.id)
  await page.getByRole('button', { name: 'Continue' }).click()
  await expect(page.getByText(/You began to connect too many times\. Try again in \d+ seconds\./)).toBeVisible()
  await expect(page.getByLabel('Azure subscription ID')).toHaveValue(world.subscription.id)
})

test('a member who syncs or exports over and over is refused, and finds the way back', async ({ page, world }) => {
  const them = await victim(page, world)
  const home = `/integrations/azure/${them.connectionId}`
  const exports = await askUntilRefused(40, () => ask(`${home}/export.csv`, { cookie: them.cookie }))
  expectRefusal(exports.at(-1), /^You asked for too many exports\./)
  // The scene has had one prepared, which counts as well.
  expect(exports).toHaveLength(30)

  const sync = serverActions().find(({ name }) => name === 'syncNow')
  const asked = { args: [them.connectionId] }
  const caller = { path: home, cookie: them.cookie, headers: fromOwnPage() }
  for (let done = 0; done < 20; done++) await callAction(sync?.id ?? '', asked, caller)
  await page.goto(home)
  await page.getByRole('button', { name: 'Sync now' }).click()
  await expect(
    page.getByText(/Too many syncs were asked for in this subscription\. Try again in \d+ seconds\./),
  ).toBeVisible()
  await page.getByRole('link', { name: 'Go back' }).click()
  await expect(page).toHaveURL(new RegExp(`${home}$`))
})
