import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { applyChange } from '../world/changes'
import { makeTenant } from '../world/make-tenant'
import type { Tenant } from '../world/types'
import { World } from '../world/world'
import { readPages, tokenOf } from './small-world'

const GRAPH = 'https://graph.microsoft.com/v1.0'
type Person = { id: string; '@removed'?: { reason: string } }
type Page = { value: Person[]; '@odata.nextLink'?: string; '@odata.deltaLink'?: string }
/** A client that keeps a copy of the directory. It starts in round `from`, and reads in the rounds where it is `awake`. */
type Client = { select: string | null; from: number; awake: boolean[]; copy: Map<string, Person>; link: string }

const story = fc.record({
  seed: fc.nat(),
  rounds: fc.array(
    fc.record({
      changes: fc.integer({ min: 0, max: 25 }),
      purged: fc.integer({ min: 0, max: 2 }),
      pageSize: fc.integer({ min: 1, max: 40 }),
      /** Changes that come after the first page of this round. */
      meanwhile: fc.integer({ min: 0, max: 6 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  clients: fc.array(
    fc.record({
      select: fc.constantFrom(
        null,
        'displayName',
        'id,accountEnabled,userPrincipalName',
        'userType,mail,businessPhones',
      ),
      from: fc.nat({ max: 3 }),
      awake: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
})

type Story = typeof story extends fc.Arbitrary<infer One> ? One : never

let sandbox: Sandbox
beforeAll(async () => {
  const world = new World('http://localhost:3000')
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000', world })
})
afterAll(() => sandbox.close())

/** Reads to the next delta link and updates the copy. The reason of each removal is checked against the tenant. */
async function catchUp(token: string, tenant: Tenant, client: Client, between: () => void): Promise<void> {
  let link: string | undefined = client.link
  let done: string | undefined
  for (let pages = 1; link !== undefined; pages++) {
    const response = await fetch(link.replace('https://', `${sandbox.url}/`), {
      headers: { authorization: `Bearer ${token}` },
    })
    const page = (await response.json()) as Page
    expect(response.status, JSON.stringify(page)).toBe(200)
    for (const person of page.value) {
      const removed = person['@removed']
      if (!removed) client.copy.set(person.id, person)
      else {
        client.copy.delete(person.id)
        expect([person.id, removed.reason]).toEqual([
          person.id,
          tenant.purgedUsers.has(person.id) ? 'deleted' : 'changed',
        ])
      }
    }
    link = page['@odata.nextLink']
    done = page['@odata.deltaLink']
    expect(link === undefined, 'a page has a next link or a delta link, not both').toBe(done !== undefined)
    if (pages === 1) between()
    if (pages > 500) throw new Error('The round does not end.')
  }
  client.link = done ?? ''
}

/** The people in the directory now, read from a plain list. */
async function readDirectory(token: string, select: string | null): Promise<Person[]> {
  const query = select === null ? '' : `?$select=id,${select}`
  return (await readPages<Person>(sandbox.url, token, `${GRAPH}/users${query}`)).flat()
}

const byId = (a: Person, b: Person) => (a.id < b.id ? -1 : 1)

/** Whoever was last on a page is deleted and restored before the next page, and stands behind somebody who was not shown yet. */
const RESTORED_BETWEEN_PAGES: Story = {
  seed: 360654665,
  rounds: [
    { changes: 6, purged: 1, pageSize: 6, meanwhile: 3 },
    { changes: 21, purged: 1, pageSize: 36, meanwhile: 6 },
  ],
  clients: [
    { select: 'userType,mail,businessPhones', from: 1, awake: [false, true, false, false] },
    { select: 'displayName', from: 3, awake: [false, true, true, true] },
  ],
}

test('a client that follows delta links from any moment, with pauses or without, ends with the directory as it is', () =>
  fc.assert(
    fc.asyncProperty(story, async ({ seed, rounds, clients: drawn }) => {
      const { world } = sandbox
      const made = makeTenant(world, { seed, people: 25, deleted: 6, groups: 3, assignments: 10 })
      const owner = world.findUser(`owner@${made.domain}`)
      if (!owner) throw new Error('The tenant has no owner.')
      const { tenant } = owner
      const token = tokenOf(world, tenant, owner.user.id, 'graph')
      const begin = (select: string | null) => `${GRAPH}/users/delta${select === null ? '' : `?$select=${select}`}`
      const clients: Client[] = drawn.map((one) => ({ ...one, copy: new Map(), link: begin(one.select) }))
      let changes = 0
      const change = (random: number) => {
        applyChange(world, { random, seed: `${seed} ${changes++}`, tenantId: tenant.id })
      }
      for (const [number, { changes, purged, pageSize, meanwhile }] of rounds.entries()) {
        change(changes)
        for (const user of tenant.users
          .list()
          .filter((one) => one.account === null && one.home === null)
          .slice(0, purged))
          applyChange(world, { type: 'delete', tenantId: tenant.id, user: user.id, permanently: true })
        tenant.pageSizes.users = pageSize
        for (const client of clients)
          if (client.from <= number && client.awake[number])
            await catchUp(token, tenant, client, () => change(meanwhile))
      }
      for (const client of clients) {
        await catchUp(token, tenant, client, () => {})
        // Changes during the first round appear with its delta link.
        await catchUp(token, tenant, client, () => {})
        expect([...client.copy.values()].sort(byId)).toEqual((await readDirectory(token, client.select)).sort(byId))
      }
    }),
    { numRuns: 25, examples: [[RESTORED_BETWEEN_PAGES]] },
  ))
