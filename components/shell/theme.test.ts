import { expect, test } from 'vitest'
import { parseTheme, themeCookie } from './theme'

test('on https the cookie of the theme is bound to the host, as those of the sign-in are', () => {
  const { name, options } = themeCookie('https://portal.example')
  expect(name).toMatch(/^__Host-/)
  expect(options).toMatchObject({ httpOnly: true, secure: true, sameSite: 'lax', path: '/' })
  expect(options).not.toHaveProperty('domain')
})

test('on plain http it has a name that browsers accept there', () => {
  const { name, options } = themeCookie('http://localhost:3000')
  expect(name).not.toMatch(/^__/)
  expect(options).toMatchObject({ httpOnly: true, secure: false, sameSite: 'lax', path: '/' })
})

test.each([
  ['dark', 'dark'],
  ['light', 'light'],
  ['javascript:alert(1)', 'system'],
  ['', 'system'],
  [undefined, 'system'],
])('the stored theme %j is read as %s', (stored, theme) => {
  expect(parseTheme(stored)).toBe(theme)
})
