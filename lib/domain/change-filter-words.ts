import { CAUSE_LABELS, EFFECT_LABELS } from './change-words'
import type { ChangesFilter } from './views'
import { isolateName, momentWords } from './words'

/** What is called how: the names of what filters have the ids of. Null where a name is not known any more. */
export type FilterNames = {
  connection: (id: string) => string | null
  role: (id: string) => string | null
  person: (id: string) => string | null
}

/** What changes are narrowed down to, in words: `Gained · privileged roles only · in Production`. */
export function changeFilterWords(filter: ChangesFilter, names: FilterNames): string {
  const { effect, cause, privileged, roleId, connectionId, personId, by, after, until } = filter
  const nameOf = (id: string, name: string | null) => isolateName(name ?? id)
  const words = [
    effect && EFFECT_LABELS[effect],
    cause && CAUSE_LABELS[cause],
    privileged && 'privileged roles only',
    roleId && `the role ${nameOf(roleId, names.role(roleId))}`,
    connectionId && `in ${nameOf(connectionId, names.connection(connectionId))}`,
    personId && `about ${nameOf(personId, names.person(personId))}`,
    by && `done by ${isolateName(by)}`,
    after && `after ${momentWords(after)}`,
    until && `until ${momentWords(until)}`,
  ].filter((word) => word !== null && word !== false && word !== '')
  return words.length > 0 ? words.join(' · ') : 'All changes'
}
