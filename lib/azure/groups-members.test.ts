import { expect, test } from 'vitest'
import { MemberRow } from './groups'

const ID = '00000000-0000-4000-8000-00000000000a'
const bare = { displayName: null, userPrincipalName: null, mail: null, accountEnabled: null }

test.each([
  ['#microsoft.graph.user', 'user'],
  ['#microsoft.graph.group', 'group'],
  ['#microsoft.graph.servicePrincipal', 'service_principal'],
  ['#microsoft.graph.device', 'device'],
  ['#microsoft.graph.orgContact', 'other'],
  [undefined, 'other'],
])('a member of type %s that the account may not see still has its kind, but is no person', (type, kind) => {
  const row = { '@odata.type': type, id: ID.toUpperCase(), ...bare }
  expect(MemberRow.parse(row)).toEqual({ id: ID, kind, name: null, person: null })
})

test('a user whom the account may see comes as a person', () => {
  const row = { ...bare, '@odata.type': '#microsoft.graph.user', id: ID, displayName: 'Ada', accountEnabled: false }
  expect(MemberRow.parse(row).person).toMatchObject({ id: ID, name: 'Ada', status: 'disabled' })
})

test('a user in a form that is not documented is refused, not taken for one that the account may not see', () => {
  const row = { ...bare, '@odata.type': '#microsoft.graph.user', id: ID, displayName: 'Ada', accountEnabled: 'yes' }
  expect(MemberRow.safeParse(row).success).toBe(false)
})
