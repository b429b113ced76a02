import { connect, expect, openResults, signIn, test } from './support/test'

test.describe.configure({ mode: 'parallel' })

test.describe('fifty people on a page', () => {
  test.use({ spec: { people: 90, assignments: 200, groups: 6, guests: 3, eligibility: 4, deleted: 2 } })

  test('take few elements and few requests', async ({ page, world }) => {
    await signIn(page, world.account('owner'))
    await connect(page, world)
    const results = await openResults(page)
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(results, { waitUntil: 'networkidle' })
    await expect(page.getByRole('table').getByRole('row')).toHaveCount(51)
    expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBeLessThanOrEqual(1200)
    expect(asked.filter((url) => !url.startsWith('data:')).length).toBeLessThanOrEqual(20)
  })
})

test('the lists and what their panels say can be read without a script', async ({ page, world, browser }) => {
  const owner = world.account('owner')
  await signIn(page, owner)
  await connect(page, world)
  const results = await openResults(page)
  const plain = await browser.newContext({
    javaScriptEnabled: false,
    storageState: await page.context().storageState(),
  })
  const reader = await plain.newPage()
  await reader.goto(results)
  await expect(reader.getByRole('table').getByText(owner.username)).toBeVisible()
  await reader.getByRole('button', { name: /^Coverage/ }).click()
  // What stands in `noscript` is found by no text and no role, whether it is shown or not.
  await expect(reader.locator('[popover]:popover-open li').first()).toBeVisible()
  await reader.goto(new URL('/people', results).href)
  await expect(reader.getByRole('table').getByText(owner.username)).toBeVisible()
  await reader.goto(new URL('/integrations', results).href)
  await expect(reader.getByRole('link', { name: world.subscription.name }).first()).toBeVisible()
  await plain.close()
})

test('a page that takes its time says so, and the one before it stays until then', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  await connect(page, world)
  const results = await openResults(page)
  await page.goto(results)
  let goOn = () => {}
  const held = new Promise<void>((resolve) => {
    goOn = resolve
  })
  await page.route(/\/roles\?/, async (route) => {
    await held
    await route.continue()
  })
  await page
    .getByRole('navigation', { name: 'Results' })
    .getByRole('link', { name: /^Roles/ })
    .click()
  await expect(page.getByRole('progressbar', { name: 'Loading the page' })).toBeVisible()
  await expect(page.getByRole('table', { name: 'People and their roles' })).toBeVisible()
  goOn()
  await page.waitForURL(`${results}/roles`)
  await expect(page.getByRole('progressbar')).toHaveCount(0)
})
