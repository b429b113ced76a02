/**
 * Whether a scope can reach a subscription: the root and management groups, which a list names only when they lie above
 * it, and whatever lies at or below the subscription itself. Another subscription's scope cannot.
 */
export function appliesTo(subscriptionId: string, scope: string): boolean {
  const named = /^\/subscriptions\/([^/]+)/i.exec(scope)?.[1]
  return named === undefined || named.toLowerCase() === subscriptionId.toLowerCase()
}
