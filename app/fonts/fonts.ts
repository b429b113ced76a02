import localFont from 'next/font/local'

/**
 * The font of the portal, cut down to what most pages need: the letters of the Latin script with Vietnamese, in three weights. Both files
 * that every page loads are made by scripts/subset-fonts.mjs, whose letters these are.
 */
export const sans = localFont({
  src: './geist-sans.woff2',
  variable: '--font-geist-sans',
  weight: '400 600',
  declarations: [
    {
      prop: 'unicode-range',
      value:
        'U+20-7E, U+A0-17F, U+1A0-1A1, U+1AF-1B0, U+1EA0-1EF9, U+2010-2044, U+20AB-20AC, U+2190-2199, U+2212, U+2264-2265, U+2318, U+2713, U+D7',
    },
  ],
})

/** The font of identifiers and commands: ASCII in one weight. Few pages begin with one, so it is only loaded where one is shown. */
export const mono = localFont({
  src: './geist-mono.woff2',
  variable: '--font-geist-mono',
  weight: '400',
  preload: false,
  adjustFontFallback: false,
  fallback: [
    'ui-monospace',
    'SFMono-Regular',
    'Roboto Mono',
    'Menlo',
    'Monaco',
    'Liberation Mono',
    'DejaVu Sans Mono',
    'monospace',
  ],
})

/** The whole font for all other letters that it has, which a browser loads only for a page with some of them. */
export const otherLetters = localFont({
  src: '../../node_modules/geist/dist/fonts/geist-sans/Geist-Variable.woff2',
  variable: '--font-geist-others',
  weight: '100 900',
  preload: false,
  adjustFontFallback: false,
  declarations: [
    {
      prop: 'unicode-range',
      value:
        'U+180-19F, U+1A2-1AE, U+1B1-1E9F, U+1EFA-200F, U+2045-20AA, U+20AD-218F, U+219A-2211, U+2213-2263, U+2266-2317, U+2319-2712, U+2714-FFFF',
    },
  ],
})
