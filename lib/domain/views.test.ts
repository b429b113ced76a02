import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SearchParams } from './address'
import { EVERYBODY } from './people-filter'
import {
  type AccessView,
  type AskView,
  type AuditView,
  type ChangesView,
  type Cursor,
  FLEET_GROUPINGS,
  FLEET_LAYOUTS,
  FLEET_SORTS,
  formatAccessView,
  formatAskView,
  formatAuditView,
  formatChangesView,
  formatGroupsView,
  formatPeopleView,
  formatRolesView,
  formatRunsView,
  formatTilesView,
  type GroupsView,
  isFiltered,
  PAGE_SIZES,
  PEOPLE_COLUMNS,
  type PeopleView,
  parseAccessView,
  parseAskView,
  parseAuditView,
  parseChangesView,
  parseGroupsView,
  parsePeopleView,
  parseRolesView,
  parseRunsView,
  parseTilesView,
  type RolesView,
  type RunsView,
  type TilesView,
  USUAL_COLUMNS,
} from './views'
import {
  ASSIGNMENT_KINDS,
  AUDIT_KINDS,
  CHANGE_CAUSES,
  CONNECTION_STATUSES,
  EFFECTS,
  PLANES,
  PRINCIPAL_STATUSES,
  PRIVILEGES,
  SCOPE_LEVELS,
  SIGNALS,
  WAYS_HELD,
} from './vocabulary'

const DEFAULT: AccessView = {
  at: '',
  search: '',
  roleIds: [],
  status: null,
  notStatus: [],
  guest: null,
  level: null,
  scope: null,
  how: null,
  held: null,
  signal: null,
  sort: 'name',
  direction: 'asc',
  cursor: null,
  columns: USUAL_COLUMNS,
  size: '50',
}

/** Any text that an address can carry as it is. */
const text = fc
  .string({ unit: 'binary', maxLength: 60 })
  .map((value) => value.replaceAll('\0', '').trim())
  .filter((value) => value.isWellFormed())

const direction = fc.constantFrom('asc' as const, 'desc' as const)
const cursor: fc.Arbitrary<Cursor | null> = fc.option(
  fc.record({
    at: fc.array(
      fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', '')),
      { maxLength: 4 },
    ),
    side: fc.constantFrom('after', 'before'),
    place: fc.option(fc.integer({ min: 1, max: 2_000_000 }), { nil: undefined }),
  }),
)

const accessView: fc.Arbitrary<AccessView> = fc.record({
  at: text,
  search: text,
  roleIds: fc.uniqueArray(fc.uuid(), { maxLength: 20 }),
  status: fc.option(fc.constantFrom(...PRINCIPAL_STATUSES)),
  notStatus: fc.subarray([...PRINCIPAL_STATUSES]),
  guest: fc.option(fc.constantFrom('only', 'none')),
  level: fc.option(fc.constantFrom(...SCOPE_LEVELS)),
  scope: fc.option(text.map((value) => `/${value}`)),
  how: fc.option(fc.constantFrom(...WAYS_HELD)),
  held: fc.option(fc.constantFrom('held', ...ASSIGNMENT_KINDS)),
  signal: fc.option(fc.constantFrom(...SIGNALS)),
  sort: fc.constantFrom('name', 'email', 'status', 'role', 'scope'),
  direction,
  cursor,
  columns: fc.subarray([...PEOPLE_COLUMNS]),
  size: fc.constantFrom(...PAGE_SIZES),
})

const peopleView: fc.Arbitrary<PeopleView> = fc.record({
  at: text,
  search: text,
  status: fc.option(fc.constantFrom(...PRINCIPAL_STATUSES)),
  notStatus: fc.subarray([...PRINCIPAL_STATUSES]),
  guest: fc.option(fc.constantFrom('only', 'none')),
  roleIds: fc.uniqueArray(fc.uuid(), { maxLength: 20 }),
  held: fc.option(fc.constantFrom('held', 'eligible')),
  connectionId: fc.option(fc.uuid()),
  signal: fc.option(fc.constantFrom(...SIGNALS)),
  minimum: fc.option(fc.constantFrom(...PRIVILEGES)),
  direction,
  cursor,
  from: fc.nat(1000),
})

const askView: fc.Arbitrary<AskView> = fc.record({
  at: text,
  roleId: fc.option(fc.uuid()),
  scope: text,
  operation: text,
  plane: fc.option(fc.constantFrom(...PLANES)),
  who: fc.constantFrom('people', 'others'),
  cursor,
})

const groupsView: fc.Arbitrary<GroupsView> = fc.record({ at: text, groupId: text, search: text, cursor })
const rolesView: fc.Arbitrary<RolesView> = fc.record({
  at: text,
  search: text,
  roleId: fc.option(fc.uuid()),
  from: fc.nat(5000),
})
const moment = fc.option(fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }))
const changesView: fc.Arbitrary<ChangesView> = fc.record({
  connectionId: fc.option(fc.uuid()),
  effect: fc.option(fc.constantFrom(...EFFECTS)),
  cause: fc.option(fc.constantFrom(...CHANGE_CAUSES)),
  privileged: fc.boolean(),
  roleId: fc.option(fc.uuid()),
  personId: fc.option(fc.uuid()),
  by: text,
  after: moment,
  until: moment,
  cursor,
})
const runsView: fc.Arbitrary<RunsView> = fc.record({ cursor })
const auditView: fc.Arbitrary<AuditView> = fc.record({
  kind: fc.option(fc.constantFrom(...AUDIT_KINDS)),
  cursor: fc.option(fc.record({ side: fc.constantFrom('older', 'newer'), seq: fc.maxSafeNat() })),
})
const tilesView: fc.Arbitrary<TilesView> = fc.record({
  tab: fc.constantFrom('all', 'connected', 'attention'),
  search: text,
  state: fc.option(fc.constantFrom(...CONNECTION_STATUSES)),
  grouping: fc.constantFrom(...FLEET_GROUPINGS),
  sort: fc.constantFrom(...FLEET_SORTS),
  layout: fc.constantFrom(...FLEET_LAYOUTS),
  cursor,
})

const paramsOf = (address: string): SearchParams => Object.fromEntries(new URLSearchParams(address))

/** Holds a view against what its address opens. */
function expectToSurvive<View>(
  views: fc.Arbitrary<View>,
  format: (view: View) => string,
  parse: (params: SearchParams) => View,
) {
  fc.assert(
    fc.property(views, (view) => {
      expect(parse(paramsOf(format(view)))).toEqual(view)
    }),
  )
}

describe('the address of a view opens that view', () => {
  test('a table of those with access', () => expectToSurvive(accessView, formatAccessView, parseAccessView))
  test('people over all subscriptions', () => expectToSurvive(peopleView, formatPeopleView, parsePeopleView))
  test('a question', () => expectToSurvive(askView, formatAskView, parseAskView))
  test('the groups of a subscription', () => expectToSurvive(groupsView, formatGroupsView, parseGroupsView))
  test('the roles of a subscription', () => expectToSurvive(rolesView, formatRolesView, parseRolesView))
  test('changes, also on their later pages', () => expectToSurvive(changesView, formatChangesView, parseChangesView))
  test('the runs of a connection', () => expectToSurvive(runsView, formatRunsView, parseRunsView))
  test('the audit log', () => expectToSurvive(auditView, formatAuditView, parseAuditView))
  test('the tiles of the Integrations page', () => expectToSurvive(tilesView, formatTilesView, parseTilesView))
})

const ROLE = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
const PAGE: Cursor = { at: ['ada', '1'], side: 'after' }

describe('an address that somebody kept opens the view it was kept for', () => {
  test('a table of those with access', () => {
    const address = `?q=ada&role=${ROLE}&status=disabled&not=invited%2Cdeleted&guest=none&level=subscription&scope=%2Fsubscriptions%2Fs&how=group&held=eligible&signal=gone&sort=role&dir=desc&after=WyJhZGEiLCIxIl0&columns=email%2Clicence&size=100&at=2026-03-12`
    const view: AccessView = {
      search: 'ada',
      roleIds: [ROLE],
      status: 'disabled',
      notStatus: ['invited', 'deleted'],
      guest: 'none',
      level: 'subscription',
      scope: '/subscriptions/s',
      how: 'group',
      held: 'eligible',
      signal: 'gone',
      sort: 'role',
      direction: 'desc',
      cursor: PAGE,
      columns: ['email', 'licence'],
      size: '100',
      at: '2026-03-12',
    }
    expect(parseAccessView(paramsOf(address))).toEqual(view)
    expect(formatAccessView(view)).toBe(address)
  })

  test('people over all subscriptions', () => {
    expect(
      parsePeopleView(paramsOf('?q=ada&status=active&signal=can_grant&min=writes&dir=desc&from=8&at=2026-03-12')),
    ).toEqual({
      ...EVERYBODY,
      search: 'ada',
      status: 'active',
      signal: 'can_grant',
      minimum: 'writes',
      direction: 'desc',
      cursor: null,
      from: 8,
      at: '2026-03-12',
    })
  })

  test('a question', () => {
    const address = `?role=${ROLE}&scope=%2F&operation=Microsoft.Compute%2Fdisks%2Fread&plane=data&who=others&before=WyJhZGEiLCIxIl0`
    expect(parseAskView(paramsOf(address))).toEqual({
      roleId: ROLE,
      scope: '/',
      operation: 'Microsoft.Compute/disks/read',
      plane: 'data',
      who: 'others',
      cursor: { ...PAGE, side: 'before' },
      at: '',
    })
  })

  test('groups, runs, the audit log and tiles', () => {
    expect(parseGroupsView(paramsOf('?group=g&after=WyJhZGEiLCIxIl0'))).toEqual({
      groupId: 'g',
      search: '',
      cursor: PAGE,
      at: '',
    })
    expect(parseRunsView(paramsOf('?after=WyJhZGEiLCIxIl0'))).toEqual({ cursor: PAGE })
    const since = new Date('2026-03-01T12:00:00Z')
    expect(parseChangesView(paramsOf('?after=2026-03-01T12:00:00.000Z'))).toMatchObject({ after: since, cursor: null })
    expect(parseAuditView(paramsOf('?kind=security&older=17'))).toEqual({
      kind: 'security',
      cursor: { side: 'older', seq: 17 },
    })
    expect(parseTilesView(paramsOf('?tab=attention&q=pay'))).toEqual({
      tab: 'attention',
      search: 'pay',
      state: null,
      grouping: 'none',
      sort: 'name',
      layout: 'tiles',
      cursor: null,
    })
    expect(parseTilesView(paramsOf('?sort=need&view=list'))).toMatchObject({ sort: 'need', layout: 'list' })
  })
})

test('the default view has an empty address', () => {
  expect(formatAccessView(DEFAULT)).toBe('')
  expect(parseAccessView({})).toEqual(DEFAULT)
})

test('whatever stands in an address, a view opens', () => {
  const names = fc.constantFrom(
    'q',
    'role',
    'status',
    'level',
    'scope',
    'how',
    'held',
    'signal',
    'sort',
    'dir',
    'after',
    'before',
    '__proto__',
    'constructor',
  )
  const values = fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string()), fc.constant(undefined))
  fc.assert(
    fc.property(fc.dictionary(names, values), (params) => {
      const parsed = parseAccessView(params)
      expect(parsed.search.length).toBeLessThanOrEqual(200)
      expect(parsed.search).not.toContain('\0')
      expect(parsed.scope ?? '').not.toContain('\0')
      expect(parsed.roleIds.length).toBeLessThanOrEqual(20)
    }),
  )
})

test.each([
  [
    {
      sort: 'password',
      dir: 'sideways',
      status: 'Active',
      level: '../root',
      role: "' or 1=1",
      scope: 'rg',
      how: 'by luck',
    },
  ],
  [{ after: '%%%' }],
  [{ after: btoa('{"at":1}') }],
  [{ after: btoa('["a\\u0000b"]') }],
  [{ after: 'a'.repeat(10_000) }],
])('%o is not understood and opens the default view', (params) => {
  expect(parseAccessView(params)).toEqual(DEFAULT)
})

test('a view without filters leaves out no one, whatever its order', () => {
  expect(isFiltered({ ...DEFAULT, sort: 'role', direction: 'desc' })).toBe(false)
  expect(isFiltered({ ...DEFAULT, signal: 'gone' })).toBe(true)
  expect(isFiltered({ ...DEFAULT, roleIds: ['8e3af657-a8ff-443c-a75c-2fe8c4bcb635'] })).toBe(true)
})

test('a search is cut at 200 characters', () => {
  expect(parseAccessView({ q: 'x'.repeat(500) }).search).toBe('x'.repeat(200))
})

test('nothing asked has an empty address', () => {
  expect(formatAskView(parseAskView({}))).toBe('')
})

test('a role that is no GUID is not asked for, and what was typed elsewhere is kept', () => {
  expect(parseAskView({ role: "' or 1=1", scope: ' rg one ', operation: '*', who: 'everyone' })).toEqual({
    roleId: null,
    scope: 'rg one',
    operation: '*',
    plane: null,
    who: 'people',
    cursor: null,
    at: '',
  })
})

test.each(['', '-1', 'x', '1.5', '9007199254740992'])('an audit log at %j opens at its newest page', (older) => {
  expect(parseAuditView({ older })).toEqual({ kind: null, cursor: null })
  expect(formatAuditView({ kind: null, cursor: null })).toBe('')
})

test('a mangled address opens the default view', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom(
          'status',
          'not',
          'guest',
          'role',
          'held',
          'connection',
          'signal',
          'min',
          'dir',
          'from',
          'after',
        ),
        fc.constantFrom('', '-1', 'x', '1.5', '%'),
      ),
      (params) => {
        expect(parsePeopleView(params)).toEqual({
          ...EVERYBODY,
          direction: 'asc',
          cursor: null,
          from: 0,
          at: '',
        })
      },
    ),
  )
})
