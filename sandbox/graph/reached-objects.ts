import type { Tenant } from '../world/types'
import { type DirectoryObject, findObject } from './directory-object'

export type Reach = 'members' | 'transitiveMembers' | 'memberOf' | 'transitiveMemberOf'
const KEPT = 20 // closures kept for one tenant: the pages of a large group are asked for one after another

type Kept = { revision: string; objects: readonly DirectoryObject[]; byType: Map<string, readonly DirectoryObject[]> }
const keptOf = new WeakMap<Tenant, Map<string, Kept>>()

const revisionOf = ({ memberships, users, groups, servicePrincipals, devices }: Tenant) =>
  [memberships, users, groups, servicePrincipals, devices].map((one) => one.revision).join('/')

function idsOf({ memberships }: Tenant, reach: Reach, id: string): Iterable<string> {
  if (reach === 'members') return memberships.memberList(id)
  if (reach === 'transitiveMembers') return memberships.transitiveMembersOf(id)
  return reach === 'memberOf' ? memberships.groupsOf(id) : memberships.transitiveGroupsOf(id)
}

function keep(tenant: Tenant, reach: Reach, id: string): Kept {
  const all = keptOf.get(tenant) ?? new Map<string, Kept>()
  keptOf.set(tenant, all)
  const key = `${reach}/${id}`
  const revision = revisionOf(tenant)
  let kept = all.get(key)
  all.delete(key) // the one used last goes to the end
  if (kept?.revision !== revision) {
    const objects: DirectoryObject[] = []
    for (const one of idsOf(tenant, reach, id)) {
      const found = findObject(tenant, one)
      if (found) objects.push(found)
    }
    kept = { revision, objects, byType: new Map() }
  }
  all.set(key, kept)
  const oldest = all.keys().next().value
  if (all.size > KEPT && oldest !== undefined) all.delete(oldest)
  return kept
}

/** What is in a group, or what something is in; of one type when asked. The same array until the directory changes. */
export function reachedObjects(tenant: Tenant, reach: Reach, id: string, type?: string): readonly DirectoryObject[] {
  const kept = keep(tenant, reach, id)
  if (type === undefined) return kept.objects
  const known = kept.byType.get(type)
  if (known) return known
  const chosen = kept.objects.filter((one) => one.type === type)
  kept.byType.set(type, chosen)
  return chosen
}
