const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A length of time in milliseconds as one rounded-down unit: `40 s`, `4 min`, `1 h`, `2 days`, `5 months`, `3 years`. */
export function age(milliseconds: number): string {
  const passed = Math.max(0, milliseconds)
  if (passed < MINUTE) return `${Math.floor(passed / 1000)} s`
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min`
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h`
  const days = Math.floor(passed / DAY)
  if (days < 60) return days === 1 ? '1 day' : `${days} days`
  if (days < 730) return `${Math.floor(days / 30)} months`
  return `${Math.floor(days / 365)} years`
}
