import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { World } from '../world/world'
import { APPS, buildSmallWorld, GROUPS, MEMBERS, OWNER, readPages, smallWorld, tokenOf } from './small-world'

const GRAPH = 'https://graph.microsoft.com/v1.0'
const BETA = 'https://graph.microsoft.com/beta'
type Item = { id: string }
type Pairs = [group: string, member: string][]

let sandbox: Sandbox
beforeAll(async () => {
  const world = new World('http://localhost:3000')
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000', world })
})
afterAll(() => sandbox.close())

/** All members of each group, direct or not, as pairs; pairs are added until none is new. A group is not its own member, even in a cycle. */
function closureOf(drawn: Pairs): Pairs {
  const all = new Set(drawn.filter(([group, member]) => group !== member).map((pair) => pair.join(' ')))
  for (let before = -1; before !== all.size; ) {
    before = all.size
    for (const upper of [...all])
      for (const lower of [...all]) {
        const [[group, middle], [inner, member]] = [upper.split(' '), lower.split(' ')]
        if (middle === inner) all.add(`${group} ${member}`)
      }
  }
  return [...all].map((pair) => pair.split(' ') as Pairs[number]).filter(([group, member]) => group !== member)
}

const list = async (token: string, path: string, version = GRAPH) =>
  (await readPages<Item>(sandbox.url, token, `${version}${path}`)).flat().map((item) => item.id)

const isApp = (id: string) => APPS.includes(id)

async function countOf(token: string, path: string, version = GRAPH): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, consistencylevel: 'eventual' }
  const response = await fetch(`${version}${path}/$count`.replace('https://', `${sandbox.url}/`), { headers })
  return Number(await response.text())
}

async function memberGroupsOf(token: string, id: string): Promise<string[]> {
  const address = `${GRAPH}/directoryObjects/${id}/getMemberGroups`.replace('https://', `${sandbox.url}/`)
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ securityEnabledOnly: false })
  const response = await fetch(address, { method: 'POST', headers, body })
  return ((await response.json()) as { value: string[] }).value
}

test('the transitive members of a group are listed and counted completely and once each at any page size, in v1.0 except for service principals', () =>
  fc.assert(
    fc.asyncProperty(
      smallWorld,
      fc.constantFrom(...GROUPS),
      fc.integer({ min: 1, max: 4 }),
      async (drawn, group, top) => {
        const tenant = buildSmallWorld(sandbox.world, drawn)
        const token = tokenOf(sandbox.world, tenant, OWNER, 'graph')
        const expected = closureOf(drawn.memberships)
          .filter(([container]) => container === group)
          .map(([, member]) => member)
        const path = `/groups/${group}/transitiveMembers`
        const known = expected.filter((id) => !isApp(id)).sort()
        expect((await list(token, `${path}?$top=${top}`)).toSorted()).toEqual(known)
        expect(await countOf(token, path)).toBe(known.length)
        expect((await list(token, `${path}?$top=${top}`, BETA)).toSorted()).toEqual(expected.sort())
        expect(await countOf(token, path, BETA)).toBe(expected.length)
        const services = expected.filter(isApp)
        const cast = `${path}/microsoft.graph.servicePrincipal`
        expect((await list(token, `${cast}?$count=true&$top=${top}`)).toSorted()).toEqual(services)
        expect(await countOf(token, cast)).toBe(services.length)
      },
    ),
    { numRuns: 100 },
  ))

test('getMemberGroups returns the groups that have the person among their transitive members', () =>
  fc.assert(
    fc.asyncProperty(smallWorld, fc.constantFrom(...MEMBERS), async (drawn, member) => {
      const tenant = buildSmallWorld(sandbox.world, drawn)
      const token = tokenOf(sandbox.world, tenant, OWNER, 'graph')
      const expected = closureOf(drawn.memberships)
        .filter(([, one]) => one === member)
        .map(([group]) => group)
      expect((await memberGroupsOf(token, member)).toSorted()).toEqual(expected.sort())
    }),
    { numRuns: 100 },
  ))

test('direct members, people, groups and service principals are listed exactly once at any page size', () =>
  fc.assert(
    fc.asyncProperty(
      smallWorld,
      fc.constantFrom(...GROUPS),
      fc.integer({ min: 1, max: 4 }),
      async (drawn, group, top) => {
        const tenant = buildSmallWorld(sandbox.world, drawn)
        const token = tokenOf(sandbox.world, tenant, OWNER, 'graph')
        const members = new Set(
          drawn.memberships.filter(([container, one]) => container === group && one !== group).map(([, one]) => one),
        )
        const expected: Record<string, Iterable<string>> = {
          [`/groups/${group}/members`]: [...members].filter((id) => !isApp(id)),
          '/users': tenant.users.keys(),
          '/groups': tenant.groups.keys(),
          '/servicePrincipals': tenant.servicePrincipals.keys(),
        }
        for (const [path, ids] of Object.entries(expected))
          expect((await list(token, `${path}?$top=${top}`)).toSorted(), path).toEqual([...ids].sort())
        const whole = await list(token, `/groups/${group}/members?$top=${top}`, BETA)
        expect(whole.toSorted()).toEqual([...members].sort())
      },
    ),
    { numRuns: 40 },
  ))
