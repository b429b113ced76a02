import { randomUUID } from 'node:crypto'
import { test as base, expect, type Page } from '@playwright/test'
import { type Account, control, type MadeWorld } from './sandbox'

export { expect }

export type World = MadeWorld & {
  /** The account of a kind: owner, reader, outsider, plain, blocked, mfa, guest. */
  account(kind: string): Account
  subscription: { id: string; name: string }
}

/** Messages that a page's console may show: the browser's own note about an answer that a test asked for. */
const EXPECTED_CONSOLE = /Failed to load resource: the server responded with a status of 4\d\d/

/** Every test has a tenant of its own, so an organisation of its own; anything a page complains of fails it. */
export const test = base.extend<{ spec: Record<string, unknown>; world: World; quiet: undefined }>({
  spec: [
    {
      people: 12,
      assignments: 30,
      subscriptions: 2,
      groups: 2,
      servicePrincipals: 2,
      customRoles: 1,
      deleted: 2,
      guests: 2,
      disabled: 1,
    },
    { option: true },
  ],
  world: async ({ spec }, use) => {
    const made = await control<MadeWorld>('POST', 'worlds', {
      seed: randomUUID(),
      name: 'Tailspin',
      mixedRoleIds: true,
      ...spec,
    })
    const [subscription] = made.subscriptions
    if (!subscription) throw new Error('The world has no subscription.')
    await use({
      ...made,
      subscription,
      account(kind) {
        const found = made.accounts.find((account) => account.kind === kind)
        if (!found) throw new Error(`The world has no ${kind}.`)
        return found
      },
    })
  },
  quiet: [
    async ({ page }, use) => {
      const said: string[] = []
      page.on('console', (message) => {
        if (message.type() === 'error' && !EXPECTED_CONSOLE.test(message.text())) said.push(message.text())
      })
      page.on('pageerror', (error) => said.push(String(error)))
      await use(undefined)
      expect(said, 'the page complained').toEqual([])
    },
    { auto: true },
  ],
})

/** Picks an account on Microsoft's page, played by the sandbox: not the button of the page before it that names the account too. */
export async function pickAccount(page: Page, account: Account) {
  await page.getByRole('button', { name: account.username }).filter({ hasNotText: 'Go on' }).click()
}

/** Signs in to the portal. */
export async function signIn(page: Page, account: Account, next = '/integrations') {
  await page.goto(`/signin?next=${encodeURIComponent(next)}`)
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click()
  await pickAccount(page, account)
  await page.waitForURL((url) => url.pathname === new URL(next, 'http://portal').pathname)
}

/** The button with the member's name, which opens the menu of their account. */
export const accountButton = (page: Page) => page.getByRole('banner').getByRole('button').last()

/** Types a subscription ID and goes as far as the account picker at Microsoft. */
export async function goToMicrosoft(page: Page, subscriptionId: string) {
  await page.goto('/integrations/azure/connect/subscription')
  await page.getByLabel('Azure subscription ID').fill(subscriptionId)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: 'Continue to Microsoft' }).click()
}

/** Connects a subscription from its ID to the green Synced. */
export async function connect(
  page: Page,
  world: Pick<World, 'subscription' | 'account'>,
  subscription = world.subscription,
  account = world.account('owner'),
) {
  await goToMicrosoft(page, subscription.id)
  await pickAccount(page, account)
  await page.waitForURL(/\/(authorize|checks)/)
  const accept = page.getByRole('button', { name: 'Accept' })
  const ready = page.getByRole('button', { name: /^(Connect|Reconnect)$/ })
  await expect(accept.or(ready)).toBeVisible()
  if (await accept.isVisible()) await accept.click()
  await ready.click()
  await expect(page.getByRole('status').filter({ hasText: 'Synced' })).toBeVisible()
}

/** Goes from the wizard's last step to the results; gives their address. */
export async function openResults(page: Page): Promise<string> {
  await page.getByRole('link', { name: 'See who has access' }).click()
  await page.waitForURL(/\/integrations\/azure\/[0-9a-f-]{36}$/)
  return page.url()
}

/** Syncs the subscription whose page is open, and waits until its result is published. */
export async function syncNow(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: 'Sync now' })
  // The button cannot be pressed from the click on until the run has ended; before the answer it may look as if nothing had begun.
  await Promise.all([page.waitForResponse((answer) => answer.request().method() === 'POST'), button.click()])
  await expect(button).toBeEnabled()
}
