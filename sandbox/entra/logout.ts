import type { World } from '../world/world'
import { FORGET_COOKIE } from './account-picker'
import { page } from './page'

/** `/{tenant}/oauth2/v2.0/logout`: forgets the accounts; goes back only to the addresses of a known application. */
export function logout(world: World, request: Request): Response {
  const back = new URL(request.url).searchParams.get('post_logout_redirect_uri')
  const headers = { 'set-cookie': FORGET_COOKIE }
  const known =
    back !== null &&
    [...world.applications.values()].some((app) =>
      app.redirectUris.some((uri) => new URL(uri).origin === URL.parse(back)?.origin),
    )
  if (known) return new Response(null, { status: 302, headers: { ...headers, location: back } })
  return page('You signed out of your account', '<p>It’s a good idea to close all browser windows.</p>', { headers })
}
