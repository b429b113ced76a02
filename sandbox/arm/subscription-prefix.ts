/** The subscription a scope begins with, as it is spelt there; empty above subscriptions. */
export const subscriptionPrefix = (scope: string): string => /^\/subscriptions\/[^/]+/i.exec(scope)?.[0] ?? ''
