/**
 * The key of an assignment: its scope and its GUID, which is unique within the scope only. In lower case, since Azure
 * writes both in either case. An eligibility and a delegation have a word in front of it.
 */
export const assignmentKey = (scope: string, name: string): string => `${scope} ${name}`.toLowerCase()

const ID = /^(.*)\/providers\/Microsoft\.Authorization\/[^/]+\/([^/]+)$/i

/** The key in the ID that Azure gives an assignment or one of its schedules; null for the ID of anything else. */
export function keyInId(id: string | null | undefined): string | null {
  const [, scope, name] = ID.exec(id ?? '') ?? []
  return name ? assignmentKey(scope || '/', name) : null
}
