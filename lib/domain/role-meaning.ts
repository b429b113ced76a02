import { GRANTING_OPERATIONS, NOT_WRITING, OPENS_DATA, READING_DATA } from './role-operations'
import { covers, leavesOver, operationsOf, UNWRITTEN, type Verb } from './role-patterns'
import type { Permission, Plane, Privilege } from './vocabulary'

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

/**
 * Whether a role allows an operation, on the control plane (Azure Resource Manager) and on the data plane (what is inside
 * a resource). The same name can be an operation of either, so both are answered.
 *
 * What a permission gives is its actions minus its notActions, likewise its dataActions minus its notDataActions; what
 * a role gives is the union over its permissions. A not-list is no denial: it takes nothing from another permission,
 * nor from another role ("Understand Azure role definitions", NotActions).
 */
export function allows(permissions: readonly Permission[], operation: string): { control: boolean; data: boolean } {
  const any = (patterns: string[]) => patterns.some((pattern) => covers(pattern, operation))
  return {
    control: permissions.some(({ actions, notActions }) => any(actions) && !any(notActions)),
    data: permissions.some(({ dataActions, notDataActions }) => any(dataActions) && !any(notDataActions)),
  }
}

/**
 * Whether a role allows a verb on every type of resource of every provider of Microsoft's: asked of a type that nobody
 * names, which only a pattern that means them all can cover (`*`, `*` + `/write`, `Microsoft.*`). What a not-list takes from
 * single types or providers does not change the answer.
 */
export function allowsOnEveryType(permissions: readonly Permission[], verb: Verb): boolean {
  const operation = `Microsoft.${UNWRITTEN}/${UNWRITTEN}/${verb}`
  const any = (patterns: string[]) => patterns.some((one) => !one.includes(UNWRITTEN) && covers(one, operation))
  return permissions.some(({ actions, notActions }) => any(actions) && !any(notActions))
}

/** Whether a role lets its holder give roles, to others or to themselves: any one of the granting operations is enough. */
export function grantsAccess(permissions: readonly Permission[]): boolean {
  return GRANTING_OPERATIONS.some((operation) => allows(permissions, operation).control)
}

/** Ways to give oneself a role. Elevation is none: it needs a Global Administrator, whom no Azure role makes. */
const TAKING_ROLES = [
  'Microsoft.Authorization/roleAssignments/write',
  'Microsoft.Authorization/roleDefinitions/write',
  'Microsoft.Authorization/roleAssignmentScheduleRequests/write',
]

/**
 * Whether a role amounts to Owner: every kind of operation on every type of resource, and the giving of roles. However it is
 * written: `*`, or `*` + `/read`, `*` + `/write`, `*` + `/delete` and `*` + `/action`, in one permission or in several.
 *
 * What a not-list takes away beside that does not matter, be it one operation or a provider: whoever may give roles gets
 * it back with one assignment. It matters when it takes a verb from every type, or all the ways to give oneself a role.
 */
export function isOwnerEquivalent(permissions: readonly Permission[]): boolean {
  return (
    (['read', 'write', 'delete', 'action'] as const).every((verb) => allowsOnEveryType(permissions, verb)) &&
    TAKING_ROLES.some((operation) => allows(permissions, operation).control)
  )
}

/** Beside granting: taking roles away, and what is denied. */
const DECIDING_ACCESS = [
  'Microsoft.Authorization/roleAssignments/delete',
  'Microsoft.Authorization/roleDefinitions/delete',
  'Microsoft.Authorization/denyAssignments/write',
  'Microsoft.Authorization/denyAssignments/delete',
]

/**
 * Whether a role is what Azure calls a privileged administrator role: it decides who has access, or writes to every type of
 * resource (Owner, Contributor, User Access Administrator, Role Based Access Control Administrator, and custom roles
 * like them). Microsoft's rule for roles of any kind is a list of actions: `*`, `*` + `/write`, `*` + `/delete`, and write
 * and delete of role assignments, role definitions and deny assignments ("Understand Azure role definitions", privileged
 * administrator role definition; recalled). An action on every type is added here: it hands out every key.
 */
export function isPrivileged(permissions: readonly Permission[]): boolean {
  return (
    grantsAccess(permissions) ||
    DECIDING_ACCESS.some((operation) => allows(permissions, operation).control) ||
    (['write', 'delete', 'action'] as const).some((verb) => allowsOnEveryType(permissions, verb))
  )
}

/**
 * Operations on what is inside a resource that are often asked about, so that they are known as such though no role that
 * names them is held ("Azure resource provider operations", DataActions of Key Vault and Storage).
 */
const DATA_OPERATIONS = [
  'Microsoft.KeyVault/vaults/secrets/getSecret/action',
  'Microsoft.KeyVault/vaults/secrets/setSecret/action',
  'Microsoft.KeyVault/vaults/secrets/readMetadata/action',
  'Microsoft.KeyVault/vaults/keys/*/action',
  'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*',
  'Microsoft.Storage/storageAccounts/fileServices/fileshares/files/*',
  'Microsoft.Storage/storageAccounts/queueServices/queues/messages/*',
  'Microsoft.Storage/storageAccounts/tableServices/tables/entities/*',
]

/**
 * Which plane an operation is most likely of. Azure knows most operations on one plane only, and a name does not tell; but
 * roles that name a provider's data operations do. A pattern that begins with a wildcard tells nothing.
 */
export function planeOf(operation: string, roles: Iterable<readonly Permission[]>): Plane {
  if (DATA_OPERATIONS.some((pattern) => covers(pattern, operation))) return 'data'
  const names = (patterns: string[]) =>
    patterns.some((pattern) => !pattern.startsWith('*') && covers(pattern, operation))
  let data = false
  for (const permissions of roles) {
    if (permissions.some(({ actions }) => names(actions))) return 'control'
    data ||= permissions.some(({ dataActions }) => names(dataActions))
  }
  return data ? 'data' : 'control'
}

/** Longest operation taken, in characters; Azure's own stay below 200. */
const LONGEST = 400
const FORM = /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+(\/[a-z0-9$._-]+){2,}$/i

/**
 * An operation as typed: a sentence with the next step when it is not the name of one operation. Azure names operations
 * `{Company}.{ProviderName}/{resourceType}/{action}` ("Azure custom roles", permission format); a wildcard names many, of
 * which somebody may do some and not others.
 */
export function askedOperation(typed: string): { operation: string | null; problem: string | null } {
  if (typed === '') return { operation: null, problem: null }
  if (typed.includes('*'))
    return {
      operation: null,
      problem: 'A wildcard stands for many operations. Ask for one of them by its full name, without *.',
    }
  if (typed.length > LONGEST || !FORM.test(typed))
    return {
      operation: null,
      problem:
        'This is not the name of an operation. Write provider, type and verb, as in Microsoft.KeyVault/vaults/secrets/read.',
    }
  return { operation: typed, problem: null }
}
