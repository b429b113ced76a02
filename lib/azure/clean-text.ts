/** Names come from whoever could set one; no honest one is longer. */
const LONGEST_TEXT = 1000

/** A foreign text that PostgreSQL accepts: no NUL, no half of a surrogate pair, at most 1,000 characters. Empty reads as null. */
export function cleanText(text: string | null | undefined): string | null {
  const whole = (text ?? '').replaceAll('\u0000', '').toWellFormed()
  const clean =
    whole.length > LONGEST_TEXT
      ? [...whole.slice(0, 2 * LONGEST_TEXT)].slice(0, LONGEST_TEXT).join('').toWellFormed()
      : whole
  return clean === '' ? null : clean
}
