/** Characters drawn about twice as wide as Latin ones: Chinese, Japanese, Korean, full-width forms, pictures. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff00-\uff60]/u
const BROAD = /[A-Z@%mw]/
const NARROW = /[fijlrtI .,:;'|()-]/

const widthOf = (character: string): number =>
  WIDE.test(character) ? 2 : NARROW.test(character) ? 0.6 : BROAD.test(character) ? 1.3 : 1

/** A name cut to a width, in ordinary letters, for a drawing that cannot cut text itself. Never within a character that is several. */
export function shorten(name: string, width: number): string {
  const characters = [...new Intl.Segmenter('en').segment(name)].map(({ segment }) => segment)
  let left = width
  const fit = characters.findIndex((character) => {
    left -= widthOf(character)
    return left < 0
  })
  return fit < 0
    ? name
    : `${characters
        .slice(0, Math.max(1, fit - 1))
        .join('')
        .trimEnd()}…`
}
