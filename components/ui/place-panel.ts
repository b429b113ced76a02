/** The space between a panel that floats and its button or the edge of the window, in pixels. */
const GAP = 6

/**
 * Puts a panel below its button, or above it near the window's bottom; in the right half of the window their right edges align. A panel
 * that would leave the window is moved until it does not. Call it before the panel is shown, with its content in it.
 */
export function placePanel(panel: HTMLElement, button: HTMLElement) {
  const box = button.getBoundingClientRect()
  const { width, height } = measure(panel)
  const view = { width: document.documentElement.clientWidth, height: window.innerHeight }
  const below = box.bottom + GAP
  const above = box.top - GAP - height
  const isAbove = box.top > view.height * 0.6
  const isFromRight = box.left > view.width / 2
  Object.assign(panel.style, {
    margin: '0',
    inset: 'auto',
    left: `${within(isFromRight ? box.right - width : box.left, view.width - width)}px`,
    top: `${within(isAbove ? above : below, view.height - height)}px`,
  })
}

/** A place that leaves the gap on both sides, on the first side where there is no room for both. */
const within = (place: number, most: number) => Math.max(GAP, Math.min(place, most - GAP))

/** How large a panel is that is not shown yet. */
function measure(panel: HTMLElement): { width: number; height: number } {
  Object.assign(panel.style, { display: 'block', visibility: 'hidden', inset: '0 auto auto 0', margin: '0' })
  const { offsetWidth: width, offsetHeight: height } = panel
  Object.assign(panel.style, { display: '', visibility: '' })
  return { width, height }
}
