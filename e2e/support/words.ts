import type { Page } from '@playwright/test'

/**
 * How many words somebody who sees the page meets in its content, with the steps of the wizard and the link back among them. What
 * is folded away is not counted, nor what only screen readers are told, nor marks.
 */
export const countVisibleWords = (page: Page): Promise<number> =>
  page.getByRole('main').evaluate((main) => {
    const isForScreenReaders = (element: Element) => element.closest('.sr-only') !== null
    const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT)
    const words: string[] = []
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement
      if (!element?.checkVisibility({ visibilityProperty: true }) || element.closest('[aria-hidden="true"]')) continue
      // On a wide window some of these are shown to everybody, such as the names of the steps.
      if (isForScreenReaders(element) && element.getBoundingClientRect().width <= 1.5) continue
      words.push(...(node.nodeValue ?? '').split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)))
    }
    return words.length
  })
