import { expect, test } from 'vitest'
import { isApproval, readApproval } from './approval'

const TENANT = 'aaaabbbb-0000-cccc-1111-dddd2222eeee'
const read = (query: string) => {
  const returned = new URLSearchParams(query)
  return isApproval(returned) ? readApproval(returned) : null
}

test.each([
  [`admin_consent=True&tenant=${TENANT}`, 'granted'],
  [`admin_consent=true&tenant=${TENANT}&scope=x&state=12345`, 'granted'],
  [`admin_consent=True&tenant=${TENANT}&scope=x&state=abcSign+in+to+your+account`, 'granted'],
  [`admin_consent=True&tenant=${TENANT}&code=of-nothing`, 'granted'],
  [`admin_consent=False&tenant=${TENANT}`, 'declined'],
  ['admin_consent=True&error=consent_required&error_description=AADSTS65004%3a+The+resource+owner&state=1', 'declined'],
  ['admin_consent=True&error=access_denied&error_description=AADSTS65004%3a+User+declined', 'declined'],
  ['admin_consent=True&error=access_denied&error_subcode=cancel', 'declined'],
  ['error=access_denied&error_description=AADSTS65004%3a+User+declined', 'declined'],
  ['admin_consent=True&error=access_denied&error_description=AADSTS90094%3a+Admin', 'needs_admin'],
  ['admin_consent=True&error=access_denied&error_description=AADSTS50020%3a+Not+in+tenant', 'failed'],
  ['admin_consent=True&error=invalid_scope', 'failed'],
  ['admin_consent=%3Cscript%3E', 'failed'],
])('the return %s is an approval that was %s', (query, outcome) => {
  expect(read(query)).toBe(outcome)
})

test.each([
  'code=1&state=2',
  'code=1&state=2&admin_consent=True',
  'code=1',
  'error=access_denied&error_subcode=cancel&state=2',
  'error=server_error',
  '',
])('the return %j is not taken for an approval', (query) => {
  expect(read(query)).toBeNull()
})

test('a refusal on the approval’s own address may say nothing of consent', () => {
  expect(readApproval(new URLSearchParams('error=access_denied&error_subcode=cancel&state=1'))).toBe('declined')
  expect(readApproval(new URLSearchParams())).toBe('failed')
})
