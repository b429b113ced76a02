export const CONTOSO = 'c0270500-1111-4a11-8a11-0c0270500001'
export const FABRIKAM = 'fab21ca0-2222-4a22-8a22-0fab21ca0002'
export const FABRIKAM_SUBSCRIPTION = '0f1e2d3c-0006-4b5a-8c7d-9e0f1a2b3c06'

/** The ids of Contoso's five subscriptions, by a short name. */
export const CONTOSO_SUBSCRIPTIONS = {
  production: '0f1e2d3c-0001-4b5a-8c7d-9e0f1a2b3c01',
  staging: '0f1e2d3c-0002-4b5a-8c7d-9e0f1a2b3c02',
  development: '0f1e2d3c-0003-4b5a-8c7d-9e0f1a2b3c03',
  legacy: '0f1e2d3c-0004-4b5a-8c7d-9e0f1a2b3c04',
  finance: '0f1e2d3c-0005-4b5a-8c7d-9e0f1a2b3c05',
} as const

/** An application of Contoso's own, for command lines and SDKs. Its secret protects nothing. */
export const CONTOSO_APPLICATION = {
  clientId: 'c0270500-aaaa-4a11-8a11-00000000a001',
  secret: 'contoso-inventory-secret',
  name: 'Contoso Inventory',
} as const
