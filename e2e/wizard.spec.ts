import type { Page } from '@playwright/test'
import { inspect } from './support/inspect'
import { change } from './support/sandbox'
import { connect, expect, goToMicrosoft, pickAccount, signIn, test, type World } from './support/test'
import { countVisibleWords } from './support/words'

/** What a demanding reader asks of the wizard: few words, a way back, the focus where one goes on, and an end that pays. */

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 2, name, exact: true })
const back = (page: Page) => page.getByRole('link', { name: 'Back', exact: true })

/** Goes to the checks of the world's first subscription with its owner. */
async function goToChecks(page: Page, world: World) {
  await goToMicrosoft(page, world.subscription.id)
  await pickAccount(page, world.account('owner'))
  await page.getByRole('button', { name: 'Accept' }).click()
  await expect(heading(page, 'Checks')).toBeVisible()
}

test.describe('with four subscriptions in management groups', () => {
  test.use({
    spec: {
      ...{ people: 40, assignments: 120, groups: 4, guests: 4, deleted: 4 },
      ...{ subscriptions: 4, managementGroupDepth: 1, managementGroups: 2 },
    },
  })

  test('the whole way takes at most 250 words, and gives the focus to each step', async ({ page, world }) => {
    const words: number[] = []
    const count = async () => words.push(await countVisibleWords(page))
    await signIn(page, world.account('owner'))
    await page.getByRole('link', { name: 'Connect Microsoft Azure' }).click()
    await expect(heading(page, 'Before you begin')).toBeFocused()
    await expect(page.getByRole('link', { name: 'Continue' })).toBeInViewport({ ratio: 1 })
    await count()

    await page.getByRole('link', { name: 'Continue' }).click()
    await expect(page.getByLabel('Azure subscription ID')).toBeFocused()
    await page.keyboard.type(world.subscription.id)
    await expect(page.getByText('Recognised')).toBeVisible()
    await count()

    await page.getByRole('button', { name: 'Continue' }).click()
    await expect(heading(page, 'Sign in to Microsoft')).toBeFocused()
    // The tenant is the member's own, so its name says more than its ID, which is a click away.
    await expect(page.getByRole('main').getByText(world.domain, { exact: true })).toBeVisible()
    await expect(page.getByText(world.tenantId, { exact: true })).toHaveCount(0)
    await expect(page.getByRole('button', { name: /^Copy tenant ID/ })).toBeVisible()
    await count()

    await page.getByRole('button', { name: 'Continue to Microsoft' }).click()
    await pickAccount(page, world.account('owner'))
    await page.getByRole('button', { name: 'Accept' }).click()
    await expect(page.getByText('5 of 5 checks passed')).toBeVisible()
    await expect(heading(page, 'Checks')).toBeFocused()
    await expect(page.getByRole('searchbox', { name: 'Search subscriptions' })).toHaveCount(0)
    const others = page.getByRole('list', { name: 'Subscriptions' }).getByRole('listitem')
    await expect(others).toHaveCount(3)
    await expect(others.filter({ hasText: 'in Tailspin' }).first()).toBeVisible()
    await count()

    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await expect(heading(page, 'Connected')).toBeVisible()
    await count()
    expect(
      words.reduce((sum, one) => sum + one, 0),
      words.join(' + '),
    ).toBeLessThanOrEqual(250)
  })

  test('each step goes back to the one before, and what was typed is still there', async ({ page, world }) => {
    await signIn(page, world.account('owner'))
    await goToChecks(page, world)

    await back(page).click()
    await expect(heading(page, 'Sign in to Microsoft')).toBeFocused()
    await expect(page.getByRole('main').getByText(world.account('owner').username)).toBeVisible()
    await back(page).click()
    const field = page.getByLabel('Azure subscription ID')
    await expect(field).toBeFocused()
    await expect(field).toHaveValue(world.subscription.id)
    await back(page).click()
    await expect(heading(page, 'Before you begin')).toBeFocused()
    await page.getByRole('link', { name: 'Continue' }).click()
    await expect(field).toHaveValue(world.subscription.id)

    await page
      .getByRole('navigation', { name: 'Steps' })
      .getByRole('link', { name: /^Before you begin/ })
      .click()
    await expect(heading(page, 'Before you begin')).toBeVisible()
    await back(page).click()
    await page.waitForURL(/\/integrations$/)
  })

  test('after an error the focus is in the field that has it', async ({ page, world }) => {
    await signIn(page, world.account('owner'))
    await page.goto('/integrations/azure/connect/subscription')
    const field = page.getByLabel('Azure subscription ID')
    for (const [typed, sentence] of [
      ['my subscription', /not a subscription ID/],
      ['00000000-1111-4222-8333-444444444444', /No subscription with this ID exists/],
    ] as const) {
      await field.fill(typed)
      await page.getByRole('button', { name: 'Continue' }).click()
      await expect(field).toHaveAccessibleDescription(sentence)
      await expect(field).toBeFocused()
    }
  })

  test('a check that failed is open with its fix, and the focus stays in the step when it passes', async ({
    page,
    world,
  }) => {
    const outsider = world.account('outsider')
    await signIn(page, outsider)
    await goToMicrosoft(page, world.subscription.id)
    await pickAccount(page, outsider)
    await page.getByRole('button', { name: 'Accept' }).click()
    const open = page.getByRole('list', { name: 'Checks', exact: true }).getByRole('listitem')
    await expect(open.filter({ hasText: 'Role assignments readable' })).toBeVisible()
    await expect(open.filter({ hasText: 'Right tenant and account' })).toHaveCount(0)

    await change({ type: 'assign', user: outsider.username, role: 'Reader', subscriptionId: world.subscription.id })
    await page.getByRole('button', { name: 'Check again' }).click()
    await expect(page.getByText('5 of 5 checks passed')).toBeVisible()
    await expect(heading(page, 'Checks')).toBeFocused()
    await page.getByText('5 of 5 checks passed').click()
    await expect(page.getByRole('list', { name: 'Passed checks' }).getByRole('listitem')).toHaveCount(5)
  })

  test('others are connected without a subscription that the account may not read, also without a script, and the end says so', async ({
    page,
    world,
    browser,
  }) => {
    const outsider = world.account('outsider')
    const [own, ...others] = world.subscriptions
    const [first, second, third] = others
    for (const { id } of others)
      await change({ type: 'assign', user: outsider.username, role: 'Reader', subscriptionId: id })
    await change({ type: 'set_subscription_state', subscriptionId: third?.id, state: 'Disabled' })
    await signIn(page, outsider)
    await goToMicrosoft(page, own?.id ?? '')
    await pickAccount(page, outsider)
    await page.getByRole('button', { name: 'Accept' }).click()
    await expect(page.getByText('You can go on without this subscription')).toBeVisible()
    await expect(page.getByText('1 of them is disabled at Microsoft: its access can still be read.')).toBeVisible()
    await inspect(page, 'checks of which the one of the subscription failed')

    const plain = await browser.newContext({
      javaScriptEnabled: false,
      storageState: await page.context().storageState(),
    })
    const reader = await plain.newPage()
    // A link in `noscript` is found by no role.
    await reader.goto(`${page.url()}?whole`)
    const button = reader.getByRole('button', { name: 'Connect those chosen without it' })
    await button.click()
    await expect(reader.getByText('Choose at least one other subscription.')).toBeVisible()
    await plain.close()

    await page.getByRole('checkbox', { name: first?.id }).check()
    await page.getByRole('checkbox', { name: second?.id }).check()
    await page.getByRole('button', { name: 'Connect the other 2 without it' }).click()
    await expect(heading(page, 'Connected')).toBeVisible()
    await expect(page.getByText(/^2 of 2 synced/)).toBeVisible()
    await expect(page.getByText('1 subscription was left out')).toBeVisible()
    await inspect(page, 'the end without one')
    await expect(page.getByRole('main')).toContainText(own?.id ?? '')
    await page.getByRole('link', { name: /^Check it again/ }).click()
    await expect(page.getByLabel('Azure subscription ID')).toHaveValue(own?.id ?? '')
  })

  test('what was found is said at the end, and each number leads to those it counts', async ({ page, world }) => {
    await signIn(page, world.account('owner'))
    await connect(page, world)
    const found = page.getByRole('list', { name: 'What was found' }).getByRole('link')
    await expect(found.first()).toHaveText(/^\d+ (person holds|people hold) or can activate a role$/)
    await expect(page.getByText(/^Next sync \d+ \w+ \d{4}, \d\d:\d\d UTC$/)).toBeVisible()
    await expect(page.getByRole('region', { name: world.subscription.name })).not.toContainText(/\b0 s\b/)

    const granting = found.filter({ hasText: 'can grant access' }).first()
    const people = Number.parseInt((await granting.textContent()) ?? '', 10)
    expect(people).toBeGreaterThan(0)
    await granting.click()
    await page.waitForURL(/\?signal=can_grant$/)
    await expect(page.getByRole('table').getByRole('row')).toHaveCount(people + 1)
  })

  test('whoever is stuck at Microsoft reads what to do, at once after coming back', async ({ page, world }) => {
    await signIn(page, world.account('owner'))
    await page.goto(`/integrations/azure/connect/subscription?subscription=${world.subscription.id}`)
    await page.getByRole('button', { name: 'Continue' }).click()
    await expect(page.getByText('Need admin approval')).toBeHidden()
    await page.getByText('Stuck on Microsoft’s page?').click()
    await page.getByRole('button', { name: 'Sign in with another account' }).click()
    await page.waitForURL(/authorize/)

    await page.goBack()
    await expect(page.getByText('Need admin approval')).toBeVisible()
    for (const code of [90094, 50020, 50105, 50057]) await expect(page.getByText(`AADSTS${code}`)).toBeVisible()
    await page.getByRole('button', { name: 'Sign in with another account' }).click()
    await pickAccount(page, world.account('owner'))
    // What is recommended is asked for, as the ticks on the page say.
    await expect(page.getByText('(GroupMember.Read.All)')).toBeVisible()
  })

  test('nothing that is folded away in the wizard is cut, or hard to read', async ({ page, world }) => {
    const unfold = () =>
      page.locator('main details').evaluateAll((all) => {
        for (const one of all as HTMLDetailsElement[]) one.open = true
      })
    await signIn(page, world.account('owner'))
    await page.goto('/integrations/azure/connect')
    await unfold()
    await expect(page.getByText('User.Read.All').first()).toBeVisible()
    await expect(page.getByText(/Microsoft has no read-only version of this one/)).toBeVisible()
    await inspect(page, 'before you begin, unfolded')

    await page.goto(`/integrations/azure/connect/subscription?subscription=${world.subscription.id}`)
    await page.getByRole('button', { name: 'Continue' }).click()
    await expect(page.getByRole('button', { name: 'Continue to Microsoft' })).toBeVisible()
    await unfold()
    await inspect(page, 'the invitation to sign in, unfolded')
  })
})

test.describe('with twelve subscriptions', () => {
  test.use({
    viewport: { width: 1440, height: 900 },
    spec: { people: 12, assignments: 60, subscriptions: 12, managementGroupDepth: 1, managementGroups: 3 },
  })

  test('all are chosen with one click, connected with one button in sight, and told in one line', async ({
    page,
    world,
  }) => {
    await signIn(page, world.account('owner'))
    await goToChecks(page, world)
    const button = page.getByRole('button', { name: /^Connect/ })
    await expect(button).toBeInViewport({ ratio: 1 })

    const search = page.getByRole('searchbox', { name: 'Search subscriptions' })
    const lines = page.getByRole('list', { name: 'Subscriptions' }).getByRole('listitem')
    await search.fill(world.subscriptions[3]?.id ?? '')
    await expect(lines).toHaveCount(1)
    await lines.getByRole('checkbox').check()
    await search.fill(world.subscriptions[4]?.id ?? '')
    await expect(lines).toHaveCount(1)
    await expect(button).toHaveText('Connect 2 subscriptions')
    await search.fill('')
    await page.getByRole('checkbox', { name: /^Choose all 11/ }).check()
    await search.fill(world.subscriptions[5]?.id ?? '')
    await expect(lines).toHaveCount(1)
    // What is chosen and not in sight is connected as well.
    await button.click()

    await expect(heading(page, 'Connected')).toBeVisible()
    await expect(page.getByText(/^12 of 12 synced, \d+ people$/)).toBeVisible()
    const each = page.getByRole('list', { name: 'Connected subscriptions' })
    await expect(each).toHaveCount(0)
    const found = page.getByRole('region', { name: 'In all connected subscriptions' })
    const granting = found.getByRole('link', { name: /can grant access$/ })
    const people = Number.parseInt((await granting.textContent()) ?? '', 10)
    expect(people).toBeGreaterThan(0)
    await page.getByText('Each of the 12').click()
    await expect(each.getByText('Synced', { exact: true })).toHaveCount(12)
    const onwards = page.getByRole('link', { name: 'See who has access' })
    await expect(onwards).toHaveCount(1)
    await onwards.click()
    await page.waitForURL(/\/people$/)
    await page.goBack()
    await granting.click()
    await page.waitForURL(/\/people\?signal=can_grant$/)
    await expect(page.getByRole('table').getByRole('row')).toHaveCount(people + 1)
  })
})
