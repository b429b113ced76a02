import type { Registry } from '../world/registry'
import type { Tenant } from '../world/types'
import { type GraphCall, holdsAny } from './graph-call'
import { badRequest } from './graph-error'

/** A type of directory object: where its objects are, what they show, and who may see it. */
export type Kind<T extends { id: string }> = {
  name:
    | 'user'
    | 'group'
    | 'servicePrincipal'
    | 'device'
    | 'directoryObject'
    | 'application'
    | 'directoryRole'
    | 'unifiedRoleDefinition'
    | 'unifiedRoleAssignment'
  /** The entity set: `users`. */
  set: string
  registryOf(tenant: Tenant): Registry<T>
  properties: Readonly<Record<string, (item: T) => unknown>>
  /** What comes back without $select. */
  defaults: readonly string[]
  /** The permissions that show everything, and those that show the basic properties. */
  readers: readonly string[]
  basicReaders: readonly string[]
  basic: ReadonlySet<string>
}

export type Show<T> = (item: T) => Record<string, unknown>
/** `names` as asked by $select, spelt as Graph does; null without $select. */
export type Projection<T> = { names: string[] | null; show: Show<T> }

const spellingsOf = new WeakMap<object, Map<string, string>>()

/** A property's name as Graph spells it. */
export function spell<T extends { id: string }>(kind: Kind<T>, name: string): string | undefined {
  let spellings = spellingsOf.get(kind)
  if (!spellings) {
    spellings = new Map(Object.keys(kind.properties).map((one) => [one.toLowerCase(), one]))
    spellingsOf.set(kind, spellings)
  }
  return spellings.get(name.trim().toLowerCase())
}

/** The names in $select, or null. */
export function selectedNames(call: GraphCall): string[] | null {
  const select = call.options.get('$select')
  return select ? select.split(',').map((name) => name.trim()) : null
}

/** Shows the named properties; those the token may not read are null, the id always there. */
export function showOf<T extends { id: string }>(call: GraphCall, kind: Kind<T>, names: readonly string[]): Show<T> {
  const full = holdsAny(call, kind.readers)
  const basic = holdsAny(call, kind.basicReaders)
  const readers = names.flatMap((name) => {
    const read = kind.properties[name]
    if (!read) return []
    const seen = full || name === 'id' || (basic && kind.basic.has(name))
    return [[name, seen ? read : () => null] as const]
  })
  return (item) => {
    const shown: Record<string, unknown> = {}
    for (const [name, read] of readers) shown[name] = read(item)
    return shown
  }
}

/** How to show objects for this request's $select and permissions, or why not. */
export function projectionOf<T extends { id: string }>(call: GraphCall, kind: Kind<T>): Projection<T> | Response {
  const asked = selectedNames(call)
  if (!asked) return { names: null, show: showOf(call, kind, kind.defaults) }
  const names: string[] = []
  for (const one of asked) {
    const name = spell(kind, one)
    if (!name)
      return badRequest(
        `Could not find a property named '${one}' on type 'microsoft.graph.${kind.name}'.`,
        'BadRequest',
      )
    names.push(name)
  }
  return { names, show: showOf(call, kind, names) }
}
