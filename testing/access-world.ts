import { randomUUID } from 'node:crypto'
import type { Actor } from '@/db/actor'
import type { Database } from '@/db/client'
import {
  assignments,
  type ConnectionState,
  connections,
  members,
  organisations,
  type PersonStatus,
  type PrincipalKind,
  type Privilege,
  principals,
  roleDefinitions,
  type ScopeLevel,
} from '@/db/schema'

type Holder = {
  kind?: PrincipalKind
  name?: string | null
  email?: string | null
  status?: PersonStatus
  guest?: boolean
}
type Grant = {
  to: string
  role: string
  scope?: string
  level?: ScopeLevel
  kind?: PrincipalKind
  from?: Date
  until?: Date | null
}
type Link = { label?: string; publishedAt?: Date | null; state?: ConnectionState; tenantId?: string }

/** When the results of a test's world are published, unless it says otherwise. */
export const PUBLISHED = new Date('2026-03-01T12:00:00.000Z')
const SEEN = new Date('2026-01-15T08:00:00.000Z')

/** An organisation of a test's own, with the means to put published access into it, row by row. */
export async function createAccessWorld(db: Database) {
  const organisationId = randomUUID()
  const tenantId = randomUUID()
  const actor: Actor = { organisationId, memberId: randomUUID(), role: 'viewer', name: 'Vera Viewer' }
  await db.insert(organisations).values({ id: organisationId, tenantId, name: 'Contoso' })
  await db.insert(members).values({
    organisationId,
    id: actor.memberId,
    objectId: randomUUID(),
    name: actor.name,
    email: 'vera@contoso.example',
    role: 'owner',
  })

  return {
    actor,
    tenantId,

    async connection({
      label = 'Production',
      publishedAt = PUBLISHED,
      state = 'active',
      tenantId: other = tenantId,
    }: Link = {}) {
      const id = randomUUID()
      await db.insert(connections).values({
        organisationId,
        id,
        subscriptionId: randomUUID(),
        subscriptionName: `${label} subscription`,
        subscriptionState: 'Enabled',
        tenantId: other,
        accountObjectId: randomUUID(),
        accountTenantId: other,
        accountName: 'admin@contoso.example',
        label,
        state,
        publishedAt,
        connectedByName: 'Olga Owner',
      })
      return { id, publishedAt }
    },

    async principal({
      kind = 'user',
      name = 'Ada Novak',
      email = null,
      status = 'active',
      guest = false,
    }: Holder = {}) {
      const id = randomUUID()
      const sortName = (name ?? email ?? id).toLowerCase()
      await db.insert(principals).values({ organisationId, tenantId, id, kind, name, email, status, guest, sortName })
      return id
    },

    async role(name: string, privilege: Privilege = 'reads', custom = false) {
      const id = randomUUID()
      await db
        .insert(roleDefinitions)
        .values({ organisationId, tenantId, id, name, privilege, custom, sortName: name.toLowerCase() })
      return id
    },

    async assign(
      connectionId: string,
      { to, role, scope = '/subscriptions/s', level = 'subscription', kind = 'user', from = SEEN, until = null }: Grant,
    ) {
      const key = `${scope.toLowerCase()} ${randomUUID()}`
      await db.insert(assignments).values({
        organisationId,
        connectionId,
        key,
        tenantId,
        principalId: to,
        principalKind: kind,
        roleId: role,
        scope,
        scopeLevel: level,
        validFrom: from,
        validTo: until,
        fromRunId: randomUUID(),
      })
      return key
    },
  }
}

export type AccessWorld = Awaited<ReturnType<typeof createAccessWorld>>
