/** A condition of a role assignment in plain words; null when its form is not a known one. */
export function wordsOfCondition(_condition: string, _nameOfRole?: (id: string) => string | null): string | null {
  return null
}
