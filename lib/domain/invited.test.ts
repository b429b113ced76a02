import { expect, test } from 'vitest'
import { parseInvited } from './invited'

test('an object ID or a user name is read in lower case, whatever is around it', () => {
  expect(parseInvited(' CB7EDA1B-d09a-40ae-b8bb-37836ebc6abd\n')).toEqual({
    objectId: 'cb7eda1b-d09a-40ae-b8bb-37836ebc6abd',
    username: null,
  })
  expect(parseInvited('Ada.Novak@Contoso.Example')).toEqual({ objectId: null, username: 'ada.novak@contoso.example' })
})

test.each([
  '',
  'Ada Novak',
  'Ada <ada@contoso.example>',
  '@contoso.example',
  'ada@',
  'a@b@c',
  `${'x'.repeat(65)}@contoso.example`,
  'a\0da@contoso.example',
  'ada\u202e@contoso.example',
  // The Kelvin sign, which becomes an ordinary k when it is lowered.
  '\u212aarl@contoso.example',
])('%j invites nobody', (typed) => expect(parseInvited(typed)).toBeNull())

test('the name that a tenant makes for a guest invites nobody, because no token says it', () => {
  expect(parseInvited('nina_fabrikam.example#EXT#@contoso.example')).toBeNull()
})
