import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nameOfOdd, spoiled } from '@/testing/spoiled-row'
import { standInAccount as account, pointAt, startStandIn } from '@/testing/stand-in'
import type { Azure } from './client/clients'
import type { ReadList } from './client/lists'
import { listDelegationDefinitions, listDelegations } from './delegations'
import { listDenyAssignments } from './deny-assignments'
import { listAssignmentSchedules, listRoleAssignments, listRoleEligibilities } from './role-assignments'
import { listRoleDefinitions } from './role-definitions'
import { listSubscriptions } from './subscriptions'

const SUBSCRIPTION = '291bba3f-e0a5-47bc-a099-3bdcb2a50a05'
const SCOPE = `/subscriptions/${SUBSCRIPTION}`
const guid = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`

const readDelegations = async (azure: Azure, id: string) =>
  listDelegations(azure, id, await listDelegationDefinitions(azure, id))

let microsoft: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  microsoft = await startStandIn()
  pointAt(microsoft.url)
})
afterAll(() => microsoft.close())

const idOf = (type: string, n: number) => `${SCOPE}/providers/${type}/${guid(n)}`
const roleId = (n: number) => idOf('Microsoft.Authorization/roleDefinitions', n)

const assignment = (n: number) => ({
  id: idOf('Microsoft.Authorization/roleAssignments', n),
  name: guid(n),
  type: 'Microsoft.Authorization/roleAssignments',
  properties: {
    roleDefinitionId: roleId(50),
    principalId: guid(900 + n),
    principalType: 'User',
    scope: SCOPE,
    condition: '1 Eq 1',
    createdOn: '2026-01-15T21:08:45.4904312Z',
    createdBy: guid(4),
  },
})
const scheduled = (type: string) => (n: number) => ({
  ...assignment(n),
  id: idOf(type, n),
  properties: {
    ...assignment(n).properties,
    startDateTime: '2026-01-15T21:08:45.4904312Z',
    endDateTime: '2027-01-15T21:08:45.4904312Z',
    originRoleAssignmentId: assignment(n).id,
    assignmentType: 'Activated',
    expandedProperties: { principal: { id: guid(900 + n), displayName: 'Ada' }, scope: { id: SCOPE } },
  },
})
const permission = { actions: ['*'], notActions: ['*/delete'], dataActions: [], notDataActions: [] }
const definition = (n: number) => ({
  id: roleId(n),
  name: guid(n),
  properties: { roleName: `Role ${n}`, type: 'CustomRole', description: 'It does.', permissions: [permission] },
})
const denial = (n: number) => ({
  id: idOf('Microsoft.Authorization/denyAssignments', n),
  name: guid(n),
  properties: {
    denyAssignmentName: `No ${n}`,
    description: 'It denies.',
    scope: SCOPE,
    permissions: [permission],
    principals: [{ id: guid(0), type: 'SystemDefined' }],
    excludePrincipals: [{ id: guid(7), type: 'User' }],
    doNotApplyToChildScopes: false,
    isSystemProtected: true,
  },
})
const authorization = { principalId: guid(7), principalIdDisplayName: 'Engineers', roleDefinitionId: guid(50) }
const delegation = (n: number) => ({
  id: idOf('Microsoft.ManagedServices/registrationAssignments', n),
  name: guid(n),
  properties: {
    registrationDefinitionId: idOf('Microsoft.ManagedServices/registrationDefinitions', 60),
    registrationDefinition: {
      properties: {
        managedByTenantId: guid(8),
        managedByTenantName: 'Fabrikam',
        authorizations: [authorization],
        eligibleAuthorizations: [{ ...authorization, principalId: guid(9) }],
      },
    },
  },
  systemData: { createdAt: '2026-01-15T21:08:45Z' },
})
const subscription = (n: number) => ({
  id: `/subscriptions/${guid(n)}`,
  subscriptionId: guid(n),
  displayName: `Subscription ${n}`,
  state: 'Enabled',
  tenantId: guid(5),
  managedByTenants: [{ tenantId: guid(6) }],
})

type List = [name: string, read: (azure: Azure) => Promise<ReadList<unknown>>, row: (n: number) => object, path: RegExp]
const LISTS: List[] = [
  ['role assignments', (azure) => listRoleAssignments(azure, SUBSCRIPTION), assignment, /./],
  ['eligible roles', (azure) => listRoleEligibilities(azure, SUBSCRIPTION), scheduled('e/i'), /./],
  ['assignment schedules', (azure) => listAssignmentSchedules(azure, SUBSCRIPTION), scheduled('a/i'), /./],
  ['role definitions', (azure) => listRoleDefinitions(azure, SUBSCRIPTION), definition, /./],
  ['deny assignments', (azure) => listDenyAssignments(azure, SUBSCRIPTION), denial, /./],
  ['subscriptions', listSubscriptions, subscription, /./],
  ['delegations', (azure) => readDelegations(azure, SUBSCRIPTION), delegation, /registrationAssignments$/],
]

/** Lets Microsoft give these rows as the list with this path; the delegations' other list names the one definition. */
const answering = (rows: unknown[], path: RegExp) =>
  microsoft.answer(({ url }) => ({
    json: {
      value: path.test(url.pathname) ? rows : [{ id: idOf('Microsoft.ManagedServices/registrationDefinitions', 60) }],
    },
  }))

describe.each(LISTS)('%s', (_, read, row, path) => {
  test('any one row with anything wrong in it leaves all others, and is either tolerated or set aside by its name', async () => {
    const rows = [1, 2, 3, 4, 5].map(row)
    const readRows = async (some: unknown[]) => {
      answering(some, path)
      return read(account().azure)
    }
    const without: ReadList<unknown>[] = []
    for (const index of rows.keys()) without.push(await readRows(rows.toSpliced(index, 1)))
    const counts = { odd: 0, tolerated: 0 }
    const anywhere = fc.nat(4).chain((index) => spoiled(rows[index]).map((wrong) => ({ index, wrong })))
    await fc.assert(
      fc.asyncProperty(anywhere, async ({ index, wrong }) => {
        const others = without[index]?.rows ?? []
        const found = await readRows(rows.with(index, wrong as object))
        expect(others.length).toBeGreaterThanOrEqual(4)
        expect(found.rows).toEqual(expect.arrayContaining(others))
        if (found.odd.length > 0) {
          counts.odd += 1
          expect(found.odd).toEqual([{ id: nameOfOdd(wrong) }])
          expect(found.rows).toHaveLength(others.length)
        } else {
          counts.tolerated += 1
          expect(found.rows.length).toBeGreaterThan(others.length)
        }
      }),
      { numRuns: 200 },
    )
    expect(counts.odd).toBeGreaterThan(0)
    expect(counts.tolerated).toBeGreaterThan(0)
  })

  test('half of the rows may be odd; more of them, or all, are a bad answer', async () => {
    const broken = (n: number) => ({ ...row(n), id: 7, name: `broken ${n}`, properties: 7, subscriptionId: 7 })
    const some = [1, 2, 3, 4].map(row)
    answering([...some, ...[11, 12, 13, 14].map(broken)], path)
    const { odd } = await read(account().azure)
    expect(odd).toEqual([11, 12, 13, 14].map((n) => ({ id: `broken ${n}` })))
    for (const rows of [[...some, ...[11, 12, 13, 14, 15].map(broken)], [11, 12].map(broken), [broken(11)]]) {
      answering(rows, path)
      await expect(read(account().azure)).rejects.toMatchObject({ code: 'bad_answer' })
    }
  })

  test('a page token that has expired begins the list again, once, and no row comes twice', async () => {
    const next = `https://management.azure.com${SCOPE}/later/registrationAssignments?page=`
    const pages = (refusals: number, status: number) => {
      let refused = 0
      microsoft.answer(({ url }) => {
        const page = url.searchParams.get('page')
        if (page === null && !path.test(url.pathname))
          return { json: { value: [{ id: idOf('Microsoft.ManagedServices/registrationDefinitions', 60) }] } }
        if (page === null) return { json: { value: [row(1), row(2)], nextLink: `${next}2` } }
        if (page === '2') return { json: { value: [row(3)], nextLink: `${next}3` } }
        refused += 1
        return refused <= refusals
          ? { status, json: { error: { code: 'InvalidSkipToken', message: 'x' } } }
          : { json: { value: [row(4)] } }
      })
    }
    answering([1, 2, 3, 4].map(row), path)
    const whole = await read(account().azure)
    for (const status of [400, 404, 410]) {
      pages(1, status)
      expect(await read(account().azure)).toEqual(whole)
      pages(2, status)
      await expect(read(account().azure)).rejects.toMatchObject({ status, microsoftCode: 'InvalidSkipToken' })
    }
    pages(1, 403)
    await expect(read(account().azure)).rejects.toMatchObject({ status: 403 })
  })
})
