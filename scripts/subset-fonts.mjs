import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import subsetFont from 'subset-font'
import { projectRoot } from './project.mjs'

// Makes the two font files that every page loads, from those of the package `geist`: the letters of the Latin script with Vietnamese,
// digits, punctuation and arrows, in the weights that the portal uses. Run it when the package has changed; what it makes is committed.
// Other letters come from the package's whole file, which a browser loads only for a page that has some of them (app/fonts/fonts.ts).

const FOLDER = join(projectRoot, 'app', 'fonts')
const PACKAGE = join(projectRoot, 'node_modules', 'geist')
const source = (file) => readFileSync(join(PACKAGE, 'dist', 'fonts', file))

const range = (first, last) =>
  Array.from({ length: last - first + 1 }, (_, index) => String.fromCodePoint(first + index)).join('')

const ASCII = range(0x20, 0x7e)
/** The letters of `LATIN` in app/fonts/fonts.ts. */
const LATIN = [
  [0x20, 0x7e],
  [0xa0, 0x17f],
  [0x1a0, 0x1a1],
  [0x1af, 0x1b0],
  [0x1ea0, 0x1ef9],
  [0x2010, 0x2044],
  [0x20ab, 0x20ac],
]
  .map(([first, last]) => range(first, last))
  .concat(range(0x2190, 0x2199), '⌘−×≤≥✓')
  .join('')

const FONTS = [
  {
    file: 'geist-sans.woff2',
    from: 'geist-sans/Geist-Variable.woff2',
    text: LATIN,
    axes: { wght: { min: 400, max: 600 } },
  },
  { file: 'geist-mono.woff2', from: 'geist-mono/GeistMono-Variable.woff2', text: `${ASCII}…`, axes: { wght: 400 } },
]

mkdirSync(FOLDER, { recursive: true })
for (const { file, from, text, axes } of FONTS) {
  const font = await subsetFont(source(from), text, { targetFormat: 'woff2', variationAxes: axes })
  writeFileSync(join(FOLDER, file), font)
  console.log(`${file}: ${font.length} bytes`)
}
copyFileSync(join(PACKAGE, 'LICENSE.txt'), join(FOLDER, 'LICENSE.txt'))
