import { mayDo, NotAllowed } from '@/lib/actor'
import { recordRefusal } from '@/lib/auth/record-refusal'
import { refuseVisitor } from '@/lib/auth/refusals'
import { currentMember } from '@/lib/auth/request'
import { isApproval, readApproval } from '@/lib/azure/approval'
import { getAttempt } from '@/lib/connections/attempts'
import { finishSignIn } from '@/lib/connections/sign-in'
import { seeOther } from '@/lib/see-other'

const WIZARD = '/integrations/azure/connect'

/**
 * Where Microsoft sends the browser after the sign-in that connects a subscription. Nothing of the query is shown or passed
 * on: it is used only for the attempt to which it belongs. An approval that comes back here is for its own page, and uses
 * up no attempt.
 */
export async function GET(request: Request): Promise<Response> {
  const refused = await refuseVisitor('callback', request)
  if (refused) return refused
  const query = new URL(request.url).searchParams
  if (isApproval(query)) return seeOther(`/approved?outcome=${readApproval(query)}`)
  const member = await currentMember()
  if (!member) return seeOther(`/signin?next=${encodeURIComponent(`${WIZARD}/problem?code=state_mismatch`)}`)
  if (!mayDo(member.role, 'connect')) {
    await recordRefusal(member, new NotAllowed('connect'))
    return seeOther(WIZARD)
  }

  const finished = await finishSignIn(member, query)
  if (finished.attemptId === null) return seeOther(`${WIZARD}/problem?code=${finished.code}`)
  const attempt = await getAttempt(member, finished.attemptId)
  const signedIn = attempt?.account && !attempt.problem
  return seeOther(`${WIZARD}/${finished.attemptId}/${signedIn ? 'checks' : 'sign-in'}`)
}
