import { createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline'
import { pageGuard } from './page-guard'
import { type Caller, sendAuthorized } from './send-authorized'

/** The last hop of one ARM client: our transport, and a guard against lists that do not end. */
export function armHttpClient(caller: Caller): HttpClient {
  const guard = pageGuard()
  return {
    async sendRequest(request) {
      guard(request.url)
      const body = typeof request.body === 'string' ? request.body : undefined
      const response = await sendAuthorized(caller, 'arm', request.url, {
        method: request.method,
        headers: request.headers.toJSON(),
        body,
      })
      return {
        request,
        status: response.status,
        headers: createHttpHeaders(Object.fromEntries(response.headers)),
        bodyAsText: await response.text(),
      }
    },
  }
}
