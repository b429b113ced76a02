const ORIGINS = {
  global: 'https://portal.azure.com',
  usgov: 'https://portal.azure.us',
  china: 'https://portal.azure.cn',
}

/** Places in the Azure portal of a cloud that the wizard sends people to. */
export function azurePortal(cloud: keyof typeof ORIGINS) {
  const origin = ORIGINS[cloud]
  return {
    origin,
    subscriptions: `${origin}/#view/Microsoft_Azure_Billing/SubscriptionsBladeV2`,
    appRegistrations: `${origin}/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade`,
    /** The Access control (IAM) page of one subscription, opened in the tenant that owns it. */
    accessControl: (tenantId: string, subscriptionId: string) =>
      `${origin}/#@${tenantId}/resource/subscriptions/${subscriptionId}/users`,
  }
}

export type AzurePortal = ReturnType<typeof azurePortal>
