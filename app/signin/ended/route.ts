import { currentMember, forgetSession } from '@/lib/auth/request'
import { seeOther } from '@/lib/see-other'
import { safePath } from '@/lib/web-security'

/**
 * Leads a browser whose session has ended, or that never had one, to the sign-in page, and makes it forget what it was shown.
 *
 * Next's router would take the sign-in page into the document that is open, and Back would show the pages that it keeps
 * there. When an answer is none of its own, it loads the address anew as a document, which drops them.
 */
export async function GET(request: Request): Promise<Response> {
  if (request.headers.has('rsc')) {
    return new Response('Your session has ended.', { status: 401, headers: { 'Cache-Control': 'no-store' } })
  }
  const wanted = new URL(request.url).searchParams.get('next')
  if (await currentMember()) return seeOther(safePath(wanted))

  const answer = seeOther(wanted === null ? '/signin' : `/signin?next=${encodeURIComponent(safePath(wanted))}`)
  // Takes the pages out of the browser's memory for Back and Forward, too. Cookies and storage are left alone, because
  // browsers delete those of every port of the host.
  if (await forgetSession()) answer.headers.set('Clear-Site-Data', '"cache"')
  return answer
}
