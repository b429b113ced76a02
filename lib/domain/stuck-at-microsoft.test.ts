import { expect, test } from 'vitest'
import { problemOfAadsts } from '@/lib/azure/client/aadsts'
import { STUCK_AT_MICROSOFT } from './stuck-at-microsoft'

test.each(STUCK_AT_MICROSOFT)(
  'AADSTS$aadsts is explained as the problem that it is when Microsoft reports it',
  (one) => {
    expect(problemOfAadsts(one.aadsts, undefined)).toBe(one.problem)
  },
)
