import { GRANTING_OPERATIONS, NOT_WRITING, OPENS_DATA, READING_DATA } from './role-operations'
import { covers, hasOperationLeft, OPERATION_VERBS, operationsOf, PLACEHOLDER, type Verb } from './role-patterns'
import type { Permission, Plane, Privilege } from './vocabulary'

const CHANGING: readonly Verb[] = ['write', 'delete', 'action']

/**
 * Whether a role allows an operation, on the control plane (Azure Resource Manager) and on the data plane (what is inside
 * a resource). The same name can be an operation of either, so both are answered.
 *
 * What a permission gives is its actions minus its notActions, likewise its dataActions minus its notDataActions; what
 * a role gives is the union over its permissions. A not-list is no denial: it takes nothing from another permission,
 * nor from another role ("Understand Azure role definitions", NotActions).
 */
export function allows(permissions: readonly Permission[], operation: string): Record<Plane, boolean> {
  const isCovered = (patterns: string[]) => patterns.some((pattern) => covers(pattern, operation))
  return {
    control: permissions.some(({ actions, notActions }) => isCovered(actions) && !isCovered(notActions)),
    data: permissions.some(({ dataActions, notDataActions }) => isCovered(dataActions) && !isCovered(notDataActions)),
  }
}

/**
 * What a role amounts to, the strongest that is true: it grants access; it writes on the control plane; it writes data; it
 * reads data; it reads.
 *
 * A role writes when one of its permissions has an operation ending in write, delete or action that is left after its
 * notActions and is not in `NOT_WRITING`. That is decided on patterns and exactly, not by trying names: `operationsOf`
 * gives the operations of an action that end in the verb as patterns, and `hasOperationLeft` says of each whether the
 * not-lists cover all of it. So `Microsoft.Compute/*` without `*` + `/write`, `*` + `/delete` and `*` + `/action` reads.
 */
export function privilegeOf(permissions: readonly Permission[]): Privilege {
  if (grantsAccess(permissions)) return 'grants_access'
  if (permissions.some((one) => leaves(one.actions, CHANGING, [...one.notActions, ...NOT_WRITING, ...OPENS_DATA]))) {
    return 'writes'
  }
  if (permissions.some((one) => leaves(one.dataActions, CHANGING, [...one.notDataActions, ...READING_DATA]))) {
    return 'writes_data'
  }
  return permissions.some(readsData) ? 'reads_data' : 'reads'
}

/** Only asked when nothing is written: an action that is left on the control plane is then one that opens data. */
function readsData({ actions, notActions, dataActions, notDataActions }: Permission): boolean {
  return (
    leaves(dataActions, OPERATION_VERBS, notDataActions) || leaves(actions, ['action'], [...notActions, ...NOT_WRITING])
  )
}

/** Whether patterns have an operation with one of the verbs when others are taken away. */
function leaves(patterns: readonly string[], verbs: readonly Verb[], taken: readonly string[]): boolean {
  return patterns.some((pattern) =>
    verbs.some((verb) => operationsOf(pattern, verb).some((operations) => hasOperationLeft(operations, taken))),
  )
}

/** Whether a role lets its holder give roles, to others or to themselves: any one of the granting operations is enough. */
function grantsAccess(permissions: readonly Permission[]): boolean {
  return GRANTING_OPERATIONS.some((operation) => allows(permissions, operation).control)
}

/** Ways to give oneself a role. Elevation is none: it needs a Global Administrator, which no Azure role makes anyone. */
const TAKING_ROLES = [
  'Microsoft.Authorization/roleAssignments/write',
  'Microsoft.Authorization/roleDefinitions/write',
  'Microsoft.Authorization/roleAssignmentScheduleRequests/write',
]

/**
 * Whether a role amounts to Owner: every kind of operation on every type of resource, and the giving of roles. It may be
 * written as `*`, or as `*` + `/read`, `*` + `/write`, `*` + `/delete` and `*` + `/action`, in one permission or in several.
 *
 * What a not-list takes away beside that does not matter, be it one operation or a provider: whoever may give roles gets
 * it back with one assignment. It matters when it takes a verb from every type, or all the ways to give oneself a role.
 */
export function isOwnerEquivalent(permissions: readonly Permission[]): boolean {
  return (
    OPERATION_VERBS.every((verb) => allowsOnEveryType(permissions, verb)) &&
    TAKING_ROLES.some((operation) => allows(permissions, operation).control)
  )
}

/** Beside granting: taking roles away, and deciding what is denied. */
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
    CHANGING.some((verb) => allowsOnEveryType(permissions, verb))
  )
}

/**
 * Whether a role allows a verb on every type of resource of every provider of Microsoft's. The question is put for a type
 * that does not exist, which only a pattern for all types can cover (`*`, `*` + `/write`, `Microsoft.*`). What a not-list
 * takes from single types or providers does not change the answer.
 */
function allowsOnEveryType(permissions: readonly Permission[], verb: Verb): boolean {
  const operation = `Microsoft.${PLACEHOLDER}/${PLACEHOLDER}/${verb}`
  const isCovered = (patterns: string[]) =>
    patterns.some((pattern) => !pattern.includes(PLACEHOLDER) && covers(pattern, operation))
  return permissions.some(({ actions, notActions }) => isCovered(actions) && !isCovered(notActions))
}

/**
 * Operations on what is inside a resource that are often asked about: they are known to be of the data plane even where
 * nobody holds a role that names them ("Azure resource provider operations", DataActions of Key Vault and Storage).
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
 * The plane that an operation is most likely of. Azure knows most operations on one plane only, and the name does not say
 * which; roles that name a provider's data operations do. A pattern that begins with a wildcard says nothing about it.
 */
export function planeOf(operation: string, roles: Iterable<readonly Permission[]>): Plane {
  if (DATA_OPERATIONS.some((pattern) => covers(pattern, operation))) return 'data'
  const isNamed = (patterns: string[]) =>
    patterns.some((pattern) => !pattern.startsWith('*') && covers(pattern, operation))
  let plane: Plane = 'control'
  for (const permissions of roles) {
    if (permissions.some(({ actions }) => isNamed(actions))) return 'control'
    if (permissions.some(({ dataActions }) => isNamed(dataActions))) plane = 'data'
  }
  return plane
}

/** Longest operation taken, in characters; Azure's own stay below 200. */
const LONGEST_OPERATION = 400
const OPERATION = /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+(\/[a-z0-9$._-]+){2,}$/i

type ParsedOperation = { operation: string | null; problem: string | null }

/**
 * An operation as typed; else a sentence that says why it is not the name of one operation and what to do. Azure names
 * operations `{Company}.{ProviderName}/{resourceType}/{action}` ("Azure custom roles", permission format). A wildcard
 * names many, of which somebody may do some and not others.
 */
export function parseOperation(typed: string): ParsedOperation {
  if (typed === '') return { operation: null, problem: null }
  if (typed.includes('*'))
    return refuse('A wildcard stands for many operations. Ask for one of them by its full name, without *.')
  if (typed.length > LONGEST_OPERATION || !OPERATION.test(typed))
    return refuse(
      'This is not the name of an operation. Write provider, type and verb, as in Microsoft.KeyVault/vaults/secrets/read.',
    )
  return { operation: typed, problem: null }
}

const refuse = (problem: string): ParsedOperation => ({ operation: null, problem })
