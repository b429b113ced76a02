import type { EffectiveAccess } from './true-access'

/** As something that a failed test can print: every line one way, or the fact that there are more than are listed. */
export function accessLines(access: EffectiveAccess): string[] {
  return [...access]
    .flatMap(([key, { ways, truncated, deniedBy }]) => [
      ...(truncated ? [`${key}: more ways than are listed`] : [...ways].map((way) => `${key}: ${way}`)),
      `${key}: denied by ${deniedBy.join(', ') || 'nothing'}`,
    ])
    .sort()
}
