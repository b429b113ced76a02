import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { applyChange, type Change } from '../world/changes'
import { makeTenant } from '../world/make-tenant'
import type { Tenant } from '../world/types'
import { World } from '../world/world'
import { tokenOf } from './small-world'

const GRAPH = 'https://graph.microsoft.com/v1.0'
type Removable = { id: string; '@removed'?: { reason: string } }
type Row = Removable & { displayName?: string; 'members@delta'?: (Removable & { '@odata.type': string })[] }
type Page = { value: Row[]; '@odata.nextLink'?: string; '@odata.deltaLink'?: string }
/** What a client keeps of a group. */
type Copy = { displayName?: string; members: Set<string> }
/** A client that keeps a copy of the groups. It starts in round `from`, and reads in the rounds where it is `awake`. */
type Client = {
  from: number
  awake: boolean[]
  query: string
  ids: Set<string> | null
  copy: Map<string, Copy>
  link: string
}

const QUERIES = ['', '$select=displayName,members', '$select=displayName&$expand=members', '$select=displayName']

/** One change, with numbers that choose among what the tenant has. */
const step = fc.record({
  type: fc.constantFrom(
    'add_member',
    'add_member',
    'remove_member',
    'add_group',
    'rename_group',
    'delete_group',
    'delete',
  ),
  group: fc.nat({ max: 30 }),
  member: fc.nat({ max: 60 }),
})
type Step = { type: string; group: number; member: number }

const story = fc.record({
  seed: fc.nat(),
  rounds: fc.array(
    fc.record({
      changes: fc.array(step, { maxLength: 12 }),
      /** Changes that come after the first page of this round. */
      meanwhile: fc.array(step, { maxLength: 5 }),
      groupsOnPage: fc.integer({ min: 1, max: 6 }),
      membersOnPage: fc.integer({ min: 1, max: 8 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  clients: fc.array(
    fc.record({
      query: fc.constantFrom(...QUERIES),
      few: fc.boolean(),
      from: fc.nat({ max: 3 }),
      awake: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
})

let sandbox: Sandbox
beforeAll(async () => {
  const world = new World('http://localhost:3000')
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000', world })
})
afterAll(() => sandbox.close())

/** The change of the world that a step stands for; null when the tenant has nothing to change that way. */
function changeOf(tenant: Tenant, { type, group, member }: Step): Change | null {
  const { id: tenantId, groups, memberships } = tenant
  const [groupId] = [groups.list()[group % Math.max(1, groups.size)]?.id]
  const people = tenant.users.list().filter((one) => one.account === null && one.home === null)
  const objects = [...people.map(({ id }) => id), ...groups.keys()].filter((id) => id !== groupId)
  if (type === 'add_group') return { type, tenantId, displayName: `Group ${member}` }
  if (type === 'delete') {
    const user = people[member % Math.max(1, people.length)]?.id
    return user === undefined ? null : { type, tenantId, user, permanently: group % 2 === 0 }
  }
  if (groupId === undefined) return null
  if (type === 'rename_group') return { type, tenantId, groupId, displayName: `Renamed ${member}` }
  if (type === 'delete_group') return { type, tenantId, groupId }
  const members = memberships.memberList(groupId)
  const [chosen] =
    type === 'add_member'
      ? [objects[member % Math.max(1, objects.length)]]
      : [members[member % Math.max(1, members.length)]]
  if (chosen === undefined) return null
  return { type: type === 'add_member' ? 'add_member' : 'remove_member', tenantId, groupId, principalId: chosen }
}

/** Merges a row into the copy, as Microsoft's "Paging through members in a large group" says. */
function merge(copy: Map<string, Copy>, row: Row): void {
  if (row['@removed']) {
    copy.delete(row.id)
    return
  }
  const group = copy.get(row.id) ?? { members: new Set<string>() }
  copy.set(row.id, group)
  if (row.displayName !== undefined) group.displayName = row.displayName
  for (const { id, '@removed': removed } of row['members@delta'] ?? []) {
    if (removed) group.members.delete(id)
    else group.members.add(id)
  }
}

/** Reads to the next delta link and updates the copy. */
async function catchUp(token: string, tenant: Tenant, client: Client, between: () => void): Promise<void> {
  let link: string | undefined = client.link
  let done: string | undefined
  for (let pages = 1; link !== undefined; pages++) {
    const response = await fetch(link.replace('https://', `${sandbox.url}/`), {
      headers: { authorization: `Bearer ${token}` },
    })
    const page = (await response.json()) as Page
    expect(response.status, JSON.stringify(page)).toBe(200)
    const members = page.value.reduce((sum, row) => sum + (row['members@delta']?.length ?? 0), 0)
    expect([page.value.length <= tenant.pageSizes.users, members <= tenant.pageSizes.members]).toEqual([true, true])
    for (const row of page.value) merge(client.copy, row)
    link = page['@odata.nextLink']
    done = page['@odata.deltaLink']
    expect(link === undefined, 'a page has a next link or a delta link, not both').toBe(done !== undefined)
    if (pages === 1) between()
    if (pages > 500) throw new Error('The round does not end.')
  }
  client.link = done ?? ''
}

/** The groups as they are in the world, as far as a client follows them. */
function groupsOf(tenant: Tenant, { ids, query }: Client) {
  const withMembers = query !== '$select=displayName'
  return tenant.groups
    .list()
    .filter(({ id }) => !ids || ids.has(id))
    .map(({ id, displayName }) => ({
      id,
      displayName,
      members: withMembers ? [...tenant.memberships.membersOf(id)].sort() : [],
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}
/** Who is in the recycle bin is still in the copy: delta queries of groups do not tell it, only those of users do. */
const copyOf = ({ deletedUsers }: Tenant, { copy }: Client) =>
  [...copy]
    .map(([id, { displayName, members }]) => ({
      id,
      displayName,
      members: [...members].filter((member) => !deletedUsers.has(member)).sort(),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))

test('a client that follows delta links of groups from any moment ends with the groups and members as they are', () =>
  fc.assert(
    fc.asyncProperty(story, async ({ seed, rounds, clients: drawn }) => {
      const { world } = sandbox
      const made = makeTenant(world, { seed, people: 15, groups: 6, assignments: 3 })
      const owner = world.findUser(`owner@${made.domain}`)
      if (!owner) throw new Error('The tenant has no owner.')
      const { tenant } = owner
      const token = tokenOf(world, tenant, owner.user.id, 'graph')
      const few = tenant.groups.list().slice(0, 3)
      const clients: Client[] = drawn.map((one) => {
        const filter = one.few ? `$filter=${few.map(({ id }) => `id eq '${id}'`).join(' or ')}` : ''
        const query = [one.query, filter].filter(Boolean).join('&')
        const ids = one.few ? new Set(few.map(({ id }) => id)) : null
        return { ...one, ids, copy: new Map(), link: `${GRAPH}/groups/delta${query ? `?${query}` : ''}` }
      })
      const change = (steps: Step[]) => {
        for (const one of steps) {
          const found = changeOf(tenant, one)
          if (found) applyChange(world, found)
        }
      }
      for (const [number, { changes, meanwhile, groupsOnPage, membersOnPage }] of rounds.entries()) {
        change(changes)
        tenant.pageSizes = { ...tenant.pageSizes, users: groupsOnPage, members: membersOnPage }
        for (const client of clients)
          if (client.from <= number && client.awake[number])
            await catchUp(token, tenant, client, () => change(meanwhile))
      }
      for (const client of clients) {
        await catchUp(token, tenant, client, () => {})
        // What changed during the first round appears with its delta link.
        await catchUp(token, tenant, client, () => {})
        expect(copyOf(tenant, client)).toEqual(groupsOf(tenant, client))
      }
    }),
    { numRuns: 40 },
  ))
