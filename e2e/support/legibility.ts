import { expect, type Page } from '@playwright/test'

/** Every width at which a layout changes, on either side: from the narrowest window (WCAG 1.4.10) to a large one. */
export const WIDTHS = [320, 390, 640, 768, 900, 1024, 1280, 1440] as const

/** A4 with margins of a centimetre, upright, in pixels. */
const PAPER = { width: 718, height: 1000 }

/** So tall that nothing has to be scrolled to be looked at. */
const TALLEST = 12_000

/**
 * What cannot be read on a page, each as a sentence with the text that it is about. `beside` are the tables that have to be
 * scrolled sideways, although they do not have as many columns as there happen to be.
 */
export type Illegible = { cut: string[]; overlapping: string[]; beside: string[] }

/** Looks at the page as it stands at every width and on paper: all of its text can be read, and none lies on another. */
export async function isLegibleEverywhere(page: Page, what: string): Promise<void> {
  const before = page.viewportSize()
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 })
    await isLegible(page, `${what} at ${width} pixels`)
  }
  await page.setViewportSize(PAPER)
  await page.emulateMedia({ media: 'print' })
  await isLegible(page, `${what} on paper`)
  await page.emulateMedia({ media: null })
  if (before) await page.setViewportSize(before)
}

/** All text of the page as it stands can be read, also where a box is scrolled sideways, and none lies on another. */
export async function isLegible(page: Page, what: string): Promise<void> {
  expect(await readIllegible(page), what).toEqual({ cut: [], overlapping: [], beside: [] })
}

/**
 * What cannot be read at the window's present width. The window is made as tall as the page meanwhile, because only what is
 * in it can be asked which element is on top.
 */
export async function readIllegible(page: Page): Promise<Illegible> {
  const before = page.viewportSize()
  if (before) {
    const height = await page.evaluate(() => document.documentElement.scrollHeight)
    await page.setViewportSize({ width: before.width, height: Math.min(Math.max(before.height, height), TALLEST) })
  }
  const found = await page.evaluate(findIllegible)
  if (before) await page.setViewportSize(before)
  return found
}

/** Runs in the page, so it can use nothing from outside itself. */
function findIllegible(): Illegible {
  type Box = { left: number; top: number; right: number; bottom: number }
  type Piece = { node: Text; element: Element; box: Box }

  /** So much of a cut text has to be seen for a title to make up for the rest: about twelve letters. */
  const ENOUGH_TO_RECOGNISE = 80
  /** Glyphs reach a little beyond their line without touching another. */
  const TOLERANCE = 2

  const styles = new Map<Element, CSSStyleDeclaration>()
  const styleOf = (element: Element) => {
    const known = styles.get(element) ?? getComputedStyle(element)
    styles.set(element, known)
    return known
  }
  const ancestorsOf = (element: Element) => {
    const all: Element[] = []
    for (let at: Element | null = element; at; at = at.parentElement) all.push(at)
    return all
  }
  const cross = (one: Box, other: Box): Box => ({
    left: Math.max(one.left, other.left),
    top: Math.max(one.top, other.top),
    right: Math.min(one.right, other.right),
    bottom: Math.min(one.bottom, other.bottom),
  })
  const isEmpty = ({ left, top, right, bottom }: Box) => right - left <= 0 || bottom - top <= 0
  const clips = (value: string) => value !== 'visible'
  const scrolls = (value: string) => value === 'auto' || value === 'scroll'
  const quote = ({ node }: Piece) => `“${node.data.trim().replaceAll(/\s+/g, ' ').slice(0, 60)}”`

  /** Words that only a screen reader is to meet are in a box of one pixel, or clipped to nothing. */
  const isHidden = (element: Element) =>
    !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) ||
    ancestorsOf(element).some((one) => {
      const { clipPath, position, overflow } = styleOf(one)
      if (clipPath === 'inset(50%)') return true
      const { width, height } = one.getBoundingClientRect()
      return position === 'absolute' && overflow === 'hidden' && width <= 1.5 && height <= 1.5
    })

  const readPieces = (): Piece[] => {
    const all: Piece[] = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement
      if (!element || !node.nodeValue?.trim() || element.closest('option, script, style, title')) continue
      if (isHidden(element)) continue
      const range = document.createRange()
      range.selectNodeContents(node)
      for (const rect of range.getClientRects())
        if (rect.width > 0 && rect.height > 0) all.push({ node: node as Text, element, box: rect.toJSON() as Box })
    }
    return all
  }
  const pieces = readPieces()

  const cut = new Set<string>()
  const overlapping = new Set<string>()

  const look = (scrolled: string) => {
    const seen: Piece[] = []
    for (const piece of pieces) {
      const { element, box } = piece
      let shown = box
      let lost = 0
      for (const one of ancestorsOf(element)) {
        const { overflowX, overflowY, position } = styleOf(one)
        if ((clips(overflowX) || clips(overflowY)) && one !== document.body && one !== document.documentElement) {
          const { left, right, top, bottom } = one.getBoundingClientRect()
          const area = {
            left: clips(overflowX) ? left : -Infinity,
            right: clips(overflowX) ? right : Infinity,
            top: clips(overflowY) ? top : -Infinity,
            bottom: clips(overflowY) ? bottom : Infinity,
          }
          const inside = cross(shown, area)
          // What a box scrolls away can be scrolled back.
          if (!scrolls(overflowX))
            lost += Math.max(0, shown.right - shown.left - Math.max(0, inside.right - inside.left))
          if (!scrolls(overflowY) && (inside.bottom - inside.top) * 2 < shown.bottom - shown.top) lost += Infinity
          shown = inside
        }
        if (position === 'fixed') break
      }
      if (lost > TOLERANCE) {
        const titled = element.closest('[title]') ?? element.closest('summary, details')
        const left = Math.max(0, shown.right - shown.left)
        if (!titled || left < ENOUGH_TO_RECOGNISE)
          cut.add(`${quote(piece)}: ${Math.round(left)} of ${Math.round(box.right - box.left)} pixels are seen`)
      }
      if (!isEmpty(shown)) seen.push({ ...piece, box: shown })
    }

    seen.sort((one, other) => one.box.top - other.box.top)
    seen.forEach((one, index) => {
      for (const other of seen.slice(index + 1)) {
        if (other.box.top >= one.box.bottom - TOLERANCE) break
        if (other.node === one.node) continue
        const both = cross(one.box, other.box)
        if (both.right - both.left <= TOLERANCE || both.bottom - both.top <= TOLERANCE * 2) continue
        if (bothAreSeen(one, other, both)) overlapping.add(`${quote(one)} and ${quote(other)}${scrolled}`)
      }
    })
  }

  /** Whether no opaque surface lies between two texts where they meet. */
  const bothAreSeen = (one: Piece, other: Piece, { left, right, top, bottom }: Box): boolean => {
    const stack = document.elementsFromPoint((left + right) / 2, (top + bottom) / 2)
    const upper = stack.find((element) => element === one.element || element === other.element)
    if (!upper) return false
    const lower = upper === one.element ? other.element : one.element
    for (const element of stack.slice(stack.indexOf(upper))) {
      if (element === lower) return true
      const { backgroundColor } = styleOf(element)
      const alpha = /(?:\/|,\s*[\d.]+%?,\s*[\d.]+%?,)\s*([\d.]+)\)$/.exec(backgroundColor)?.[1]
      if (backgroundColor !== 'rgba(0, 0, 0, 0)' && backgroundColor !== 'transparent' && Number(alpha ?? 1) >= 0.95)
        return false
    }
    return false
  }

  look('')
  const sideways = [...document.querySelectorAll('*')].filter(
    (one) => scrolls(styleOf(one).overflowX) && one.scrollWidth > one.clientWidth + 1,
  )
  for (const one of sideways) one.scrollLeft = (one.scrollWidth - one.clientWidth) / 2
  if (sideways.length > 0) {
    pieces.splice(0, pieces.length, ...readPieces())
    look(', scrolled sideways')
    for (const one of sideways) one.scrollLeft = 0
  }
  // What a select shows is no text of the page: its widest need is what the chosen option takes.
  const pen = document.createElement('canvas').getContext('2d')
  for (const select of document.querySelectorAll('select')) {
    const { font, paddingLeft, paddingRight } = styleOf(select)
    const label = select.selectedOptions[0]?.label ?? ''
    if (!pen || isHidden(select)) continue
    pen.font = font
    const needed = pen.measureText(label).width
    const room = select.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight)
    if (needed > room + TOLERANCE)
      cut.add(`“${label}” of a select: ${Math.round(room)} of ${Math.round(needed)} pixels`)
  }

  const tables = [...document.querySelectorAll<HTMLTableElement>('table:not([data-scrolls])')]
  const beside = tables.filter((one) => one.scrollWidth > (one.parentElement?.clientWidth ?? Infinity) + 1)
  return {
    cut: [...cut].slice(0, 12),
    overlapping: [...overlapping].slice(0, 12),
    beside: beside.map((table) => `${table.caption?.textContent}: ${table.scrollWidth} pixels`),
  }
}
