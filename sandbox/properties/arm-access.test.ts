import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { type AccessRow, effectiveAccess, effectiveAccessOf, truthOf } from '../world/truth'
import { World } from '../world/world'
import { buildSmallWorld, MEMBERS, OWNER, readPages, SUBSCRIPTION, smallWorld, tokenOf } from './small-world'

const AUTHORIZATION = `https://management.azure.com/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization`
const READER = 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
type Row = { name: string; properties: { scope: string; principalId: string } }

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({
    port: 0,
    portalUrl: 'http://localhost:3000',
    world: new World('http://localhost:3000'),
  })
})
afterAll(() => sandbox.close())

async function list(token: string, name: string, filter = '', version = '2022-04-01') {
  const query = filter === '' ? '' : `&$filter=${encodeURIComponent(filter)}`
  const pages = await readPages<Row>(sandbox.url, token, `${AUTHORIZATION}/${name}?api-version=${version}${query}`)
  return pages.flat()
}

const names = (rows: Row[]) => rows.map((row) => row.name).sort()
const idsOf = (rows: AccessRow[]) => [...new Set(rows.map((row) => row.assignmentId))].sort()
const isHeld = (row: AccessRow) => row.kind !== 'eligible'

test('every role assignment is listed exactly once at any page size, and `assignedTo` returns what a person holds through groups too', () =>
  fc.assert(
    fc.asyncProperty(smallWorld, fc.constantFrom(...MEMBERS.slice(5)), async (drawn, person) => {
      const tenant = buildSmallWorld(sandbox.world, drawn)
      const token = tokenOf(sandbox.world, tenant, OWNER, 'arm')
      const all = await list(token, 'roleAssignments')
      expect(names(all)).toEqual(
        truthOf(sandbox.world, SUBSCRIPTION)
          .map((row) => row.assignmentId)
          .sort(),
      )
      const own = effectiveAccessOf(sandbox.world, SUBSCRIPTION, person).filter(isHeld)
      expect(names(await list(token, 'roleAssignments', `assignedTo('${person}')`))).toEqual(idsOf(own))
      const direct = own.filter((row) => row.via.length === 0)
      expect(names(await list(token, 'roleAssignments', `principalId eq '${person}'`))).toEqual(idsOf(direct))
    }),
    { numRuns: 100 },
  ))

test('`atScope()` leaves out what is held within the subscription', () =>
  fc.assert(
    fc.asyncProperty(smallWorld, async (drawn) => {
      const tenant = buildSmallWorld(sandbox.world, drawn)
      const token = tokenOf(sandbox.world, tenant, OWNER, 'arm')
      const above = truthOf(sandbox.world, SUBSCRIPTION).filter((row) => !row.level.startsWith('resource'))
      const listed = await list(token, 'roleAssignments', 'atScope()')
      expect(names(listed)).toEqual(above.map((row) => row.assignmentId).sort())
    }),
    { numRuns: 60 },
  ))

test('the eligibilities and active schedules of a person are those of their effective access', () =>
  fc.assert(
    fc.asyncProperty(smallWorld, fc.constantFrom(...MEMBERS.slice(5)), async (drawn, person) => {
      const tenant = buildSmallWorld(sandbox.world, drawn)
      const token = tokenOf(sandbox.world, tenant, OWNER, 'arm')
      const own = effectiveAccessOf(sandbox.world, SUBSCRIPTION, person)
      const ask = (name: string, filter: string) => list(token, name, filter, '2020-10-01')
      const eligible = await ask('roleEligibilityScheduleInstances', `assignedTo('${person}')`)
      expect(names(eligible)).toEqual(idsOf(own.filter((row) => !isHeld(row))))
      const held = await ask('roleAssignmentScheduleInstances', `assignedTo('${person}')`)
      expect(names(held)).toEqual(idsOf(own.filter(isHeld)))
    }),
    { numRuns: 60 },
  ))

test('a reader of some scopes sees what is at and below them: everything with a role at the subscription or above, nothing without a role', () =>
  fc.assert(
    fc.asyncProperty(smallWorld, fc.constantFrom(...MEMBERS.slice(5, 9)), async (drawn, person) => {
      const tenant = buildSmallWorld(sandbox.world, drawn)
      tenant.powerless = 'empty'
      const readable = effectiveAccessOf(sandbox.world, SUBSCRIPTION, person).filter(
        (row) => isHeld(row) && row.roleId === READER,
      )
      const seen = truthOf(sandbox.world, SUBSCRIPTION).filter((row) =>
        readable.some((own) => {
          if (!own.level.startsWith('resource')) return true
          return `${row.scope}/`.toLowerCase().startsWith(`${own.scope}/`.toLowerCase())
        }),
      )
      const listed = await list(tokenOf(sandbox.world, tenant, person, 'arm'), 'roleAssignments')
      expect(names(listed)).toEqual(seen.map((row) => row.assignmentId).sort())
    }),
    { numRuns: 100 },
  ))

test('the effective access of everyone is the sum of that of each person', () =>
  fc.assert(
    fc.property(smallWorld, (drawn) => {
      buildSmallWorld(sandbox.world, drawn)
      const all = effectiveAccess(sandbox.world, SUBSCRIPTION)
      for (const person of MEMBERS)
        expect(all.filter((row) => row.principalId === person)).toEqual(
          effectiveAccessOf(sandbox.world, SUBSCRIPTION, person),
        )
    }),
    { numRuns: 200 },
  ))
