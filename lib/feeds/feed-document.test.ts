import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ChangeEffectRow, ChangeRow } from '@/db/queries/changes'
import { causeWords, effectWords } from '@/lib/domain/change-words'
import { readAtom } from '@/testing/read-atom'
import { writeAtom } from './atom'
import { makeFeedDocument } from './feed-document'
import { writeJsonFeed } from './json-feed'

const AT = new Date('2026-03-01T12:00:00.000Z')
const FEED = { id: randomUUID(), name: 'Access', query: '', createdAt: new Date('2026-02-01T08:00:00.000Z') }
const NAMES = { person: 'Ada Novak', role: 'Owner', label: 'Payments', by: 'Grace Hopper' }

/** A change by which one person gained a role, with these names in it. */
function changeWith({ person, role, label, by }: typeof NAMES, effects: Partial<ChangeEffectRow>[] = [{}]): ChangeRow {
  const [id, roleId, nodeId] = [randomUUID(), randomUUID(), randomUUID()]
  const scope = '/subscriptions/s'
  return {
    ...{ id, at: AT, after: null, accountId: randomUUID(), tenantId: 't', runId: randomUUID(), nodeId, key: null },
    ...{ cause: 'assignment', turn: 'begun', kind: 'active', detail: {}, connectionId: null, through: null },
    ...{ principalId: randomUUID(), principalKind: 'user', principalName: person, groupId: null, groupName: null },
    ...{ roleId, roleName: role, scope, scopeLevel: 'subscription', byId: null, byName: by, byAt: null },
    effects: effects.map((effect) => ({
      ...{
        changeId: id,
        nodeId,
        effect: 'gained',
        people: 1,
        others: 0,
        soleId: null,
        soleName: null,
        grants: 1,
        strongest: 1,
        privileged: false,
      },
      ...{ eligible: false, roleId, roleName: role, scope, scopeLevel: 'subscription' },
      connections: { count: 1, first: [{ id: randomUUID(), name: label }] },
      ...effect,
    })),
  }
}

const documentOf = (changes: ChangeRow[], rest: Partial<Parameters<typeof makeFeedDocument>[0]> = {}) =>
  makeFeedDocument({
    ...{ feed: FEED, changes, filters: 'All changes', unread: [], portalUrl: 'https://portal.example' },
    ...rest,
  })

test('an entry says what the Changes page says, and how much was gained and lost', () => {
  const change = changeWith(NAMES, [
    { privileged: true, grants: 2 },
    { effect: 'lost', grants: 3 },
    { effect: 'seen', grants: 7 },
  ])
  const [entry] = documentOf([change]).entries
  expect(entry).toMatchObject({
    id: `urn:uuid:${change.id}`,
    url: `https://portal.example/changes/${change.id}`,
    title: 'Ada Novak gained Owner and 1 more grant of Payments, and 2 more',
    gained: 2,
    lost: 3,
  })
  expect(entry?.lines).toEqual([
    'Ada Novak gained Owner and 1 more grant of Payments (privileged).',
    'Ada Novak lost Owner and 2 more grants of Payments.',
    'Ada Novak was first seen to hold Owner and 6 more grants of Payments.',
    'Grace Hopper assigned it to Ada Novak.',
    'Gained: 2. Lost: 3.',
  ])
})

test('the same changes are the same bytes, and a feed without any is as old as itself', () => {
  const change = changeWith(NAMES)
  for (const write of [writeAtom, writeJsonFeed]) expect(write(documentOf([change]))).toBe(write(documentOf([change])))
  const empty = readAtom(writeAtom(documentOf([])))
  expect(empty).toMatchObject({ title: 'Access', entries: [], updated: '2026-02-01T08:00:00.000Z' })
  expect(JSON.parse(writeJsonFeed(documentOf([])))).toMatchObject({ title: 'Access', items: [] })
})

test('a feed says of which subscriptions not everything could be read', () => {
  const unread = ['Payments', 'Staging', 'Test', 'Lab', 'Old'].map((label) => ({ id: label, label, why: 'Not read' }))
  expect(documentOf([], { unread: unread.slice(0, 2) }).description).toBe(
    'All changes. Some changes may be missing: not everything could be read of Payments and Staging.',
  )
  expect(documentOf([], { unread }).description).toMatch(/of Payments, Staging, Test and 2 more subscriptions\.$/)
})

test('a feed of one subscription leads to its changes as that subscription shows them', () => {
  const query = `?connection=${randomUUID()}&effect=gained`
  const { homeUrl, entries } = documentOf([changeWith(NAMES)], { feed: { ...FEED, query } })
  expect(homeUrl).toBe(`https://portal.example/changes${query}`)
  expect(entries[0]?.url).toMatch(/\/changes\/[0-9a-f-]{36}\?connection=[0-9a-f-]{36}$/)
})

/** Any text at all: of any characters, of halves of them, and of what means something in XML and HTML. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.nat(0xffff), { maxLength: 12 }).map((units) => String.fromCharCode(...units)),
  fc
    .array(
      fc.constantFrom(
        '<',
        '>',
        '&',
        ']]>',
        '<![CDATA[',
        '<!--',
        '"',
        "'",
        '&lt;',
        '<b>',
        '\r\n',
        '\0',
        '\ud800',
        '\ufffe',
      ),
    )
    .map((parts) => parts.join('')),
)
const anyNames = fc.record({ person: anyText, role: anyText, label: anyText, by: anyText })

/** What XML 1.0 takes as characters of a text, without those that control something. */
const readable = (text: string): string =>
  [...text]
    .filter((character) => {
      const code = character.codePointAt(0) ?? 0
      const isControl = code < 0x20 || (code >= 0x7f && code <= 0x9f)
      return !isControl && !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff
    })
    .join('')

test('whatever the names are, the feed is well-formed XML and JSON that says just what was written, and no name is markup', () => {
  const plain = readAtom(writeAtom(documentOf([changeWith(NAMES)])))
  fc.assert(
    fc.property(fc.array(anyNames, { minLength: 1, maxLength: 40 }), anyText, (names, title) => {
      const changes = names.map((one) => changeWith(one))
      const document = documentOf(changes, { feed: { ...FEED, name: title }, filters: title })
      const atom = readAtom(writeAtom(document))
      const json = JSON.parse(writeJsonFeed(document))
      expect(atom.elements).toEqual(plain.elements)
      expect([atom.title, json.title]).toEqual([readable(title), readable(title)])
      for (const [index, change] of changes.entries()) {
        const [effect] = change.effects
        if (!effect) throw new Error('The change has no effect.')
        const said = [`${effectWords(change, effect)}.`, causeWords(change), 'Gained: 1. Lost: 0.'].map(readable)
        expect(atom.entries[index]?.title).toBe(readable(effectWords(change, effect)))
        expect(atom.entries[index]?.content).toBe(said.join('\n'))
        expect(json.items[index]).toMatchObject({ title: atom.entries[index]?.title, content_text: said.join('\n') })
      }
    }),
    // Each starts a program that is not ours.
    { numRuns: 25 },
  )
})
