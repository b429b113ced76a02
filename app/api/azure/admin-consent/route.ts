/**
 * Where Microsoft sends an administrator who followed the approval link. They need not be a member, and anyone can open
 * this address with any answer, so the answer is neither stored nor relied on: the next sign-in shows whether the consent
 * was given.
 */
export function GET(request: Request): Response {
  const query = new URL(request.url).searchParams
  const granted = query.get('admin_consent')?.toLowerCase() === 'true' && !query.has('error')
  return new Response(null, {
    status: 303,
    headers: {
      Location: `/approved?outcome=${granted ? 'granted' : 'declined'}`,
      'Cache-Control': 'no-store',
    },
  })
}
