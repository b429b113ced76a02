import type { Condition } from './parse-condition'

/** What a condition restricts, as verbs on a thing: `read` and `list` on `blobs`. */
export type Target = { verb: string; thing: string }

const BLOBS = 'microsoft.storage/storageaccounts/blobservices/containers/blobs'

const ACTIONS: Readonly<Record<string, Target[]>> = {
  'microsoft.authorization/roleassignments/write': [{ verb: 'assign', thing: 'roles' }],
  'microsoft.authorization/roleassignments/delete': [{ verb: 'remove', thing: 'roles' }],
  [`${BLOBS}/read`]: [
    { verb: 'read', thing: 'blobs' },
    { verb: 'list', thing: 'blobs' },
  ],
  [`${BLOBS}/write`]: [{ verb: 'write', thing: 'blobs' }],
  [`${BLOBS}/add/action`]: [{ verb: 'create', thing: 'blobs' }],
  [`${BLOBS}/delete`]: [{ verb: 'delete', thing: 'blobs' }],
  [`${BLOBS}/move/action`]: [{ verb: 'move', thing: 'blobs' }],
  [`${BLOBS}/filter/action`]: [{ verb: 'find', thing: 'blobs' }],
  [`${BLOBS}/deleteblobversion/action`]: [{ verb: 'delete', thing: 'blob versions' }],
  [`${BLOBS}/permanentdelete/action`]: [{ verb: 'permanently delete', thing: 'blobs' }],
  [`${BLOBS}/tags/read`]: [{ verb: 'read', thing: 'blob tags' }],
  [`${BLOBS}/tags/write`]: [{ verb: 'write', thing: 'blob tags' }],
  [`${BLOBS}/runassuperuser/action`]: [{ verb: 'act', thing: 'as superuser' }],
}

/** Parts of actions that conditions single out ("Actions and attributes for Blob Storage", suboperations). */
const SUBOPERATIONS: Readonly<Record<string, Target[]>> = {
  [`${BLOBS}/read blob.list`]: [{ verb: 'list', thing: 'blobs' }],
  [`${BLOBS}/read not blob.list`]: [{ verb: 'read', thing: 'blobs' }],
  [`${BLOBS}/write blob.write.withtagheaders`]: [{ verb: 'write', thing: 'blobs with tags' }],
  [`${BLOBS}/add/action blob.write.withtagheaders`]: [{ verb: 'create', thing: 'blobs with tags' }],
}

/**
 * What one side of a condition says it is about, written as Azure writes it: not this action, and not that one. Null when
 * an action, or how it is put, is not a known one.
 */
export function targetsOf(condition: Condition): Target[] | null {
  if (condition.kind === 'and') {
    const all = condition.parts.map(targetsOf)
    return all.every((one) => one !== null) ? all.flat() : null
  }
  if (condition.kind !== 'not') return null
  const { part } = condition
  if (part.kind === 'action') return find(ACTIONS, part.name)
  if (part.kind !== 'and' || part.parts.length !== 2) return null
  const [action, also] = part.parts
  if (action?.kind !== 'action') return null
  if (also?.kind === 'suboperation') return find(SUBOPERATIONS, `${action.name} ${also.name}`)
  if (also?.kind !== 'not' || also.part.kind !== 'suboperation') return null
  return find(SUBOPERATIONS, `${action.name} not ${also.part.name}`)
}

function find(table: Readonly<Record<string, Target[]>>, name: string): Target[] | null {
  const key = name.toLowerCase()
  return Object.hasOwn(table, key) ? (table[key] ?? null) : null
}
