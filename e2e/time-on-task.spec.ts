import type { Page, TestInfo } from '@playwright/test'
import { change } from './support/sandbox'
import { Steps } from './support/steps'
import { connect, expect, pickAccount, signIn, syncNow, test, type World } from './support/test'

// How many clicks an answer takes, from the page on which one arrives. Each task ends with its answer on the page, and fails when
// it takes more than its aim. The table in bench/README.md has the figures.

test.describe.configure({ mode: 'parallel' })

type Aim = { clicks: number; fields?: number }

/** Does a task from the first page, and holds what it took to its aim. */
async function measure(page: Page, info: TestInfo, task: string, aim: Aim, work: (steps: Steps) => Promise<void>) {
  await page.goto('/integrations')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Integrations')
  const steps = new Steps(page)
  await work(steps)
  const { clicks, fields } = steps
  info.annotations.push({ type: 'time on task', description: `${task}: ${clicks} clicks, ${fields} fields` })
  expect(clicks, `${task}: clicks`).toBeLessThanOrEqual(aim.clicks)
  expect(fields, `${task}: fields`).toBeLessThanOrEqual(aim.fields ?? 0)
}

/** A line of the rail, or of the bar at the foot of a narrow window. */
const rail = (page: Page, name: string) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name })

test.describe('in a company of eighty people with two subscriptions', () => {
  test.use({ spec: { people: 80, assignments: 160, groups: 4, guests: 3, subscriptions: 2, deleted: 2 } })

  test('answers are as many clicks away as they should be', async ({ page, world }, info) => {
    const { tenantId, subscription } = world
    const [ada, guest, late] = ['outsider', 'guest', 'plain'].map((kind) => world.account(kind).objectId)
    const owned = { tenantId, subscriptionId: subscription.id }
    await change({ type: 'rename_subscription', subscriptionId: subscription.id, displayName: 'Production' })
    await change({ type: 'rename', tenantId, user: ada, displayName: 'Ada Novak' })
    await change({ type: 'rename', tenantId, user: guest, displayName: 'Gwen Guest' })
    await change({ type: 'rename', tenantId, user: late, displayName: 'Lena Late' })
    await change({ type: 'assign', user: ada, role: 'Owner', ...owned })
    await change({ type: 'assign', user: guest, role: 'Contributor', ...owned })
    await signIn(page, world.account('owner'))
    for (const one of world.subscriptions) await connect(page, world, one)
    await page.goto('/integrations')
    await page.getByRole('link', { name: 'Production' }).click()
    await change({ type: 'assign', user: late, role: 'Reader', ...owned })
    await syncNow(page)

    await measure(page, info, 'Who is Owner of Production, and why', { clicks: 3 }, async (steps) => {
      await steps.click(page.getByRole('link', { name: 'Production' }))
      await steps.click(page.getByRole('link', { name: /holds? Owner$/ }))
      await expect(page.getByRole('table', { name: 'People and their roles' })).toContainText('Ada Novak')
      await steps.click(page.getByRole('link', { name: 'Ada Novak' }))
      await expect(page.getByRole('heading', { level: 1 })).toContainText('Ada Novak')
      await expect(page.getByRole('region', { name: /^Owner/ })).toContainText('Production')
    })

    const reach = 'What Ada can reach everywhere'
    await measure(page, info, reach, { clicks: 2, fields: 1 }, async (steps) => {
      await steps.click(rail(page, 'People'))
      await steps.fill(page.getByRole('searchbox'), 'Ada N')
      await steps.click(page.getByRole('link', { name: 'Ada Novak' }))
      await expect(page.getByRole('heading', { level: 1 })).toContainText('Ada Novak')
      await expect(page.getByRole('main')).toContainText('Production')
      await expect(page.getByRole('main')).toContainText('Owner')
    })
    await measure(page, info, `${reach}, by keys`, { clicks: 2, fields: 1 }, async (steps) => {
      const field = page.getByRole('dialog', { name: 'Search everything' }).getByRole('combobox')
      await expect(async () => {
        await page.keyboard.press('Control+k')
        await expect(field).toBeFocused({ timeout: 500 })
      }).toPass() // Until the page listens. It counts once, as for somebody who comes later.
      steps.clicks += 1
      await steps.fill(field, 'Ada N')
      await expect(page.getByRole('option', { selected: true })).toContainText('Ada Novak')
      await steps.press('Enter')
      await expect(page.getByRole('heading', { level: 1 })).toContainText('Ada Novak')
      await expect(page.getByRole('main')).toContainText('Production')
    })

    await measure(page, info, 'Which guests can write', { clicks: 1 }, async (steps) => {
      await steps.click(page.getByRole('link', { name: 'Guests who write' }))
      const people = page.getByRole('table', { name: 'People in all connected subscriptions' })
      await expect(people.getByRole('row').filter({ hasText: 'Gwen Guest' })).toContainText('Guest')
      await expect(people).not.toContainText('Ada Novak')
    })

    await measure(page, info, 'What changed since last week', { clicks: 1 }, async (steps) => {
      await steps.click(page.getByRole('link', { name: 'Changes of the last 7 days' }))
      await expect(page.getByText(/^Seen after /)).toBeVisible()
      await expect(page.getByRole('link', { name: /Lena Late gained Reader of Production/ })).toBeVisible()
    })

    await measure(page, info, 'An export of everyone’s access to everything', { clicks: 2 }, async (steps) => {
      await steps.click(page.getByRole('button', { name: 'Export everyone' }))
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        steps.click(page.getByRole('menuitem', { name: 'JSON Lines, zipped' })),
      ])
      expect(download.suggestedFilename()).toMatch(/\.zip$/)
      expect(await download.failure()).toBeNull()
    })
  })
})

test.describe('with an account that can read twenty-five subscriptions', () => {
  const spec = { subscriptions: 25, people: 4, assignments: 6, managementGroupDepth: 1, managementGroups: 1 }
  test.use({ spec })

  /** Waits until all of the connections are read; how long that takes is nobody's click. */
  const expectSynced = (page: Page, count: number) =>
    expect(page.getByRole('progressbar', { name: 'Synced subscriptions' })).toHaveAttribute(
      'aria-valuenow',
      String(count),
      { timeout: 120_000 },
    )

  /** Leaves twenty in the management group: the others lie beside it, at the root. */
  async function leaveTwenty({ tenantId, subscriptions }: World) {
    for (const { id: subscriptionId } of subscriptions.slice(0, 5))
      await change({ type: 'move_subscription', subscriptionId, tenantId, managementGroupId: tenantId })
  }

  test('all of them are connected by six clicks beside those at Microsoft', async ({ page, world }, info) => {
    await signIn(page, world.account('owner'))
    await measure(page, info, 'Twenty-five subscriptions from nothing', { clicks: 6, fields: 1 }, async (steps) => {
      await steps.click(page.getByRole('link', { name: 'Connect Microsoft Azure' }))
      await steps.click(page.getByRole('link', { name: 'Continue' }))
      await steps.fill(page.getByLabel('Azure subscription ID'), world.subscription.id)
      await steps.click(page.getByRole('button', { name: 'Continue' }))
      await steps.click(page.getByRole('button', { name: 'Continue to Microsoft' }))
      // Two more clicks on the pages of Microsoft, which are not ours to spare.
      await pickAccount(page, world.account('owner'))
      await page.getByRole('button', { name: 'Accept' }).click()
      await steps.click(page.getByRole('checkbox', { name: 'Choose all 24' }))
      await steps.click(page.getByRole('button', { name: 'Connect 25 subscriptions' }))
      await expectSynced(page, 25)
    })
  })

  test('the twenty of a management group are added by six clicks', async ({ page, world }, info) => {
    await leaveTwenty(world)
    await signIn(page, world.account('owner'))
    await connect(page, world)
    await measure(page, info, 'Twenty subscriptions with a known account', { clicks: 6 }, async (steps) => {
      await steps.click(page.getByRole('link', { name: 'Accounts' }))
      await steps.click(page.getByRole('link', { name: /^Add subscriptions/ }))
      await steps.choose(page.getByLabel('Management group', { exact: true }), '\u2003Tailspin 1')
      await steps.click(page.getByRole('checkbox', { name: 'Choose all 20' }))
      await steps.click(page.getByRole('button', { name: 'Connect 20 subscriptions' }))
      await page.waitForURL(/accounts\/[0-9a-f-]{36}$/)
      await expectSynced(page, 21)
    })
  })
})
