/**
 * Sends the browser on to a path of this portal. The address is relative, so that the browser stays at the host by which it
 * knows the portal.
 */
export const seeOther = (path: string): Response =>
  new Response(null, { status: 303, headers: { Location: path, 'Cache-Control': 'no-store' } })
