import { refuseVisitor } from '@/lib/auth/refusals'
import { readApproval } from '@/lib/azure/approval'
import { seeOther } from '@/lib/see-other'

/**
 * Where Microsoft sends an administrator who followed the approval link. They need not be a member, and anyone can open
 * this address with any answer, so the answer is neither stored nor relied on: the next sign-in shows whether the consent
 * was given.
 */
export async function GET(request: Request): Promise<Response> {
  const refused = await refuseVisitor('callback', request)
  if (refused) return refused
  return seeOther(`/approved?outcome=${readApproval(new URL(request.url).searchParams)}`)
}
