import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { type Account, control } from './support/sandbox'
import { connect, expect, signIn, test } from './support/test'

const FOLDER = 'docs/images'

test.use({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' })

/** Takes a picture for the README. One that is there stays, so that a test run leaves no changes; UPDATE_PICTURES=1 takes it anew. */
async function picture(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0)
  const image = await page.screenshot({ animations: 'disabled', caret: 'hide' })
  const file = join(FOLDER, name)
  if (existsSync(file) && !process.env.UPDATE_PICTURES) return
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(file, image)
}

test('the demo looks as the README shows it', async ({ page, world }) => {
  const demo = await control<{
    accounts: Account[]
    subscriptions: { id: string; name: string; tenantId: string }[]
  }>('GET', 'info')
  const ada = demo.accounts.find(({ kind }) => kind === 'owner')
  if (!ada) throw new Error('The demo has no owner.')
  const named = (name: string) => {
    const found = demo.subscriptions.find((one) => one.name.includes(name))
    if (!found) throw new Error(`The demo has no ${name}.`)
    return found
  }

  await signIn(page, ada)
  for (const name of ['Staging', 'Development', 'Production']) await connect(page, world, named(name), ada)
  await page.getByRole('link', { name: 'See who has access' }).click()
  await expect(page.getByRole('table').getByRole('row').filter({ hasText: ada.username }).first()).toBeVisible()
  await picture(page, 'results.png')

  await page.getByRole('link', { name: 'Jiří Novotný' }).click()
  await expect(page.getByRole('img', { name: /^All ways to \d+ roles/ })).toBeVisible()
  await picture(page, 'paths.png')

  await page.goto('/integrations')
  const tiles = page.getByRole('listitem').filter({ has: page.getByRole('button', { name: /^Actions for/ }) })
  await expect(tiles.filter({ has: page.getByText('Synced', { exact: true }) })).toHaveCount(3)
  await picture(page, 'integrations.png')
})
