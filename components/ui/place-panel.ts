/** The space between a panel that floats and its button or the edge of the window, in pixels. */
const GAP = 6

/** Puts a panel below its button, or above it near the window's bottom; in the right half of the window their right edges align. */
export function placePanel(panel: HTMLElement, button: HTMLElement) {
  const box = button.getBoundingClientRect()
  const above = box.top > window.innerHeight * 0.6
  const fromRight = box.left > window.innerWidth / 2
  Object.assign(panel.style, {
    margin: '0',
    top: above ? 'auto' : `${box.bottom + GAP}px`,
    bottom: above ? `${window.innerHeight - box.top + GAP}px` : 'auto',
    left: fromRight ? 'auto' : `${Math.max(GAP, box.left)}px`,
    right: fromRight ? `${Math.max(GAP, document.documentElement.clientWidth - box.right)}px` : 'auto',
  })
}
