import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { freePort, type StartedPortal, startPortal } from './support/own-portal'
import { change, control, type MadeWorld } from './support/sandbox'
import { connect, expect, signIn, test, type World } from './support/test'

/** Connects the first subscription and opens a page of the account that reads it. */
async function openAccount(page: Page, world: World, tab: 'Subscriptions' | 'Add subscriptions' | 'Follow') {
  const owner = world.account('owner')
  await signIn(page, owner)
  await connect(page, world)
  await page.goto('/integrations/azure')
  await page.getByRole('link', { name: owner.username, exact: true }).click()
  await page.getByRole('navigation', { name: 'Account' }).getByRole('link', { name: tab }).click()
}

/** The lines of the list of an account's subscriptions. */
const lines = (page: Page) => page.getByRole('list', { name: /^Subscriptions of/ }).getByRole('listitem')

/** With a portal and a sandbox of its own: in those that all tests share, their syncs would wait behind a hundred of these. */
const alone = test.extend<{ ownPortal: StartedPortal }>({
  ownPortal: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright asks for a pattern, and this fixture needs no other
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'rolecall-fleet-'))
      const { SANDBOX_URL } = process.env
      const sandboxPort = String(await freePort())
      const portal = await startPortal({
        ...{ DATA_DIR: folder, PORTAL_URL: '', SANDBOX_URL: '', SANDBOX_PORT: sandboxPort },
      })
      // A worker runs one test at a time, and what makes its world reads this.
      process.env.SANDBOX_URL = `http://localhost:${sandboxPort}`
      await use(portal)
      process.env.SANDBOX_URL = SANDBOX_URL
      await portal.kill()
      rmSync(folder, { recursive: true })
    },
    { auto: true },
  ],
  baseURL: async ({ ownPortal }, use) => use(`http://localhost:${ownPortal.port}`),
})

/** Milliseconds in which a hundred small subscriptions are synced also where other programs want the same cores. */
const ALL_SYNCED_MS = 150_000

alone.describe('with a hundred subscriptions', () => {
  alone.use({ spec: { subscriptions: 100, people: 12, assignments: 30, managementGroupDepth: 1, managementGroups: 4 } })

  alone(
    'all are added at once, followed as one list in which nothing moves, and turn green',
    async ({ page, world }) => {
      alone.setTimeout(2 * ALL_SYNCED_MS)
      await openAccount(page, world, 'Add subscriptions')
      await page.getByLabel('Management group', { exact: true }).selectOption({ label: '\u2003Tailspin 2' })
      await page.getByRole('checkbox', { name: 'Choose all 25' }).check()
      await expect(page.getByText('25 of 100 subscriptions, 25 chosen')).toBeVisible()
      await page.getByLabel('Management group', { exact: true }).selectOption({ label: 'All management groups' })
      await page.getByLabel('Which are shown').selectOption({ label: 'Connected' })
      await expect(page.getByText('1 of 100 subscriptions, 25 chosen')).toBeVisible()
      await page.getByLabel('Which are shown').selectOption({ label: 'All subscriptions' })
      await page.getByRole('checkbox', { name: 'Choose all 99' }).check()
      await page.getByRole('button', { name: 'Connect 99 subscriptions' }).click()

      await page.waitForURL(/accounts\/[0-9a-f-]{36}$/)
      await expect(lines(page)).toHaveCount(100)
      await page.evaluate(() => {
        const shifts: number[] = []
        Object.assign(window, { shifts })
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value)
        }).observe({ type: 'layout-shift', buffered: false })
      })
      await expect(page.getByRole('progressbar', { name: 'Synced subscriptions' })).toHaveAttribute(
        'aria-valuenow',
        '100',
        { timeout: ALL_SYNCED_MS },
      )
      await expect(lines(page).getByText('Synced', { exact: true })).toHaveCount(100)
      await expect(page.getByRole('status').filter({ hasText: 'Done: all are synced.' })).toBeAttached()
      const moved = await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts)
      expect(moved.reduce((sum, one) => sum + one, 0)).toBeLessThan(0.01)
      const names = await lines(page).getByRole('link').allTextContents()
      expect(names.slice(0, 3)).toEqual(['Tailspin 2', 'Tailspin 3', 'Tailspin 4'])

      await page.goto('/integrations')
      await page.getByRole('navigation', { name: 'Group by' }).getByRole('link', { name: 'Management group' }).click()
      const group = page.getByRole('region', { name: 'Tailspin 1' })
      await expect(group).toContainText('25 subscriptions')
      await expect(group.getByRole('listitem')).toHaveCount(25)
      await page.getByRole('link', { name: 'Next page' }).click()
      await expect(page.getByText('61 to 100 of 100 subscriptions')).toBeVisible()
      await page.getByRole('searchbox', { name: 'Search integrations' }).fill('Tailspin 100')
      await page.keyboard.press('Enter')
      await expect(page.getByRole('heading', { level: 3, name: 'Tailspin 100' })).toBeVisible()
      expect(new URL(page.url()).searchParams.get('by')).toBe('management')
    },
  )
})

test.describe('an account that follows', () => {
  test.use({ spec: { subscriptions: 4, managementGroupDepth: 1, managementGroups: 2 } })

  /** Moves a subscription of another company into this tenant, where the account may read it. */
  async function addSubscription(world: World, managementGroupId?: string): Promise<string> {
    const made = await control<MadeWorld>('POST', 'worlds', { seed: randomUUID(), name: 'Fabrikam', subscriptions: 1 })
    const [subscription] = made.subscriptions
    if (!subscription) throw new Error('The world has no subscription.')
    const { tenantId } = world
    await change({ type: 'move_subscription', subscriptionId: subscription.id, tenantId, managementGroupId })
    const { objectId: user } = world.account('owner')
    await change({ type: 'assign', user, role: 'Owner', tenantId, subscriptionId: subscription.id })
    return subscription.name
  }

  test('its tenant leaves alone what is not connected now, connects a new subscription by itself, and is told to stop', async ({
    page,
    world,
  }) => {
    await openAccount(page, world, 'Follow')
    await expect(page.getByText('Nothing is connected at once.')).toBeVisible()
    await page.getByRole('button', { name: 'Follow', exact: true }).click()
    await expect(page.getByRole('heading', { name: 'This account follows its tenant' })).toBeVisible()
    await expect(page.getByText('3 of 3 subscriptions, 3 left out')).toBeVisible()

    const name = await addSubscription(world)
    await page.getByRole('button', { name: 'Look now' }).click()
    await page.waitForURL(/accounts\/[0-9a-f-]{36}$/)
    await expect(lines(page)).toHaveCount(2)
    await expect(lines(page).filter({ hasText: name }).getByText('Synced', { exact: true })).toBeVisible()

    await page.goto('/integrations/azure')
    await expect(page.getByRole('region', { name: 'Accounts' })).toContainText('Follows its tenant')
    await page.getByRole('link', { name: world.account('owner').username, exact: true }).click()
    await page.getByRole('navigation', { name: 'Account' }).getByRole('link', { name: 'Follow' }).click()
    await page.getByRole('button', { name: 'Stop following' }).click()
    await expect(page.getByRole('button', { name: 'Follow', exact: true })).toBeVisible()
  })

  test('one management group connects what lies in it, and what is left out can be let in', async ({ page, world }) => {
    await openAccount(page, world, 'Follow')
    await page.getByRole('radio', { name: /^One management group/ }).check()
    await page.getByLabel('Management group to follow').selectOption({ label: '\u2003Tailspin 2' })
    const boxes = page.getByRole('list', { name: 'Subscriptions' }).getByRole('checkbox')
    await expect(boxes).toHaveCount(2)
    await boxes.first().uncheck()
    await expect(page.getByText('1 subscription is connected at once.')).toBeVisible()
    await page.getByRole('button', { name: 'Follow', exact: true }).click()
    await page.waitForURL(/accounts\/[0-9a-f-]{36}$/)
    await expect(lines(page)).toHaveCount(2)

    await page.getByRole('navigation', { name: 'Account' }).getByRole('link', { name: 'Follow' }).click()
    await expect(
      page.getByRole('heading', { name: 'This account follows the management group Tailspin 2' }),
    ).toBeVisible()
    await expect(page.getByText('1 of 1 subscriptions, 1 left out')).toBeVisible()
    await boxes.first().uncheck()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.waitForURL(/accounts\/[0-9a-f-]{36}$/)
    await expect(lines(page)).toHaveCount(3)
  })
})
