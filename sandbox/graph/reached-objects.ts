import type { Tenant } from '../world/types'
import { type DirectoryObject, findObject } from './directory-object'

export type Reach = 'members' | 'transitiveMembers' | 'memberOf' | 'transitiveMemberOf'
/** `seesHidden`: the token has Member.Read.Hidden; without it nothing tells who is in a group that hides its members. */
type Wanted = { id: string; reach: Reach; seesHidden: boolean }
const KEPT = 20 // closures kept for one tenant: the pages of a large group are asked for one after another

type Kept = { revision: string; objects: readonly DirectoryObject[]; byType: Map<string, readonly DirectoryObject[]> }
const keptOf = new WeakMap<Tenant, Map<string, Kept>>()

const revisionOf = ({ memberships, users, groups, servicePrincipals, devices }: Tenant) =>
  [memberships, users, groups, servicePrincipals, devices].map((one) => one.revision).join('/')

function idsOf({ memberships, groups }: Tenant, { reach, id, seesHidden }: Wanted): Iterable<string> {
  const hides = (groupId: string) => !seesHidden && groups.get(groupId)?.hiddenMembership === true
  if (reach === 'members') return hides(id) ? [] : memberships.memberList(id)
  if (reach === 'transitiveMembers') return memberships.transitiveMembersOf(id, hides)
  if (reach === 'transitiveMemberOf') return memberships.transitiveGroupsOf(id, hides)
  return [...memberships.groupsOf(id)].filter((groupId) => !hides(groupId))
}

function keep(tenant: Tenant, wanted: Wanted): Kept {
  const all = keptOf.get(tenant) ?? new Map<string, Kept>()
  keptOf.set(tenant, all)
  const key = `${wanted.reach}/${wanted.id}/${wanted.seesHidden}`
  const revision = revisionOf(tenant)
  let kept = all.get(key)
  all.delete(key) // the one used last goes to the end
  if (kept?.revision !== revision) {
    const objects: DirectoryObject[] = []
    for (const one of idsOf(tenant, wanted)) {
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
export function reachedObjects(tenant: Tenant, wanted: Wanted, type?: string): readonly DirectoryObject[] {
  const kept = keep(tenant, wanted)
  if (type === undefined) return kept.objects
  const known = kept.byType.get(type)
  if (known) return known
  const chosen = kept.objects.filter((one) => one.type === type)
  kept.byType.set(type, chosen)
  return chosen
}
