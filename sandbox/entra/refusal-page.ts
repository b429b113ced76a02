import type { World } from '../world/world'
import { correlationOf, describeRefusal, type Refusal } from './entra-error'
import { escapeHtml, page } from './page'

/** A page for what Entra does not send back to the application. Its status is 200, as at Microsoft. */
export function refusalPage(world: World, request: Request, refusal: Refusal, extra = ''): Response {
  const text = describeRefusal(world, refusal, correlationOf(request))
  const lines = text.split('\r\n').map((line) => `<p class="code">${escapeHtml(line)}</p>`)
  return page('Sorry, but we’re having trouble signing you in', `${lines.join('\n')}${extra}`)
}
