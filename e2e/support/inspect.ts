import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'
import { isLegible } from './legibility'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What the theme can change; everything else is checked once a width. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block']

const WIDE = { width: 1280, height: 800 }
const PHONE = { width: 390, height: 844 }
/** The narrowest window that content must fit (WCAG 1.4.10), which is also 1280 at 400 %. */
const NARROWEST = { width: 320, height: 640 }

/**
 * Looks at the page as it stands: nothing for axe to complain of in both themes, wide and on a phone; nothing that
 * sticks out sideways, is cut or lies on another text at 320 pixels, at 200 % zoom or with text twice as large; nothing
 * that moves on its own.
 */
export async function inspect(page: Page, what: string): Promise<void> {
  await expect(page.locator('h1').first(), what).toBeVisible()
  // The title comes with the rest of the page's data, a moment later on a busy machine.
  await expect(page, what).toHaveTitle(/./)
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await axe(page, `${what}, light, wide`)
  await page.emulateMedia({ colorScheme: 'dark' })
  await axe(page, `${what}, dark, wide`, COLOUR_RULES)
  await page.setViewportSize(PHONE)
  await axe(page, `${what}, dark, phone`)
  await page.emulateMedia({ colorScheme: 'light' })
  await axe(page, `${what}, light, phone`, COLOUR_RULES)

  await page.setViewportSize(NARROWEST)
  await fits(page, `${what} at 320 pixels`)
  await page.setViewportSize({ width: WIDE.width / 2, height: WIDE.height / 2 })
  await fits(page, `${what} at 200 % zoom`)
  await page.setViewportSize(WIDE)
  await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'))
  await fits(page, `${what} with text twice as large`)
  await page.evaluate(() => document.documentElement.style.removeProperty('font-size'))

  const moving = await page.evaluate(() => document.getAnimations().map((one) => `${one.constructor.name} ${one.id}`))
  expect(moving, `${what} moves although motion is not wanted`).toEqual([])
}

async function axe(page: Page, what: string, rules?: string[]): Promise<void> {
  // The page has no frames, so axe needs no second window to put its results together.
  const loaded = await page.evaluate(() => 'axe' in window)
  const builder = new AxeBuilder(loaded ? { page, axeSource: 'void 0' } : { page }).setLegacyMode(true)
  const { violations, passes, incomplete } = await (rules
    ? builder.withRules(rules)
    : builder.withTags(RULES)
  ).analyze()
  const found = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`))
  expect(found, what).toEqual([])
  // Over a dialog's backdrop axe leaves contrast for people to judge.
  expect(passes.length + incomplete.length, `axe looked at ${what}`).toBeGreaterThan(0)
}

async function fits(page: Page, what: string): Promise<void> {
  const wider = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    if (scrollWidth <= clientWidth) return []
    const sticksOut = (one: Element) => one.getBoundingClientRect().right > clientWidth + 1
    const scrolls = (one: Element) => one.parentElement?.closest('.overflow-x-auto, dialog, [popover]')
    const beyond = [...document.querySelectorAll('body *')].filter((one) => sticksOut(one) && !scrolls(one))
    return [`${scrollWidth} > ${clientWidth}`, ...beyond.slice(0, 4).map((one) => one.outerHTML.slice(0, 160))]
  })
  expect(wider, what).toEqual([])
  await isLegible(page, what)
}
