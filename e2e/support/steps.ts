import type { Locator, Page } from '@playwright/test'

/**
 * Counts what somebody does by hand: each click and each key counts one, and each field that is filled counts one, whatever is
 * typed. A choice of a list takes two clicks, one to open it. Waiting and looking are free.
 */
export class Steps {
  clicks = 0
  fields = 0

  constructor(private readonly page: Page) {}

  async click(what: Locator): Promise<void> {
    this.clicks += 1
    await what.click()
  }

  async press(key: string): Promise<void> {
    this.clicks += 1
    await this.page.keyboard.press(key)
  }

  async fill(field: Locator, text: string): Promise<void> {
    this.fields += 1
    await field.fill(text)
  }

  async choose(list: Locator, label: string): Promise<void> {
    this.clicks += 2
    await list.selectOption({ label })
  }
}
