import type { Assignment, Eligibility } from '../world/types'

/** The principal type that a list shows for a row; null when the type is missing there. */
export function shownTypeOf({ principalType, shownType }: Assignment | Eligibility): string | null {
  return shownType === undefined ? principalType : shownType
}
