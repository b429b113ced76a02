import { expect, test } from 'vitest'
import { MemberRow } from './group-rows'

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
  expect(MemberRow.parse(row)).toEqual({ id: ID, kind, agent: false, name: null, person: null })
})

test('a user whom the account may see comes as a person', () => {
  const row = { ...bare, '@odata.type': '#microsoft.graph.user', id: ID, displayName: 'Ada', accountEnabled: false }
  expect(MemberRow.parse(row).person).toMatchObject({ id: ID, name: 'Ada', status: 'disabled' })
})

test('a user in a form that is not documented is a member of whom nothing more is claimed', () => {
  const row = { ...bare, '@odata.type': '#microsoft.graph.user', id: ID, displayName: 'Ada', accountEnabled: 'yes' }
  expect(MemberRow.parse(row)).toMatchObject({ id: ID, kind: 'user', person: null })
})

test.each([
  ['#microsoft.graph.agentUser', 'user'],
  ['#microsoft.graph.agentIdentity', 'service_principal'],
])('a member of type %s is known as an agent', (type, kind) => {
  expect(MemberRow.parse({ '@odata.type': type, id: ID, ...bare })).toMatchObject({ kind, agent: true })
})
