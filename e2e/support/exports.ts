import type { Page } from '@playwright/test'

/** Has a worker write an export of the list with this address, and gives its id once it is there. */
export async function prepareExport(page: Page, address: string): Promise<string> {
  await page.goto(`/settings/exports?of=${encodeURIComponent(address)}`)
  await page.getByRole('button', { name: 'Prepare', exact: true }).click()
  const href = await page
    .getByRole('link', { name: /^Download/ })
    .first()
    .getAttribute('href')
  const [, id] = /\/exports\/([0-9a-f-]{36})\/file$/.exec(href ?? '') ?? []
  if (!id) throw new Error('The page has no link to the export.')
  return id
}
