import { z } from 'zod'
import { log } from '@/lib/log'
import { MinuteCount } from '@/lib/minute-count'

/** Directives of our policy that a browser can find broken. Nothing else of a report is kept, because it holds addresses. */
const DIRECTIVES =
  /^(?:default|script|style|img|font|connect|object|frame|worker|manifest|media)-src(?:-elem|-attr)?$|^(?:base-uri|form-action|frame-ancestors)$/

const Directive = z.string().regex(DIRECTIVES).catch('other')
/** Both ways to report: `report-to`, several at once, and the older `report-uri`. */
const Reports = z.union([
  z
    .array(z.object({ body: z.object({ effectiveDirective: Directive }) }))
    .transform((all) => all.map(({ body }) => body.effectiveDirective)),
  z
    .object({ 'csp-report': z.object({ 'effective-directive': Directive }) })
    .transform((one) => [one['csp-report']['effective-directive']]),
])

const count = new MinuteCount((directives) => log().warn({ event: 'csp_reports', directives }))

/** Takes a browser's report of what the content security policy kept a page from, and counts it in the log. */
export async function POST(request: Request): Promise<Response> {
  const text = await request.text()
  const reports = Reports.safeParse(parseJson(text))
  if (!reports.success) return new Response('This is no report of a content security policy.', { status: 400 })
  for (const directive of reports.data) count.add(directive)
  return new Response(null, { status: 204 })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
