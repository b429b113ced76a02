import { randomUUID } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import type { Database } from '@/db/database'
import type { Snapshot } from '@/db/queries/snapshot'
import { assignments, connectionNodes, denyAssignments, holders, nodes, roleDefinitions } from '@/db/schema/access'
import { accounts } from '@/db/schema/accounts'
import { changeEffects, changes } from '@/db/schema/changes'
import { connections } from '@/db/schema/connections'
import { directoryGroups, groupMembers, groupNesting, principals } from '@/db/schema/directory'
import { members, organisations } from '@/db/schema/organisations'
import { syncRuns } from '@/db/schema/runs'
import {
  type AssignmentKind,
  type DenyPrincipal,
  type Effect,
  type PrincipalKind,
  type Privilege,
  type ScopeLevel,
  SIGNALS,
  type Signal,
  strengthOf,
} from '@/lib/domain/vocabulary'

/** The time for which a row is valid. Default: from before {@link PUBLISHED}, without an end. */
type Interval = { from?: Date; until?: Date | null }
type Some<Row, Column extends keyof Row> = Partial<Pick<Row, Column>>

type Principal = Some<
  typeof principals.$inferSelect,
  'kind' | 'name' | 'email' | 'status' | 'guest' | 'variety' | 'organisation'
>
type Role = Some<typeof roleDefinitions.$inferSelect, 'permissions' | 'privileged' | 'ownerEquivalent'>
type Connection = Some<
  typeof connections.$inferSelect,
  'label' | 'publishedAt' | 'state' | 'tenantId' | 'managementGroups'
> &
  Some<typeof accounts.$inferSelect, 'optionalScopes'> & {
    /** Another connection, whose account this one is read with as well. Default: an account of its own. */
    beside?: { accountId: string }
  }
type Group = Interval &
  Some<typeof directoryGroups.$inferSelect, 'state' | 'directMembers' | 'members'> & { name?: string | null }
type Assignment = Interval &
  Some<typeof assignments.$inferSelect, 'scope' | 'startsAt' | 'endsAt' | 'condition'> & {
    to: string
    role: string
    level?: ScopeLevel
    kind?: PrincipalKind
    held?: AssignmentKind
    /** Default: the node of the connection's subscription. */
    node?: string
  }
type Denial = Interval &
  Some<typeof denyAssignments.$inferSelect, 'excluded' | 'name' | 'scope' | 'permissions'> & {
    principals: DenyPrincipal[]
    level?: ScopeLevel
  }
/** A row of `holders` as a publish would derive it. A test says only what it is about. */
type MadeChange = {
  to: string
  role: string
  key: string
  scope?: string
  at?: Date
  node?: string
  effect?: Effect
  privileged?: boolean
}

type Holder = Interval &
  Some<typeof holders.$inferSelect, 'scope' | 'assignmentKind' | 'grants' | 'direct'> & {
    groups?: number
    /** Default: the role's. */
    privilege?: Privilege | null
    level?: ScopeLevel
    group?: string | null
    eligible?: { role: string; privilege: Privilege } | null
    eligibleCount?: number
    signals?: Signal[]
    node?: string
  }

/** A connection as its readers ask for it. */
type Made = Snapshot & { accountId: string }

/** When the results of a test's world are published, unless the test says otherwise. */
export const PUBLISHED = new Date('2026-03-01T12:00:00.000Z')
const LONG_AGO = new Date('2020-01-01T00:00:00.000Z')
const SUBSCRIPTION_PLACE = 9 // below all nodes that a test puts above
const SEEN = new Date('2026-01-15T08:00:00.000Z') // since when what is put in is valid, unless the test says otherwise

/** Makes an organisation of a test's own. The functions it returns put published access into it, row by row. */
export async function createAccessWorld(db: Database) {
  const organisationId = randomUUID()
  const tenantId = randomUUID()
  const actor: Actor = { organisationId, memberId: randomUUID(), role: 'viewer', name: 'Vera Viewer' }
  await db.insert(organisations).values({ id: organisationId, tenantId, name: 'Contoso', joinRule: 'everyone' })
  await db.insert(members).values({
    organisationId,
    id: actor.memberId,
    objectId: randomUUID(),
    name: actor.name,
    email: 'vera@contoso.example',
    role: 'owner',
  })

  const nodeOf = new Map<string, string>()
  const accountOf = new Map<string, string>()
  /** Where the rows of a connection are kept in these worlds, unless a test says otherwise: at the node of its subscription. */
  const atNode = (connectionId: string, nodeId = nodeOf.get(connectionId) ?? connectionId) => ({
    organisationId,
    nodeId,
  })
  const inDirectory = (connectionId: string) => ({
    organisationId,
    accountId: accountOf.get(connectionId) ?? connectionId,
  })

  return {
    actor,
    tenantId,

    async connection({
      label = 'Production',
      publishedAt = PUBLISHED,
      state = 'active',
      tenantId: other = tenantId,
      managementGroups = null,
      optionalScopes = [],
      beside,
    }: Connection = {}) {
      const id = randomUUID()
      const accountId = beside?.accountId ?? randomUUID()
      const account = { organisationId, id: accountId, tenantId: other, objectId: accountId, optionalScopes }
      if (!beside)
        await db.insert(accounts).values({ ...account, name: 'admin@contoso.example', signedInByName: 'Olga Owner' })
      await db.insert(connections).values({
        organisationId,
        id,
        subscriptionId: randomUUID(),
        subscriptionName: `${label} subscription`,
        subscriptionState: 'Enabled',
        tenantId: other,
        accountId,
        label,
        state,
        publishedAt,
        historyBeginsAt: publishedAt,
        managementGroups,
        eligibleRead: true,
        connectedByName: 'Olga Owner',
      })
      const nodeId = randomUUID()
      await db
        .insert(nodes)
        .values({ organisationId, id: nodeId, accountId, tenantId: other, scope: `/subscriptions/${id}` })
      await db
        .insert(connectionNodes)
        .values({ organisationId, connectionId: id, nodeId, place: SUBSCRIPTION_PLACE, validFrom: LONG_AGO })
      nodeOf.set(id, nodeId)
      accountOf.set(id, accountId)
      const made: Made = { id, publishedAt, accountId, nodeIds: [nodeId], eligibleRead: true }
      return made
    },

    /** Puts a node above the subscription of a connection. Gives the id of the node, and the snapshot that has it as well. */
    async nodeAbove(connection: Made, scope = '/', { from = LONG_AGO, until = null }: Interval = {}) {
      const { id: connectionId, accountId, nodeIds } = connection
      const own = { organisationId, accountId, scope }
      await db
        .insert(nodes)
        .values({ ...own, tenantId })
        .onConflictDoNothing()
      const [node] = await db
        .select({ id: nodes.id })
        .from(nodes)
        .where(and(eq(nodes.organisationId, organisationId), eq(nodes.accountId, accountId), eq(nodes.scope, scope)))
      if (!node) throw new Error('The node was not made.')
      const place = scope === '/' ? 0 : nodeIds.length
      await db
        .insert(connectionNodes)
        .values({ organisationId, connectionId, nodeId: node.id, place, validFrom: from, validTo: until })
      return { nodeId: node.id, connection: { ...connection, nodeIds: [node.id, ...nodeIds] } }
    },

    async principal({
      kind = 'user',
      name = 'Ada Novak',
      email = null,
      status = 'active',
      guest = false,
      variety = null,
      organisation = null,
    }: Principal = {}) {
      const id = randomUUID()
      const sortName = (name ?? email ?? id).toLowerCase()
      const sortEmail = (email ?? '').toLowerCase()
      await db.insert(principals).values({
        ...{ organisationId, tenantId, id, kind, name, email, status },
        ...{ guest, variety, organisation, sortName, sortEmail },
      })
      return id
    },

    async role(name: string, privilege: Privilege = 'reads', custom = false, rest: Role = {}) {
      const id = randomUUID()
      await db
        .insert(roleDefinitions)
        .values({ organisationId, tenantId, id, name, privilege, custom, sortName: name.toLowerCase(), ...rest })
      return id
    },

    async assign(
      connectionId: string,
      {
        to,
        role,
        scope = '/subscriptions/s',
        level = 'subscription',
        kind = 'user',
        held = 'active',
        startsAt = null,
        endsAt = null,
        condition = null,
        node,
        from = SEEN,
        until = null,
      }: Assignment,
    ) {
      const key = `${held === 'eligible' ? 'eligible ' : ''}${scope.toLowerCase()} ${randomUUID()}`
      await db.insert(assignments).values({
        ...atNode(connectionId, node),
        key,
        tenantId,
        principalId: to,
        principalKind: kind,
        roleId: role,
        scope,
        scopeLevel: level,
        kind: held,
        startsAt,
        endsAt,
        condition,
        validFrom: from,
        validTo: until,
        fromRunId: randomUUID(),
      })
      return key
    },

    /** Puts in the change that an assignment was made to somebody, or ended, by its key. Gives the id of the change. */
    async change(connectionId: string, made: MadeChange) {
      const { to, role, key, scope = '/subscriptions/s', at = SEEN, effect = 'gained', privileged = false } = made
      const turn = effect === 'lost' ? 'ended' : 'begun'
      const own = { ...atNode(connectionId, made.node), at, scope, scopeLevel: 'subscription', roleId: role } as const
      const [change] = await db
        .insert(changes)
        .values({
          ...{ ...own, accountId: inDirectory(connectionId).accountId, tenantId, runId: randomUUID(), key },
          ...{ cause: 'assignment', turn, principalId: to, principalKind: 'user', kind: 'active' },
        })
        .returning({ id: changes.id })
      if (!change) throw new Error('The change was not made.')
      await db.insert(changeEffects).values({
        ...{ ...own, changeId: change.id, effect, people: 1, others: 0, grants: 1 },
        ...{ strongest: 5, privileged, eligible: false, roleIds: [role] },
      })
      return change.id
    },

    /** Puts in the row of somebody with access, as a publish sums it up; kind, status and guest are those of the principal. */
    async holder(
      connectionId: string,
      principalId: string,
      role: string,
      {
        privilege,
        scope = '/subscriptions/s',
        level = 'subscription',
        assignmentKind = 'active',
        group = null,
        eligible = null,
        grants = 1,
        direct = group ? 0 : grants,
        eligibleCount = 0,
        groups = group ? 1 : 0,
        signals = [],
        node,
        from = SEEN,
        until = null,
      }: Holder = {},
    ) {
      const [facts] = await db
        .select({
          kind: principals.kind,
          status: principals.status,
          guest: principals.guest,
          sortName: principals.sortName,
        })
        .from(principals)
        .where(and(eq(principals.organisationId, organisationId), eq(principals.id, principalId)))
      const [definition] = await db
        .select({ privilege: roleDefinitions.privilege })
        .from(roleDefinitions)
        .where(and(eq(roleDefinitions.organisationId, organisationId), eq(roleDefinitions.id, role)))
      await db.insert(holders).values({
        ...(facts ?? { kind: 'user', status: 'not_readable', guest: false, sortName: principalId }),
        ...atNode(connectionId, node),
        tenantId,
        principalId,
        strongest: strengthOf(privilege === undefined ? (definition?.privilege ?? null) : privilege),
        roleId: role,
        scope,
        scopeLevel: level,
        assignmentKind,
        groupId: group,
        eligibleRoleId: eligible?.role ?? null,
        eligibleStrongest: eligible ? strengthOf(eligible.privilege) : null,
        grants,
        direct,
        eligible: eligibleCount,
        rank: 0,
        groupIds: Array.from({ length: groups }, (_, index) => (index === 0 && group) || randomUUID()),
        heldRoleIds: assignmentKind === 'eligible' ? [] : [role],
        eligibleRoleIds: assignmentKind === 'eligible' ? [role] : [],
        signals: signals.reduce((mask, signal) => mask | (1 << SIGNALS.indexOf(signal)), 0),
        validFrom: from,
        validTo: until,
      })
    },

    /** A group of the connection. `member` and `reach` put in its members and the groups inside it. */
    async group(
      connectionId: string,
      { name = 'Admins', state = 'whole', directMembers = 0, members: all = 0, from = SEEN, until = null }: Group = {},
    ) {
      const groupId = await this.principal({ kind: 'group', name })
      await db.insert(directoryGroups).values({
        ...inDirectory(connectionId),
        groupId,
        state,
        directMembers,
        members: all,
        validFrom: from,
        validTo: until,
      })
      return groupId
    },

    /** A direct membership; in a flat group, any membership. */
    async member(
      connectionId: string,
      groupId: string,
      memberId: string,
      { kind: memberKind = 'user', from = SEEN, until = null }: Interval & { kind?: PrincipalKind } = {},
    ) {
      await db
        .insert(groupMembers)
        .values({ ...inDirectory(connectionId), groupId, memberId, memberKind, validFrom: from, validTo: until })
    },

    /** Puts in the nesting of a group that holds assignments or is named in a denial: itself, and these groups inside it. */
    async reach(
      connectionId: string,
      groupId: string,
      inner: string[] = [],
      { from = SEEN, until = null }: Interval = {},
    ) {
      await db.insert(groupNesting).values(
        [groupId, ...inner].map((innerId, depth) => ({
          ...inDirectory(connectionId),
          groupId,
          innerId,
          depth,
          validFrom: from,
          validTo: until,
        })),
      )
    },

    async deny(
      connectionId: string,
      {
        principals: named,
        excluded = [],
        name = 'Locked',
        scope = '/subscriptions/s',
        level = 'subscription',
        permissions = [{ actions: ['*'], notActions: [], dataActions: [], notDataActions: [] }],
        from = SEEN,
        until = null,
      }: Denial,
    ) {
      const key = `${scope.toLowerCase()} ${randomUUID()}`
      await db.insert(denyAssignments).values({
        ...atNode(connectionId),
        key,
        name,
        scope,
        scopeLevel: level,
        permissions,
        principals: named,
        excluded,
        sparesChildren: false,
        systemProtected: false,
        validFrom: from,
        validTo: until,
      })
      return key
    },

    /** The run whose result the connection's readers see. */
    async publishedRun(connectionId: string, facts: Partial<typeof syncRuns.$inferInsert> = {}) {
      const id = randomUUID()
      const finishedAt = PUBLISHED
      await db
        .insert(syncRuns)
        .values({ organisationId, connectionId, id, trigger: 'manual', state: 'succeeded', finishedAt, ...facts })
      await db
        .update(connections)
        .set({ publishedRunId: id, publishedAt: finishedAt })
        .where(and(eq(connections.organisationId, organisationId), eq(connections.id, connectionId)))
      return id
    },
  }
}

export type AccessWorld = Awaited<ReturnType<typeof createAccessWorld>>
