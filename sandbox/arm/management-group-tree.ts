import { ancestorsOf, findManagementGroup } from '../world/scopes'
import type { ManagementGroup, Subscription, Tenant } from '../world/types'

type Children = { groups: ManagementGroup[]; subscriptions: Subscription[] }

const NONE: Children = { groups: [], subscriptions: [] }

/** The management groups of a tenant read downwards. */
export class ManagementGroupTree {
  readonly #children = new Map<string, Children>()
  readonly #descendants = new Map<string, number>()

  constructor(readonly tenant: Tenant) {
    for (const group of tenant.managementGroups.list())
      if (group.parentId !== null) this.#under(group.parentId).groups.push(group)
    for (const subscription of tenant.subscriptions.list())
      this.#under(subscription.managementGroupId).subscriptions.push(subscription)
  }

  #under(id: string): Children {
    const key = id.toLowerCase()
    const known = this.#children.get(key)
    if (known) return known
    const made: Children = { groups: [], subscriptions: [] }
    this.#children.set(key, made)
    return made
  }

  childrenOf(id: string): Children {
    return this.#children.get(id.toLowerCase()) ?? NONE
  }

  /** Groups and subscriptions below a group, however deep. */
  countBelow(id: string): number {
    const known = this.#descendants.get(id)
    if (known !== undefined) return known
    this.#descendants.set(id, 0)
    const { groups, subscriptions } = this.childrenOf(id)
    const count = groups.reduce((sum, group) => sum + 1 + this.countBelow(group.id), subscriptions.length)
    this.#descendants.set(id, count)
    return count
  }

  /** A group and those above it, the tenant's root first. */
  chainTo(id: string): ManagementGroup[] {
    return ancestorsOf(this.tenant, id)
      .map((one) => findManagementGroup(this.tenant, one))
      .filter((one) => one !== undefined)
      .reverse()
  }
}
