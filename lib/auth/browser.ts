/** The part of a user agent that tells a browser, in the order in which it is looked for: most browsers name others too. */
const BROWSERS: [RegExp, string][] = [
  [/\bEdg(?:A|iOS)?\//, 'Edge'],
  [/\b(?:OPR|OPT|Opera)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|HeadlessChrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bVersion\/\S+ .*Safari\//, 'Safari'],
]

/** The same for the system. iPads and phones come before the systems that they also name. */
const SYSTEMS: [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMacintosh\b|\bMac OS X\b/, 'macOS'],
  [/\bLinux\b|\bX11\b/, 'Linux'],
]

/** Characters of a user agent that are looked at. Those of browsers have some hundred; a longer one was made up. */
const LONGEST_USER_AGENT = 512

/**
 * A browser in words, such as "Firefox on Windows". Only these words are stored and shown, never what the browser sent, so that
 * nobody can write anything of their own into a list of sessions.
 */
export function describeBrowser(userAgent: string | null): string {
  const text = startOf(userAgent)
  const find = (known: [RegExp, string][]) => known.find(([pattern]) => pattern.test(text))?.[1]
  const [browser, system] = [find(BROWSERS), find(SYSTEMS)]
  if (browser) return system ? `${browser} on ${system}` : browser
  return system ? `A browser on ${system}` : 'An unknown browser'
}

/** Whether a browser runs on one of Apple's systems, where `⌘` is the key for commands and not `Ctrl`. */
export const isApple = (userAgent: string | null): boolean =>
  /\b(?:iPhone|iPad|Macintosh|Mac OS X)\b/.test(startOf(userAgent))

const startOf = (userAgent: string | null): string => (userAgent ?? '').slice(0, LONGEST_USER_AGENT)
