export const THEMES = ['system', 'light', 'dark'] as const

export type Theme = (typeof THEMES)[number]

/** For how many seconds a choice of theme is remembered: a year. */
const THEME_SECONDS = 365 * 24 * 60 * 60

/**
 * Name and attributes of the cookie that stores the theme. On https its name begins with `__Host-`, as those of the sign-in do,
 * so that no other host can set it; on plain http browsers would drop a cookie of such a name.
 */
export function themeCookie(portalUrl: string) {
  const secure = portalUrl.startsWith('https://')
  return {
    name: `${secure ? '__Host-' : ''}rolecall.theme`,
    options: { path: '/', maxAge: THEME_SECONDS, sameSite: 'lax' as const, httpOnly: true, secure },
  }
}

/** The theme that a cookie stores. Without a cookie, or with an unknown value, it is the system's. */
export function parseTheme(stored: string | null | undefined): Theme {
  return THEMES.find((theme) => theme === stored) ?? 'system'
}
