import { randomUUID } from 'node:crypto'
import type { FaultRule } from '../control/fault-rules'
import { createSigningKey, type SigningKey } from './signing-keys'
import type { Application, Machine, Subscription, Tenant, User } from './types'

/** Everything the sandbox knows. All answers are computed from it; tests may read and change it in process. */
export class World {
  readonly tenants = new Map<string, Tenant>()
  readonly applications = new Map<string, Application>()
  readonly codes = new Map<string, Code>()
  readonly deviceCodes = new Map<string, DeviceCode>()
  /** The last key signs new tokens; tokens signed by any of these keys are valid. */
  signingKeys: readonly SigningKey[] = [createSigningKey()]
  /** Distinguishes tokens of this run of the sandbox from those of an earlier one. */
  readonly bootId = randomUUID()
  readonly clientId = FIXED_APP.clientId
  /** Issuers of federated tokens that Entra ID can ask for their keys, such as a Kubernetes cluster, by address. */
  readonly issuers = new Map<string, SigningKey>()
  /** The machine that the portal runs on, as the metadata address knows it; null outside Azure. */
  machine: Machine | null = null
  /** The fault rules without a set, and those of each named set. */
  faults: FaultRule[] = []
  readonly faultSets = new Map<string, FaultRule[]>()
  log: LogEntry[] = []
  latencyMs = 0
  /** How long an access token lives, in seconds. */
  tokenSeconds = 3_600
  /** Added to the machine's clock, in milliseconds. */
  clockOffset = 0
  /** Tenant and application whose consent was withdrawn in this run: a refresh token of an earlier run must not bring it back. */
  readonly withdrawn = new Set<string>()
  /** How many tenants were made from each seed: the second one differs from the first. */
  readonly seedUses = new Map<string, number>()

  constructor(readonly portalUrl: string) {
    this.applications.set(FIXED_APP.clientId, {
      clientId: FIXED_APP.clientId,
      name: 'Rolecall',
      secrets: [{ value: FIXED_APP.secret, expired: false }],
      redirectUris: ['/api/auth/callback/azure-ad', '/api/azure/callback', '/api/azure/admin-consent'].map(
        (path) => `${portalUrl}${path}`,
      ),
      optionalIdTokenClaims: ['auth_time'],
      groupMembershipClaims: 'ApplicationGroup',
      appRoles: ['Rolecall.Viewer'],
      registeredScopes: ['graph/User.Read', 'graph/User.Read.All', 'arm/user_impersonation'],
      homeTenantId: null,
      publicClient: false,
      preauthorized: false,
    })
    this.applications.set(AZURE_CLI.clientId, { ...AZURE_CLI })
  }

  /** The world's time in milliseconds. */
  now(): number {
    return Date.now() + this.clockOffset
  }

  /** A tenant by id or verified domain, in any case. */
  findTenant(idOrDomain: string): Tenant | undefined {
    const name = idOrDomain.toLowerCase()
    return this.tenants.get(name) ?? [...this.tenants.values()].find((tenant) => tenant.domain === name)
  }

  /** A subscription by id in any case, with its tenant. */
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
 * The Azure CLI's own client, known in every tenant. Its id and redirect are those in its source. Its Graph scopes are
 * those of recorded token replies, with Directory.Read.All for reading as the signed-in person.
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

/** An authorization code, with all that is needed to redeem it. */
export type Code = {
  clientId: string
  redirectUri: string
  /** The tenant signed in to, and the tenant segment of the address where the sign-in began. */
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
  /** When the person last gave their credentials, in milliseconds. */
  authenticatedAt: number
  /** The `max_age` that was asked for, in seconds. */
  maxAge: number | null
  issuedAt: number
  redeemed: boolean
}

/** A sign-in that a device without a browser asked for. */
export type DeviceCode = {
  userCode: string
  clientId: string
  authority: string
  scope: string
  issuedAt: number
  state: 'pending' | 'declined' | 'redeemed' | { tenantId: string; homeTenantId: string; userId: string; mfa: boolean }
}

/** One HTTP request that the sandbox received. It has only the hash of tokens, secrets, codes and cookies, and no bodies. */
export type LogEntry = {
  at: string
  method: string
  host: string
  path: string
  query: Record<string, string>
  headers: Record<string, string>
  /** 0: the connection was closed without an answer. */
  status: number
  /** The size of the answer's body before a fault cut it. */
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
  /** The name of the fault rule that changed the answer. */
  fault: string | null
}
