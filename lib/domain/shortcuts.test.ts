import { expect, test } from 'vitest'
import { opensPalette, type Press, readSingleKey } from './shortcuts'

const press = (key: string, held: Partial<Press> = {}): Press => ({
  ...{ key, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, timeStamp: 10_000 },
  ...held,
})

test('the palette opens by the key that each system uses for commands, and by no other', () => {
  expect(opensPalette(press('k', { metaKey: true }), true)).toBe(true)
  expect(opensPalette(press('k', { ctrlKey: true }), false)).toBe(true)
  expect(opensPalette(press('K', { ctrlKey: true }), false)).toBe(true)
  // In a text field of a Mac it deletes the rest of the line.
  expect(opensPalette(press('k', { ctrlKey: true }), true)).toBe(false)
  expect(opensPalette(press('k', { metaKey: true }), false)).toBe(false)
  expect(opensPalette(press('k', { ctrlKey: true, shiftKey: true }), false)).toBe(false)
  expect(opensPalette(press('k'), false)).toBe(false)
})

test.each([
  ['/', 'search'],
  ['?', 'keys'],
  ['j', 'down'],
  ['k', 'up'],
  ['e', 'export'],
  ['g', 'lead'],
])('%s alone asks for %s', (key, shortcut) => {
  expect(readSingleKey(press(key), null)).toBe(shortcut)
  expect(readSingleKey(press(key, { shiftKey: true }), null)).toBe(shortcut)
  for (const held of ['altKey', 'ctrlKey', 'metaKey'] as const)
    expect(readSingleKey(press(key, { [held]: true }), null)).toBeNull()
})

test.each(['J', 'a', 'Enter', 'toString', '', 'i'])('%j alone asks for nothing', (key) => {
  expect(readSingleKey(press(key), null)).toBeNull()
})

test.each([
  ['i', '/integrations'],
  ['p', '/people'],
  ['c', '/changes'],
  ['s', '/settings'],
])('g and then %s leads to %s, unless it comes too late', (key, path) => {
  expect(readSingleKey(press(key), 9_000)).toBe(path)
  expect(readSingleKey(press(key), 8_000)).toBeNull()
  expect(readSingleKey(press(key, { ctrlKey: true }), 9_000)).toBeNull()
})

test('a key that leads nowhere after g means what it means alone', () => {
  expect(readSingleKey(press('j'), 9_000)).toBe('down')
  expect(readSingleKey(press('x'), 9_000)).toBeNull()
})
