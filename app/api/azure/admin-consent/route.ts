/**
 * Where Microsoft sends an administrator who followed the approval link. They may be nobody here, and anyone can call this
 * with any `tenant`, so nothing is stored and nothing believed: the next sign-in shows whether the consent is there.
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
