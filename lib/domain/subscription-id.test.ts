import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findSubscriptionId } from './subscription-id'

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const ID = '5d1f0c3e-7a42-4c0b-9f10-2b6d8e54a903'
const NONE = '00000000-0000-0000-0000-000000000000'

/** As the form's action looks at it, which may be sent anything. */
const find = (typed: unknown) => findSubscriptionId(String(typed ?? ''))

const WRAPPINGS: Record<string, (id: string) => string> = {
  bare: (id) => id,
  'in braces': (id) => `{${id}}`,
  'without dashes': (id) => id.replaceAll('-', ''),
  'without dashes, in braces': (id) => `{${id.replaceAll('-', '')}}`,
  'resource ID of the subscription': (id) => `/subscriptions/${id}`,
  'resource ID of a resource': (id) =>
    `/subscriptions/${id}/resourceGroups/rg-pay/providers/Microsoft.Storage/storageAccounts/pay`,
  'portal link': (id) => `https://portal.azure.com/#@contoso.example/resource/subscriptions/${id}/overview`,
  'portal link, encoded': (id) =>
    `https://portal.azure.com/#view/Blade/id/${encodeURIComponent(`/subscriptions/${id}`)}`,
  'ARM address': (id) => `https://management.azure.com/subscriptions/${id}?api-version=2022-12-01`,
}
const SPACE = fc.stringMatching(/^[ \t\n]{0,4}$/)
const anyCase = (text: string) =>
  fc
    .infiniteStream(fc.boolean())
    .map((upper) => [...text].map((c) => (upper.next().value ? c.toUpperCase() : c.toLowerCase())).join(''))

describe('a subscription ID', () => {
  test.each(Object.entries(WRAPPINGS))('is found %s, in any case, with space around it', (_name, wrap) => {
    const typed = fc
      .uuid()
      .filter((id) => id !== NONE)
      .chain((id) => fc.tuple(fc.constant(id), anyCase(wrap(id)), SPACE, SPACE))

    fc.assert(
      fc.property(typed, ([id, text, before, after]) => {
        expect(find(before + text + after)).toBe(id)
      }),
    )
  })

  test('is always a lower-case GUID, whatever is typed', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc
        .array(
          fc.constantFrom(
            '/subscriptions/',
            ID,
            ID.slice(0, 20),
            '{',
            '}',
            '%2F',
            '%',
            'https://',
            '@',
            '#',
            '?',
            ' ',
            'x',
          ),
        )
        .map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(text, (typed) => {
        expect(find(typed) ?? ID).toMatch(GUID)
      }),
      { numRuns: 1000 },
    )
  })

  test.each([
    `https://evil.example/subscriptions/${ID}`,
    `https://management.azure.com@evil.example/subscriptions/${ID}/../../x`,
    `javascript:alert(1)//subscriptions/${ID}`,
    `/subscriptions/${ID}?redirect=https://evil.example`,
    `//evil.example/subscriptions/${ID}#@evil.example`,
  ])('taken from the hostile text %s leaves everything else behind', (typed) => {
    expect(find(typed)).toBe(ID)
  })

  test.each([
    ['nothing', ''],
    ['the empty GUID', NONE],
    ['one digit too few', ID.slice(0, -1)],
    ['one digit too many', `${ID}0`],
    ['a letter that is no digit', ID.replace('5', 'g')],
    ['words around it', `my subscription is ${ID}`],
    ['a tenant in a portal link', `https://portal.azure.com/#@${ID}/home`],
    ['an ID with a path climbing out of it', `/subscriptions/${ID}..%2f..`],
    ['an ID with a host glued to it', `/subscriptions/${ID}@evil.example`],
    ['an ID behind more text than is looked at', ' '.repeat(5000) + ID],
    ['a file', new File([], ID)],
    ['null', null],
  ])('is not seen in %s', (_name, typed) => {
    expect(find(typed)).toBeNull()
  })
})
