import { randomUUID } from 'node:crypto'
import type { FaultRule } from '../control/fault-rules'
import { createSigningKey, type SigningKey } from './signing-keys'
import type { Application, Subscription, Tenant, User } from './types'

/** Everything the sandbox knows. What the wire says is computed from it; tests may read and change it in process. */
export class World {
  readonly tenants = new Map<string, Tenant>()
  readonly applications = new Map<string, Application>()
  readonly codes = new Map<string, Code>()
  readonly deviceCodes = new Map<string, DeviceCode>()
  /** What tokens are signed with: the last one signs, every one verifies. */
  signingKeys: readonly SigningKey[] = [createSigningKey()]
  /** Tells tokens of this run of the sandbox from those of an earlier one. */
  readonly bootId = randomUUID()
  readonly clientId = FIXED_APP.clientId
  faults: FaultRule[] = []
  log: LogEntry[] = []
  latencyMs = 0
  /** How long an access token lives, in seconds. */
  tokenSeconds = 3_600
  /** Added to the machine's clock, in milliseconds. */
  clockOffset = 0
  /** Tenant and application whose consent was withdrawn in this run: it is not learned again from an old token. */
  readonly withdrawn = new Set<string>()
  /** How many tenants were made from a seed: the second one is another tenant. */
  readonly seedUses = new Map<string, number>()

  constructor(readonly portalUrl: string) {
    this.applications.set(FIXED_APP.clientId, {
      clientId: FIXED_APP.clientId,
      name: 'Rolecall',
      secrets: [{ value: FIXED_APP.secret, expired: false }],
      redirectUris: ['/api/auth/callback/azure-ad', '/api/azure/callback', '/api/azure/admin-consent'].map(
        (path) => `${portalUrl}${path}`,
      ),
      registeredScopes: ['graph/User.Read', 'graph/User.Read.All', 'arm/user_impersonation'],
      homeTenantId: null,
      publicClient: false,
      preauthorized: false,
    })
    this.applications.set(AZURE_CLI.clientId, { ...AZURE_CLI })
  }

  now(): number {
    return Date.now() + this.clockOffset
  }

  /** A tenant by id or verified domain, in any case. */
  findTenant(idOrDomain: string): Tenant | undefined {
    const name = idOrDomain.toLowerCase()
    return this.tenants.get(name) ?? [...this.tenants.values()].find((tenant) => tenant.domain === name)
  }

  findSubscription(id: string): { subscription: Subscription; tenant: Tenant } | null {
    for (const tenant of this.tenants.values()) {
      const subscription = tenant.subscriptions.get(id.toLowerCase())
      if (subscription) return { subscription, tenant }
    }
    return null
  }

  /** A person by object id or user principal name, in one tenant or in any. */
  findUser(name: string, tenantId?: string): { user: User; tenant: Tenant } | null {
    const wanted = name.toLowerCase()
    for (const tenant of tenantId ? [this.findTenant(tenantId)] : this.tenants.values()) {
      if (!tenant) continue
      const user = tenant.users.get(wanted) ?? tenant.users.indexBy('name', (one) => one.userPrincipalName).get(wanted)
      if (user) return { user, tenant }
    }
    return null
  }

  addTenant(tenant: Tenant): void {
    this.tenants.set(tenant.id, tenant)
  }
}

const FIXED_APP = { clientId: '5a9d0b0e-0000-4000-8000-726f6c656361', secret: 'sandbox-secret' }

/**
 * The Azure CLI's own client, known in every tenant. Its id and redirect are those in its source; what it may do at
 * Graph follows the scopes its recorded token replies list, with Directory.Read.All standing for reading as the person.
 */
export const AZURE_CLI: Readonly<Application> = {
  clientId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
  name: 'Microsoft Azure CLI',
  secrets: [],
  redirectUris: ['http://localhost'],
  registeredScopes: [
    'arm/user_impersonation',
    'graph/Application.ReadWrite.All',
    'graph/AuditLog.Read.All',
    'graph/Directory.AccessAsUser.All',
    'graph/Directory.Read.All',
    'graph/Group.ReadWrite.All',
    'graph/User.ReadWrite.All',
  ],
  homeTenantId: null,
  publicClient: true,
  preauthorized: true,
}

/** An authorization code that waits to be redeemed. */
export type Code = {
  clientId: string
  redirectUri: string
  /** The tenant signed in to, and the segment of the address it was asked at. */
  tenantId: string
  authority: string
  /** The person's own account. */
  homeTenantId: string
  userId: string
  nonce: string | null
  challenge: string | null
  challengeMethod: string
  scope: string
  mfa: boolean
  issuedAt: number
  redeemed: boolean
}

/** A sign-in asked for by a device without a browser, until it is redeemed or forgotten. */
export type DeviceCode = {
  userCode: string
  clientId: string
  authority: string
  scope: string
  issuedAt: number
  state: 'pending' | 'declined' | 'redeemed' | { tenantId: string; homeTenantId: string; userId: string; mfa: boolean }
}

/** One HTTP request the sandbox received. Tokens, secrets, codes and cookies are kept only by their hash; bodies never. */
export type LogEntry = {
  at: string
  method: string
  host: string
  path: string
  query: Record<string, string>
  headers: Record<string, string>
  /** 0: the connection was closed without an answer. */
  status: number
  /** Of the body of the answer as it was meant. */
  bytes: number
  ms: number
  tenantId: string | null
  /** SHA-256 of the Authorization header. */
  authorization: string | null
  fault: string | null
  batch?: LogItem[]
}

/** One request inside a `$batch`. */
export type LogItem = {
  method: string
  path: string
  status: number
  /** The fault rule that spoiled it. */
  fault: string | null
}
