import type { Permission, Privilege } from '@/lib/domain/vocabulary'
import { grantsAccess } from './grants-access'
import { leavesOver } from './leaves-over'
import { NOT_WRITING } from './not-writing'
import { OPENS_DATA } from './opens-data'
import { operationsOf, type Verb } from './operations-of'
import { READING_DATA } from './reading-data'

const CHANGING: readonly Verb[] = ['write', 'delete', 'action']
const EVERY: readonly Verb[] = ['read', ...CHANGING]

/**
 * What a role amounts to, the strongest that is true: it grants access; it writes on the control plane; it writes data; it
 * reads data; it reads.
 *
 * A role writes when one of its permissions has an operation ending in write, delete or action that is left after its
 * notActions and is not in `NOT_WRITING`. That is decided on patterns and exactly, not by trying names: `operationsOf`
 * gives the operations of an action that end in the verb as patterns, and `leavesOver` says of each whether the
 * not-lists cover all of it. So `Microsoft.Compute/*` without `*` + `/write`, `*` + `/delete` and `*` + `/action` reads.
 */
export function privilegeOf(permissions: readonly Permission[]): Privilege {
  if (grantsAccess(permissions)) return 'grants_access'
  if (permissions.some((one) => has(one.actions, CHANGING, [...one.notActions, ...NOT_WRITING, ...OPENS_DATA]))) {
    return 'writes'
  }
  if (permissions.some((one) => has(one.dataActions, CHANGING, [...one.notDataActions, ...READING_DATA]))) {
    return 'writes_data'
  }
  return permissions.some(readsData) ? 'reads_data' : 'reads'
}

/** Only reached when nothing is written: an action that is left on the control plane is then one that opens data. */
function readsData({ actions, notActions, dataActions, notDataActions }: Permission): boolean {
  return has(dataActions, EVERY, notDataActions) || has(actions, ['action'], [...notActions, ...NOT_WRITING])
}

function has(patterns: readonly string[], verbs: readonly Verb[], taken: readonly string[]): boolean {
  return patterns.some((pattern) =>
    verbs.some((verb) => operationsOf(pattern, verb).some((operations) => leavesOver(operations, taken))),
  )
}
