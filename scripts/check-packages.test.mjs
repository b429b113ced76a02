import { expect, test } from 'vitest'
import { findUnhashed, readAudit, readLockFile } from './check-packages.mjs'

test('every locked package has a hash, those of other platforms too', () => {
  expect(findUnhashed(readLockFile())).toEqual([])
})

test('a package without a hash, or with a weak one, is found', () => {
  const packages = {
    '': { name: 'rolecall' },
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-AAAA' },
    'node_modules/b': { version: '1.0.0' },
    'node_modules/c': { version: '1.0.0', integrity: 'sha1-AAAA' },
    'node_modules/d': { link: true },
  }
  expect(findUnhashed({ packages })).toEqual(['node_modules/b', 'node_modules/c'])
})

test('what npm audit knows is told from its having no answer', () => {
  const vulnerabilities = {
    next: {
      name: 'next',
      severity: 'critical',
      range: '<16.4.0',
      via: [{ title: 'Remote code execution', url: 'https://github.com/advisories/GHSA-1' }],
    },
    tiny: { name: 'tiny', severity: 'low', range: '*', via: ['next'] },
    deep: { name: 'deep', severity: 'high', range: '*', via: ['next'] },
  }
  expect(readAudit(JSON.stringify({ vulnerabilities }))).toEqual({
    serious: ['next <16.4.0: critical: Remote code execution (https://github.com/advisories/GHSA-1)', 'deep *: high'],
    unanswered: null,
  })
  expect(readAudit(JSON.stringify({ vulnerabilities: {} }))).toEqual({ serious: [], unanswered: null })
  const refused = { message: '405 Method Not Allowed', error: { summary: '', detail: '' } }
  expect(readAudit(JSON.stringify(refused)).unanswered).toBe('405 Method Not Allowed')
  expect(readAudit('npm ran into a wall').unanswered).toBe('npm audit gave no report')
})
