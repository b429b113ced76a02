import type { Page } from '@playwright/test'
import { expect } from './test'

/** The panel behind the button *Saved views*. */
export const panel = (page: Page) => page.getByRole('group', { name: 'Saved views' })

/** The link that opens a saved view. */
export const view = (page: Page, name: string) => panel(page).getByRole('link', { name, exact: true })

export const nameField = (page: Page) => panel(page).getByLabel('Name of this view')

export async function openPanel(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Saved views' }).click()
  await expect(panel(page)).toBeVisible()
}

/** Saves what the page shows, in the panel that is open. */
export async function saveView(page: Page, name: string): Promise<void> {
  await nameField(page).fill(name)
  await panel(page).getByRole('button', { name: 'Save this view' }).click()
}

/** Saves and shares what the list at this address shows. */
export async function shareNewView(page: Page, address: string, name: string): Promise<void> {
  await page.goto(address)
  await openPanel(page)
  await panel(page)
    .getByLabel(/^Share with everyone/)
    .check()
  await saveView(page, name)
  await expect(view(page, name)).toBeVisible()
}
