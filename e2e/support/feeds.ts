import type { Page } from '@playwright/test'
import { expect } from './test'

/** Makes a feed with the filters of this query. Gives its id, and its token, which the page shows this once. */
export async function makeFeed(page: Page, name: string, query = ''): Promise<{ feedId: string; token: string }> {
  await page.goto(`/settings/feeds${query}`)
  return nameFeed(page, name)
}

/** The same from the page on which a feed gets its name. */
export async function nameFeed(page: Page, name: string): Promise<{ feedId: string; token: string }> {
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByRole('button', { name: 'Make the feed' }).click()
  const made = page.getByRole('status').filter({ hasText: 'Copy its token now' })
  await expect(made).toContainText(name)
  const [token = '', address = ''] = await made.locator('code').allTextContents()
  expect(token).toMatch(/^[\w-]{64}$/)
  return { feedId: /\/feeds\/([0-9a-f-]{36})\//.exec(address)?.[1] ?? '', token }
}
