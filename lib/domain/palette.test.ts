import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findPlaces, formatFindView, PLACES, parseFindView, splitTab } from './palette'

const labels = (typed: string) => findPlaces(typed).map(({ label }) => label)

test('while nothing is typed, the parts of the portal are found, and not what is in them', () => {
  expect(labels('  ')).toEqual([
    ...[
      'Integrations',
      'All people',
      'People by subscription',
      'Ask all subscriptions',
      'Changes',
      'Connect a subscription',
      'Accounts',
    ],
    'Settings',
  ])
})

test('pages are found by the beginnings of their words, in any case and any order', () => {
  expect(labels('aud')).toEqual(['Audit log'])
  expect(labels('LOG audit')).toEqual(['Audit log'])
  expect(labels('people sub')).toEqual(['People by subscription'])
  expect(labels('matrix')).toEqual(['People by subscription'])
  expect(labels('settings')).toEqual([
    ...['Settings', 'Members', 'Your sessions', 'History', 'Audit log', 'Exports', 'Feeds'],
  ])
  expect(labels('settings fee')).toEqual(['Feeds'])
  // By so little only where a reader sees why.
  expect(labels('ma')).toEqual([])
  expect(labels('mat')).toEqual(['People by subscription'])
})

test('a page is not found by letters within its words', () => {
  expect(labels('og')).toEqual([])
  expect(labels('audit people')).toEqual([])
})

/** The folders of pages, without those in brackets, which are no part of an address. */
const pages = readdirSync('app/(portal)', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('page.tsx'))
  .map((file) => `/${file.replace(/\/?page\.tsx$/, '')}`.replaceAll(/\/\([^/]*\)/g, ''))

test.each(PLACES)('there is a page $label at $href', ({ href }) => {
  expect(pages).toContain(href)
})

test.each([
  ['production roles', '/roles', 'production'],
  ['production ro', '/roles', 'production'],
  ['roles production', '/roles', 'production'],
  ['pay-as-you-go  (1)  groups', '/groups', 'pay-as-you-go (1)'],
  ['production principals', '/principals', 'production'],
  ['production people', '', 'production'],
  ['ask production', '/ask', 'production'],
])('%j asks for the tab %j of what is called %j', (typed, path, search) => {
  expect(splitTab(typed)).toMatchObject({ tab: { path }, search })
})

test.each(['', 'roles', 'production', 'production r', 'production east'])('%j asks for no tab', (typed) => {
  expect(splitTab(typed)).toBeNull()
})

test('every tab that can be asked for is a page of a subscription', () => {
  for (const word of ['people', 'roles', 'groups', 'other', 'ask', 'runs', 'settings']) {
    const path = splitTab(`production ${word}`)?.tab.path ?? 'none'
    expect(existsSync(join('app/(portal)/integrations/azure/[connectionId]', path, 'page.tsx')), word).toBe(true)
  }
})

test('what is asked for stands in an address, and is read from any', () => {
  const view = { search: 'ada & bo', last: ['0f1e2d3c-0001-4b5a-8c7d-9e0f1a2b3c01'] }
  expect(parseFindView(Object.fromEntries(new URLSearchParams(formatFindView(view))))).toEqual(view)
  expect(formatFindView({ search: '', last: [] })).toBe('')
  expect(parseFindView({ q: ['a', 'b'], last: "'; drop table" })).toEqual({ search: 'a', last: [] })
})
