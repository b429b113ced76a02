import { expect, test } from 'vitest'
import { readSignInClaims } from './sign-in-claims'

const PERSON = { tid: 'C0270500-1111-4a11-8a11-0c0270500001', oid: 'cb7eda1b-d09a-40ae-b8bb-37836ebc6abd' }
const READERS = '0760b6cf-170e-4a14-91b3-4b78e0739963'

const membershipOf = (claims: object) => readSignInClaims({ ...PERSON, ...claims })?.membership

test('the app roles and groups of a person are read, with IDs in lower case', () => {
  expect(membershipOf({ roles: ['Rolecall.Viewer'], groups: [READERS.toUpperCase()] })).toEqual({
    roles: ['Rolecall.Viewer'],
    groups: [READERS],
    groupsTold: true,
  })
})

test.each([
  ['without groups', {}],
  [
    'that says there are too many to name',
    { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'https://graph.microsoft.com' } } },
  ],
  ['that says there are some', { hasgroups: true }],
  ['with names in place of IDs', { groups: ['CONTOSO\\Readers'] }],
  ['with something that is no list', { groups: READERS }],
  ['with something that is no text', { groups: [1], roles: { admin: true } }],
])('a token %s says nothing of groups, and keeps nobody out by it', (_, claims) => {
  expect(membershipOf(claims)).toEqual({ roles: [], groups: [], groupsTold: false })
})

test('of IDs and names together the IDs count, and they are not all', () => {
  expect(membershipOf({ groups: [READERS, 'Readers'] })).toEqual({ roles: [], groups: [READERS], groupsTold: false })
})

test('claims that do not say who somebody is give nobody', () => {
  expect(readSignInClaims({ tid: PERSON.tid, name: 'Ada' })).toBeNull()
})

test.each([
  ['of the tenant', {}, 'ada@contoso.example'],
  [
    'whose provider is the tenant itself',
    { idp: `https://sts.windows.net/${PERSON.tid.toLowerCase()}/` },
    'ada@contoso.example',
  ],
  ['who is a guest of another tenant', { idp: 'https://sts.windows.net/fab21ca0-2222-4a22-8a22-0fab21ca0002/' }, null],
  ['who is a guest with a code by mail', { idp: 'mail' }, null],
  [
    'who is a guest of a partner whose provider has the ID of the tenant in its address',
    { idp: `https://idp.partner.example/saml/${PERSON.tid.toLowerCase()}` },
    null,
  ],
])('the user name of somebody %s is what their own tenant calls them', (_, claims, username) => {
  expect(readSignInClaims({ ...PERSON, preferred_username: 'Ada@Contoso.Example', ...claims })?.username).toBe(username)
})
