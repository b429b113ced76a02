import type { ProblemCode } from './problems'

/**
 * The likeliest pages of Microsoft's sign-in that lead nowhere, so that nothing comes back from them: words that such a page
 * shows, its code, and which of our problems it is, whose own words say what to do.
 */
export const STUCK_AT_MICROSOFT = [
  { shows: 'Need admin approval', aadsts: 90094, problem: 'admin_consent_required' },
  { shows: '… does not exist in tenant …', aadsts: 50020, problem: 'account_not_in_tenant' },
  { shows: '… block users unless they are specifically granted …', aadsts: 50105, problem: 'not_assigned_to_app' },
  { shows: 'The user account is disabled', aadsts: 50057, problem: 'account_disabled' },
] as const satisfies readonly { shows: string; aadsts: number; problem: ProblemCode }[]
