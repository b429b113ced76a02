/** The tabs of a subscription's page, in their order, each with the end of its address. People stand at the address itself. */
export const SUBSCRIPTION_TABS = [
  { key: 'people', path: '', label: 'People' },
  { key: 'roles', path: '/roles', label: 'Roles' },
  { key: 'groups', path: '/groups', label: 'Groups' },
  { key: 'principals', path: '/principals', label: 'Other principals' },
  { key: 'ask', path: '/ask', label: 'Ask' },
  { key: 'runs', path: '/runs', label: 'Runs' },
  { key: 'settings', path: '/settings', label: 'Settings' },
] as const

export type SubscriptionTab = (typeof SUBSCRIPTION_TABS)[number]
export type SubscriptionTabKey = SubscriptionTab['key']
