import { randomUUID } from 'node:crypto'
import type { World } from '../world/world'

/** An error of Entra's: its OAuth name, its AADSTS code and its text; the status is 400 when left out. */
export type Refusal = { error: string; code: number; text: string; status?: number; suberror?: string; claims?: string }

/** The correlation id of a request: the one that the caller sent, which Entra repeats, or a new one. */
export function correlationOf(request: Request): string {
  const url = new URL(request.url)
  const sent = request.headers.get('client-request-id') ?? url.searchParams.get('client-request-id') ?? ''
  return /^[0-9a-f-]{36}$/i.test(sent) ? sent : randomUUID()
}

/** The text in which Entra reports an AADSTS code: the message, then trace id, correlation id and time. */
export function describeRefusal(
  world: World,
  refusal: Refusal,
  correlationId: string,
  traceId: string = randomUUID(),
): string {
  const at = new Date(world.now()).toISOString()
  const timestamp = `${at.slice(0, 10)} ${at.slice(11, 19)}Z`
  return `AADSTS${refusal.code}: ${refusal.text}\r\nTrace ID: ${traceId}\r\nCorrelation ID: ${correlationId}\r\nTimestamp: ${timestamp}`
}

/** The JSON answer of an endpoint that refuses. Source: Microsoft's "Authentication and authorization error codes". */
export function refuse(world: World, request: Request, refusal: Refusal): Response {
  const correlation_id = correlationOf(request)
  const trace_id = randomUUID()
  const at = new Date(world.now()).toISOString()
  const body = {
    error: refusal.error,
    error_description: describeRefusal(world, refusal, correlation_id, trace_id),
    error_codes: [refusal.code],
    timestamp: `${at.slice(0, 10)} ${at.slice(11, 19)}Z`,
    trace_id,
    correlation_id,
    error_uri: `https://login.microsoftonline.com/error?code=${refusal.code}`,
    ...(refusal.suberror ? { suberror: refusal.suberror } : {}),
    ...(refusal.claims ? { claims: refusal.claims } : {}),
  }
  return Response.json(body, {
    status: refusal.status ?? 400,
    headers: {
      'client-request-id': correlation_id,
      'x-ms-request-id': trace_id,
      'cache-control': 'no-store, no-cache',
    },
  })
}

/** Escapes text for HTML, also for attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#c8c6c4, #55534f); --soft: light-dark(#595959, #b8b5b0) }
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.45 system-ui, sans-serif; background: light-dark(#eef1f4, #1b1a19); color: light-dark(#1b1b1b, #f3f2f1) }
.banner { padding: .5rem 1rem; background: light-dark(#fff4ce, #433519); text-align: center; font-size: .875rem }
main { max-width: 30rem; margin: 4vh auto; padding: 2.25rem; background: light-dark(#fff, #292827); border: 1px solid var(--line); border-radius: 4px }
h1 { font-size: 1.5rem; font-weight: 600; margin: 0 0 .75rem } h2 { font-size: .875rem; margin: 1.5rem 0 .25rem; color: var(--soft) }
p { margin: .5rem 0 } .soft { color: var(--soft); font-size: .875rem } .code { font: .8125rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; color: var(--soft) }
button, .field { font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 2px; padding: .5rem 1rem; cursor: pointer }
button:focus-visible, a:focus-visible, input:focus-visible { outline: 3px solid #0f6cbd; outline-offset: 2px }
.account { display: block; width: 100%; text-align: left; margin: .375rem 0; border-radius: 4px } .account span { display: block; color: var(--soft); font-size: .875rem }
.primary { background: #0f6cbd; border-color: #0f6cbd; color: #fff } .actions { display: flex; gap: .75rem; justify-content: flex-end; flex-wrap: wrap; margin-top: 1.5rem }
a { color: light-dark(#0f5ea8, #77b7f7) } .field { width: 100%; cursor: text; margin: .25rem 0 .75rem } li { margin: .5rem 0 } ul { padding-left: 1.25rem }
`

/** A page of the sandbox's login. Its banner says that it is not Microsoft's. */
export function page(
  title: string,
  body: string,
  options: { status?: number; headers?: Record<string, string> } = {},
): Response {
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)} (sandbox)</title><link rel="icon" href="data:,"><style>${STYLE}</style></head>
<body><header class="banner">This is Rolecall's sandbox, not Microsoft. Nothing here is real; no password is asked for.</header>
<main><h1>${escapeHtml(title)}</h1>
${body}
</main></body></html>`
  return new Response(html, {
    status: options.status ?? 200,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', ...options.headers },
  })
}

/** The page for a refusal that Entra does not report to the application. Its status is 200, as at Microsoft. */
export function refusalPage(world: World, request: Request, refusal: Refusal, extra = ''): Response {
  const text = describeRefusal(world, refusal, correlationOf(request))
  const lines = text.split('\r\n').map((line) => `<p class="code">${escapeHtml(line)}</p>`)
  return page('Sorry, but we’re having trouble signing you in', `${lines.join('\n')}${extra}`)
}
