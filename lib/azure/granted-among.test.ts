import { expect, test } from 'vitest'
import { grantedAmong } from './granted-among'

const WANTED = ['GroupMember.Read.All', 'Application.Read.All', 'AuditLog.Read.All']

test.each([
  ['with the resource before it', ['https://graph.microsoft.com/GroupMember.Read.All'], ['GroupMember.Read.All']],
  ['as a bare name', ['AuditLog.Read.All'], ['AuditLog.Read.All']],
  ['in another case', ['https://graph.microsoft.com/groupmember.read.all'], ['GroupMember.Read.All']],
  ['among more than was asked for', ['Mail.Read', 'openid', 'Application.Read.All'], ['Application.Read.All']],
  [
    'in another order',
    ['AuditLog.Read.All', 'Application.Read.All', 'GroupMember.Read.All'],
    ['GroupMember.Read.All', 'Application.Read.All', 'AuditLog.Read.All'],
  ],
])('a granted scope is known %s', (_, granted, known) => {
  expect(grantedAmong(WANTED, granted)).toEqual(known)
})

test('a longer name that ends or begins alike is another scope', () => {
  expect(
    grantedAmong(WANTED, ['GroupMember.ReadWrite.All', 'XGroupMember.Read.All', 'GroupMember.Read.All.Shared']),
  ).toEqual([])
})
