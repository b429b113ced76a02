import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matchRoles, NOTHING_TYPED, parseTypedFilter, unquoteSearch } from './typed-filter'

describe('what is typed into a search field', () => {
  test.each([
    ['rossi', { search: 'rossi' }],
    ['ada  novak', { search: 'ada novak' }],
    ['role:Owner', { roles: ['Owner'] }],
    ['role:Owner role:Reader', { roles: ['Owner', 'Reader'] }],
    ['role:"Key Vault Administrator" ada', { roles: ['Key Vault Administrator'], search: 'ada' }],
    ['scope:rg-payments', { scope: 'rg-payments' }],
    ['scope:Subscription', { level: 'subscription' as const }],
    ['scope:resource-group', { level: 'resource_group' as const }],
    ['scope:"management group"', { level: 'management_group' as const }],
    ['guest', { guest: 'only' as const }],
    ['-guest', { guest: 'none' as const }],
    ['Disabled', { status: 'disabled' as const }],
    ['status:enabled', { status: 'active' as const }],
    ['status:not-found', { status: 'not_found' as const }],
    ['-disabled -deleted', { notStatus: ['disabled', 'deleted'] as const }],
    ['-status:disabled', { notStatus: ['disabled'] as const }],
    ['is:guest is:eligible is:direct', { guest: 'only' as const, held: 'eligible' as const, how: 'direct' as const }],
    ['held:now how:group', { held: 'held' as const, how: 'group' as const }],
    [
      'role:Owner scope:rg-payments guest -disabled rossi',
      {
        roles: ['Owner'],
        scope: 'rg-payments',
        guest: 'only' as const,
        notStatus: ['disabled'] as const,
        search: 'rossi',
      },
    ],
  ])('%s', (typed, expected) => {
    expect(parseTypedFilter(typed)).toEqual({ ...NOTHING_TYPED, ...expected })
  })

  test('a word in quotes is searched for, even if it is also a filter', () => {
    expect(parseTypedFilter('"guest" "now here"')).toEqual({ ...NOTHING_TYPED, search: '"guest" now here' })
    expect(unquoteSearch('"guest" now here')).toBe('guest now here')
  })

  test('what is left to search for means the same when it is typed again', () => {
    for (const typed of ['"guest"', '"role:Owner" ada', '"now here"', 'rossi'])
      expect(parseTypedFilter(parseTypedFilter(typed).search)).toEqual(parseTypedFilter(typed))
  })

  test('a name with a hyphen, a minus alone and an unknown name before a colon are searched for', () => {
    expect(parseTypedFilter('anna-maria - team:ops -rossi').search).toBe('anna-maria - team:ops -rossi')
  })

  test('a filter that is still being typed asks for nothing', () => {
    for (const typed of ['role:', 'role:"', 'status:', 'scope:', 'is:'])
      expect(parseTypedFilter(typed)).toEqual(NOTHING_TYPED)
  })

  test('what is no value of its filter is told, with the values that there are', () => {
    const { problems, search } = parseTypedFilter('status:sleeping')
    expect(search).toBe('')
    expect(problems).toEqual([expect.stringMatching(/“status:sleeping” was left out: .*enabled, .*disabled/)])
    expect(parseTypedFilter('-eligible -is:direct')).toMatchObject({
      ...{ search: '', held: null, how: null },
      problems: [expect.stringContaining('“-eligible”'), expect.stringContaining('“-is:direct”')],
    })
    expect(parseTypedFilter('-role:Owner')).toMatchObject({
      roles: [],
      problems: [expect.stringContaining('-role:Owner')],
    })
  })

  test('any text is understood in some way, and text without filters is searched for as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (typed) => {
        parseTypedFilter(typed)
      }),
    )
    const plain = fc.stringMatching(/^[xyz]{1,8}( [xyz@.]{1,8}){0,3}$/)
    fc.assert(
      fc.property(plain, (typed) => {
        expect(parseTypedFilter(typed)).toEqual({ ...NOTHING_TYPED, search: typed })
      }),
    )
  })

  test('a role of any name without quotation marks can be asked for', () => {
    const name = fc.string({ minLength: 1, maxLength: 40 }).filter((text) => /^[^"“”\s]+( [^"“”\s]+)*$/.test(text))
    fc.assert(
      fc.property(name, (role) => {
        expect(parseTypedFilter(`role:"${role}"`).roles).toEqual([role])
      }),
    )
  })
})

describe('roles by typed names', () => {
  const held = [
    { id: 'a', name: 'Owner' },
    { id: 'b', name: 'Cost Owner' },
    { id: 'c', name: null },
  ]

  test('a whole name or an ID means that role, a part of a name all that have it', () => {
    expect(matchRoles(['OWNER'], held).roleIds).toEqual(['a'])
    expect(matchRoles(['own'], held).roleIds).toEqual(['a', 'b'])
    expect(matchRoles(['c'], held).roleIds).toEqual(['c'])
    expect(matchRoles(['c', 'Owner'], held).roleIds).toEqual(['c', 'a'])
  })

  test('a name that fits none, or more than a link holds, is told and left out', () => {
    expect(matchRoles(['Reader', 'Owner'], held)).toEqual({
      roleIds: ['a'],
      problems: [expect.stringContaining('“role:Reader” was left out')],
    })
    const many = Array.from({ length: 21 }, (_, index) => ({ id: `${index}`, name: `Bulk ${index}` }))
    expect(matchRoles(['bulk'], many)).toEqual({ roleIds: [], problems: [expect.stringContaining('it fits 21 roles')] })
  })
})

test('a filter of another kind of list is told, in a word too, and what this list has is taken', () => {
  expect(
    parseTypedFilter('privilege:grants-access subscription:"Prod EU" held:eligible -guest ada', 'all_people'),
  ).toEqual({
    ...NOTHING_TYPED,
    ...{ minimum: 'grants_access', subscription: 'Prod EU', held: 'eligible', guest: 'none', search: 'ada' },
  })
  const elsewhere = parseTypedFilter('how:group scope:rg activated held:outright is:direct', 'all_people')
  expect(elsewhere).toEqual({ ...NOTHING_TYPED, problems: elsewhere.problems })
  expect(elsewhere.problems).toHaveLength(5)
  expect(elsewhere.problems[0]).toBe('“how:group” was left out: only the lists of one subscription have this filter.')
  expect(parseTypedFilter('privilege:writes').problems).toEqual([
    '“privilege:writes” was left out: only All people has this filter.',
  ])
  expect(parseTypedFilter('privilege:much', 'all_people').problems[0]).toContain('is followed by one of grants-access')
})
