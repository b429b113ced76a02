/** Characters; as long as the names that Azure allows for subscriptions, and a little longer. */
const LONGEST_LABEL = 90

/** Line ends, other controls, and the marks that turn around the direction of the text after them. */
const NOT_IN_A_LABEL = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u

/** What leaves no trace on the screen: blanks, marks without a width, fillers. */
const UNSEEN = /[\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu

/** What to do when {@link readLabel} gives nothing. */
export const LABEL_RULE =
  'A label has 1 to 90 characters, some of them visible, and no line breaks or marks that turn text around. Type another one.'

/**
 * The label of a connection as somebody typed it, without blanks around it; null when it breaks {@link LABEL_RULE}. It is
 * typed again to confirm a deletion, so it must be possible to see what it is.
 */
export function readLabel(typed: unknown): string | null {
  if (typeof typed !== 'string') return null
  const label = typed.trim()
  const isVisible = label.replace(UNSEEN, '') !== ''
  return isVisible && label.length <= LONGEST_LABEL && !NOT_IN_A_LABEL.test(label) ? label : null
}
