import type { ProblemCode } from '@/lib/domain/problems'

/** What a person can do about a sign-in that did not end well, in the order offered: the first is the likely one. */
export type WayOn =
  | 'sign_in_again'
  | 'continue_with_fewer'
  | 'use_another_account'
  | 'continue_with_verification'
  | 'send_approval_link'
  | 'fix_app'
  | 'start_again'

const WAYS: Partial<Record<ProblemCode, WayOn[]>> = {
  declined: ['sign_in_again', 'continue_with_fewer', 'send_approval_link'],
  admin_consent_required: ['send_approval_link', 'sign_in_again', 'continue_with_fewer'],
  account_not_in_tenant: ['use_another_account'],
  wrong_tenant: ['use_another_account'],
  blocked_by_policy: ['use_another_account'],
  mfa_required: ['continue_with_verification', 'use_another_account'],
  not_assigned_to_app: ['sign_in_again', 'use_another_account'],
  account_disabled: ['use_another_account'],
  attempt_expired: ['sign_in_again', 'start_again'],
  attempt_used: ['sign_in_again', 'start_again'],
  state_mismatch: ['sign_in_again', 'start_again'],
  app_redirect_wrong: ['fix_app', 'sign_in_again'],
  app_secret_wrong: ['fix_app', 'sign_in_again'],
  app_secret_expired: ['fix_app', 'sign_in_again'],
  app_not_in_tenant: ['fix_app', 'sign_in_again'],
}

/** @param fewer whether optional permissions were asked for, which can be done without */
export function waysOn(code: ProblemCode, fewer: boolean): WayOn[] {
  const ways = WAYS[code] ?? ['sign_in_again', 'use_another_account']
  return fewer ? ways : ways.filter((way) => way !== 'continue_with_fewer')
}
