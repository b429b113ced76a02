import { mayDo } from '@/lib/actor'
import { currentMember } from '@/lib/auth/request'
import { getAttempt } from '@/lib/connections/attempts'
import { finishSignIn } from '@/lib/connections/sign-in'

const WIZARD = '/integrations/azure/connect'

/**
 * Where Microsoft sends the browser after the sign-in that connects a subscription. Nothing of the query is shown or passed
 * on: it is used only for the attempt to which it belongs.
 */
export async function GET(request: Request): Promise<Response> {
  const member = await currentMember()
  if (!member) return seeOther(`/signin?next=${encodeURIComponent(`${WIZARD}/problem?code=state_mismatch`)}`)
  if (!mayDo(member.role, 'connect')) return seeOther(WIZARD)

  const finished = await finishSignIn(member, new URL(request.url).searchParams)
  if (finished.attemptId === null) return seeOther(`${WIZARD}/problem?code=${finished.code}`)
  const attempt = await getAttempt(member, finished.attemptId)
  const signedIn = attempt?.account && !attempt.problem
  return seeOther(`${WIZARD}/${finished.attemptId}/${signedIn ? 'checks' : 'sign-in'}`)
}

/** The address is relative, so that the browser stays at the host by which it knows the portal. */
const seeOther = (path: string) =>
  new Response(null, {
    status: 303,
    headers: { Location: path, 'Cache-Control': 'no-store' },
  })
