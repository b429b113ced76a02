import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as vocabulary from './vocabulary'

/** Every list of the vocabulary, by its name. */
const lists = Object.entries(vocabulary).flatMap(([name, words]) =>
  Array.isArray(words) ? [[name, words.map(String)] as const] : [],
)

/** Where words stand one after another: an array, choices, a union of types, ranks by word, or an order in SQL. */
const SERIES = [
  /\[(?:\s*'\w+',?)+\s*\]/g,
  /(?:\{\s*value: '\w+'[^{}]*\},?\s*)+/g,
  /'\w+'(?:\s*\|\s*'\w+')+/g,
  /\{(?:\s*\w+: \d+,?)+\s*\}/g,
  /\bcase\b[^`]*?\bend\b/g, //
]

/** The lists that a text writes down again: all of their words in one series, or all but one. */
function findCopies(text: string): string[] {
  const series = SERIES.flatMap((pattern) => text.match(pattern) ?? []).map(
    (found) => new Set(found.match(/\w+(?=')|\w+(?=: \d)/g)),
  )
  return lists.filter(([, words]) => series.some((found) => isCopy(words, found))).map(([name]) => name)
}

function isCopy(words: readonly string[], found: ReadonlySet<string>): boolean {
  const shared = words.filter((word) => found.has(word)).length
  return shared === words.length || (words.length > 3 && shared === words.length - 1)
}

test('a closed list of words is written down in the vocabulary and nowhere else', () => {
  const files = globSync('{app,components,db,lib}/**/*.{ts,tsx}').filter(
    (file) => !file.startsWith('lib/domain/vocabulary') && !/\.test\.tsx?$/.test(file),
  )
  expect(files.length).toBeGreaterThan(100)
  const copies = files.flatMap((file) => findCopies(readFileSync(file, 'utf8')).map((name) => `${name} in ${file}`))
  expect(copies).toEqual([])
})

test.each([
  ['an array', "const ROLES = ['owner', 'admin', 'viewer']", ['MEMBER_ROLES']],
  [
    'choices of a field',
    "[{ value: 'owner', label: 'Owner' }, { value: 'admin', label: 'A' }, { value: 'viewer', label: 'V' }]",
    ['MEMBER_ROLES'],
  ],
  ['a union of types', "type Role =\n  | 'viewer'\n  | 'owner'\n  | 'admin'", ['MEMBER_ROLES']],
  ['ranks by word', 'const RANK = { grants_access: 1, writes: 2, writes_data: 3, reads_data: 4 }', ['PRIVILEGES']],
  ['an order in SQL', "sql`case kind when 'active' then 1 when 'activated' then 2 else 3 end, 'eligible'`", []],
  [
    'a whole order in SQL',
    "case k when 'active' then 1 when 'activated' then 2 when 'eligible' then 3 end",
    ['ASSIGNMENT_KINDS'],
  ],
  ['a few of many words', "const GONE = ['disabled', 'deleted', 'not_found']", []],
  ['words for people', "const WORDS = { owner: 'Owner', admin: 'Admin', viewer: 'Viewer' }", []],
])('a copy is found in %s', (_, text, found) => {
  expect(findCopies(text)).toEqual(found)
})
