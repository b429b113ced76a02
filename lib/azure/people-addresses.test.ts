import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UserPerson } from './people'

const ID = '00000000-0000-4000-8000-00000000000a'

const addressOf = (more: object) => {
  const { email, emailSource, userPrincipalName } = UserPerson.parse({ id: ID, ...more })
  return { email, emailSource, userPrincipalName }
}

const GUEST = 'ada_fabrikam.example#EXT#@contoso.example'

test.each([
  [
    'mail, before everything else',
    { mail: 'a@x.example', otherMails: ['b@x.example'], userPrincipalName: GUEST },
    'a@x.example',
    'mail',
  ],
  [
    'the user principal name of a member',
    { userPrincipalName: 'ada@contoso.example' },
    'ada@contoso.example',
    'user_principal_name',
  ],
  [
    'the user principal name of a member who has other addresses: those are private',
    { userPrincipalName: 'ada@contoso.example', otherMails: ['ada@home.example'] },
    'ada@contoso.example',
    'user_principal_name',
  ],
  [
    'the other address of a guest',
    { userPrincipalName: GUEST, otherMails: ['ada@x.example', 'b@x.example'] },
    'ada@x.example',
    'other_mail',
  ],
  ['the address inside a guest’s user principal name', { userPrincipalName: GUEST }, 'ada@fabrikam.example', 'decoded'],
  ['the same in lower case', { userPrincipalName: GUEST.toLowerCase() }, 'ada@fabrikam.example', 'decoded'],
  [
    'an address with underscores of its own',
    { userPrincipalName: 'ada_b_c_fabrikam.example#EXT#@contoso.example' },
    'ada_b_c@fabrikam.example',
    'decoded',
  ],
  ['an empty mail is none', { mail: '', otherMails: [], userPrincipalName: GUEST }, 'ada@fabrikam.example', 'decoded'],
  ['other addresses where there is nothing else', { otherMails: ['ada@x.example'] }, 'ada@x.example', 'other_mail'],
  [
    'other addresses that are no texts are none',
    { otherMails: [7], userPrincipalName: GUEST },
    'ada@fabrikam.example',
    'decoded',
  ],
  [
    'a name in which there is no address stays what it is',
    { userPrincipalName: 'ada#EXT#@contoso.example' },
    'ada#EXT#@contoso.example',
    'user_principal_name',
  ],
  [
    'a name that begins with the underscore holds no address',
    { userPrincipalName: '_fabrikam.example#EXT#@contoso.example' },
    '_fabrikam.example#EXT#@contoso.example',
    'user_principal_name',
  ],
  ['nothing at all', {}, null, null],
])('the address is %s', (_, user, email, emailSource) => {
  expect(addressOf(user)).toMatchObject({ email, emailSource })
})

/** As Entra ID names a guest: the address with its at sign as an underscore, then the mark and the inviting tenant's domain. */
const guestName = (address: string, tenant: string) => `${address.replace('@', '_')}#EXT#@${tenant}`

describe('of a guest who has no other address', () => {
  const domain = fc.domain()
  const local = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9._+'-]{0,30}$/)

  test('the decoded one is the address that the name was made of', () => {
    fc.assert(
      fc.property(local, domain, domain, (name, home, tenant) => {
        const address = `${name}@${home}`
        const userPrincipalName = guestName(address, tenant)
        expect(addressOf({ userPrincipalName })).toEqual({ email: address, emailSource: 'decoded', userPrincipalName })
      }),
    )
  })

  test('mail and other addresses come first, and the name is kept beside them', () => {
    fc.assert(
      fc.property(fc.emailAddress(), fc.emailAddress(), fc.boolean(), (home, other, hasMail) => {
        const userPrincipalName = guestName(home, 'contoso.example')
        expect(addressOf({ userPrincipalName, mail: hasMail ? home : null, otherMails: [other] })).toEqual({
          email: hasMail ? home : other,
          emailSource: hasMail ? 'mail' : 'other_mail',
          userPrincipalName,
        })
      }),
    )
  })
})

test('whatever the properties are, an address has a source exactly when there is one, and is among what Graph sent', () => {
  const text = fc.oneof(fc.string(), fc.constant(null), fc.constant(undefined), fc.constant(GUEST), fc.emailAddress())
  fc.assert(
    fc.property(text, text, fc.option(fc.array(fc.oneof(fc.string(), fc.emailAddress()))), (mail, upn, otherMails) => {
      const { email, emailSource } = addressOf({ mail, userPrincipalName: upn, otherMails })
      expect(emailSource === null).toBe(email === null)
      expect(email).not.toBe('')
      const clean = (sent: string | null | undefined) => sent?.replaceAll('\u0000', '').toWellFormed()
      if (emailSource === 'mail') expect(email).toBe(clean(mail))
      if (emailSource === 'other_mail') expect(email).toBe(clean(otherMails?.[0]))
      if (emailSource === 'user_principal_name') expect(email).toBe(clean(upn))
      if (emailSource === 'decoded') expect(clean(upn)?.startsWith(email?.replace('@', '_') ?? '?')).toBe(true)
      if (clean(mail)) expect(emailSource).toBe('mail')
    }),
    { numRuns: 500 },
  )
})
