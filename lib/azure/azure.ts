import { AuthorizationManagementClient } from '@azure/arm-authorization'
import { SubscriptionClient } from '@azure/arm-resources-subscriptions'
import { Client, type Context, GraphClientError } from '@microsoft/microsoft-graph-client'
import { type ArmShape, armGuard, armHttpClient } from './arm-http-client'
import { cloud } from './cloud'
import { PATIENCE } from './patience'
import { type Caller, sendAuthorized } from './send-authorized'

/** Microsoft's clients on behalf of one account. The ARM clients are made anew for each read: each guards one list. */
export type Azure = {
  caller: Caller
  authorization(subscriptionId: string): AuthorizationManagementClient
  subscriptions(shape: ArmShape): SubscriptionClient
  graph: Client
}

export function createAzure(given: Caller): Azure {
  const caller = { patience: PATIENCE, ...given }
  const credential = { getToken: () => caller.tokens.get('arm') }
  const armOptions = (shape: ArmShape) => ({
    endpoint: cloud().arm,
    credentialScopes: `${cloud().arm}/.default`,
    httpClient: armHttpClient(caller, shape),
    additionalPolicies: [{ policy: armGuard(), position: 'perCall' as const }],
    retryOptions: { maxRetries: 0 }, // the transport retries, for all alike
  })
  return {
    caller,
    authorization: (subscriptionId) =>
      new AuthorizationManagementClient(credential, subscriptionId, armOptions('list')),
    subscriptions: (shape) => new SubscriptionClient(credential, armOptions(shape)),
    graph: Client.initWithMiddleware({
      baseUrl: cloud().graph,
      middleware: { execute: (context) => answer(caller, context) },
    }),
  }
}

/** The whole middleware chain: authentication, retry and the guards are those of {@link sendAuthorized}. */
async function answer(caller: Caller, context: Context): Promise<void> {
  const { method, headers, body } = context.options ?? {}
  try {
    context.response = await sendAuthorized(caller, 'graph', String(context.request), { method, headers, body })
  } catch (error) {
    // The Graph client rewrites every other error and loses its cause.
    const carrier = new GraphClientError()
    carrier.customError = error
    throw carrier
  }
}
