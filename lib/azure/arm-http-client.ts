import { createHttpHeaders, type HttpClient, type PipelinePolicy } from '@azure/core-rest-pipeline'
import { z } from 'zod'
import { AzureError } from './azure-error'
import { pageGuard } from './page-guard'
import { type Caller, sendAuthorized } from './send-authorized'
import { trusted } from './transport'

/** What one ARM client reads: a single thing, or a list page by page. */
export type ArmShape = 'one' | 'list'

const Page = z.looseObject({ value: z.array(z.unknown()) })

/** The last hop of one ARM client: our transport. A page without a list is refused, since the SDK would read it as an empty one. */
export function armHttpClient(caller: Caller, shape: ArmShape): HttpClient {
  return {
    async sendRequest(request) {
      const { url, method } = request
      const body = typeof request.body === 'string' ? request.body : undefined
      const response = await sendAuthorized(caller, 'arm', url, { method, headers: request.headers.toJSON(), body })
      const bodyAsText = await response.text()
      if (shape === 'list' && response.ok && !Page.safeParse(JSON.parse(bodyAsText)).success) {
        throw new AzureError('bad_answer', 'A page has no list in it.', { status: response.status })
      }
      const headers = createHttpHeaders(Object.fromEntries(response.headers))
      return { request, status: response.status, headers, bodyAsText }
    },
  }
}

/** First in the SDK's pipeline: judges every address before the SDK itself stumbles over one, and ends lists that do not. */
export function armGuard(): PipelinePolicy {
  const guard = pageGuard()
  return {
    name: 'rolecallGuard',
    sendRequest(request, next) {
      guard(trusted(request.url).href)
      return next(request)
    },
  }
}
