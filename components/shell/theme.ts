export const THEMES = ['system', 'light', 'dark'] as const

export type Theme = (typeof THEMES)[number]

export const THEME_COOKIE = 'rolecall.theme'

/** The theme that a cookie stores. Without a cookie, or with an unknown value, it is the system's. */
export function parseTheme(stored: string | null | undefined): Theme {
  return THEMES.find((theme) => theme === stored) ?? 'system'
}
