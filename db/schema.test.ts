import { randomUUID } from 'node:crypto'
import { eq, getTableName, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { afterAll, expect, test } from 'vitest'
import type { MemberRole } from '@/lib/domain/vocabulary'
import { createTestDatabase } from '@/testing/database'
import { getEngine } from './client'
import { assignments, connectionNodes, denyAssignments, holders, nodes } from './schema/access'
import { accounts } from './schema/accounts'
import { changes } from './schema/changes'
import { connectAttempts, connections } from './schema/connections'
import {
  directoryClaims,
  directoryGroups,
  directoryReadings,
  groupMembers,
  groupNesting,
  groupOwners,
  sharedReadings,
} from './schema/directory'
import { feeds } from './schema/feeds'
import { memberSessions, members, organisations } from './schema/organisations'
import { syncRuns } from './schema/runs'
import { savedViews } from './schema/saved-views'
import { tidy } from './tidy'
import { setVisibleRows } from './visible-rows'

const { db, close } = await createTestDatabase()
afterAll(close)

async function addOrganisation() {
  const [row] = await db
    .insert(organisations)
    .values({ tenantId: randomUUID(), name: 'Contoso' })
    .returning({ id: organisations.id })
  return row?.id ?? ''
}

async function addMember(organisationId: string, role: MemberRole) {
  const [row] = await db
    .insert(members)
    .values({ organisationId, objectId: randomUUID(), name: 'Ada', email: 'ada@contoso.example', role })
    .returning({ id: members.id })
  return row?.id ?? ''
}

async function addSession(organisationId: string, memberId: string) {
  const [row] = await db
    .insert(memberSessions)
    .values({ organisationId, memberId, tokenHash: randomUUID(), browser: 'Firefox on Linux', expiresAt: new Date() })
    .returning({ id: memberSessions.id })
  return row?.id ?? ''
}

/** A connection, as what refers to it names it, with its account and a node. */
async function addChain(organisationId: string) {
  const connectionId = await addConnection(organisationId)
  const [of] = await db.select().from(connections).where(eq(connections.id, connectionId))
  const accountId = of?.accountId ?? ''
  const nodeId = await addNode(organisationId, accountId)
  await db.insert(connectionNodes).values({ organisationId, connectionId, nodeId, place: 0, validFrom: new Date() })
  return {
    connection: { organisationId, connectionId },
    account: { organisationId, accountId },
    node: { organisationId, nodeId },
  }
}

async function addNode(organisationId: string, accountId: string, scope = '/subscriptions/one') {
  const [row] = await db
    .insert(nodes)
    .values({ organisationId, accountId, tenantId: randomUUID(), scope })
    .returning({ id: nodes.id })
  return row?.id ?? ''
}

async function addConnection(organisationId: string, subscriptionId = randomUUID() as string) {
  const account = { organisationId, id: randomUUID(), tenantId: randomUUID() }
  await db
    .insert(accounts)
    .values({ ...account, objectId: account.id, name: 'ada@contoso.example', signedInByName: 'Ada' })
  const [row] = await db
    .insert(connections)
    .values({
      organisationId,
      subscriptionId,
      subscriptionName: 'Production',
      subscriptionState: 'Enabled',
      tenantId: account.tenantId,
      accountId: account.id,
      label: 'Production',
      connectedByName: 'Ada',
    })
    .returning({ id: connections.id })
  return row?.id ?? ''
}

const assignment = (of: { organisationId: string; nodeId: string }) => ({
  ...of,
  key: '/subscriptions/one 1',
  tenantId: randomUUID(),
  principalId: randomUUID(),
  principalKind: 'user' as const,
  roleId: randomUUID(),
  scope: '/subscriptions/one',
  scopeLevel: 'subscription' as const,
  fromRunId: randomUUID(),
})

const setRole = (id: string, role: MemberRole) => db.update(members).set({ role }).where(eq(members.id, id))
const brokenRule = (constraint: string) => ({ cause: { constraint } })
const NO_OWNER_LEFT = brokenRule('members_keep_an_owner')

test('the last owner can be neither demoted nor removed while others are members', async () => {
  const organisation = await addOrganisation()
  const owner = await addMember(organisation, 'owner')
  const viewer = await addMember(organisation, 'viewer')
  await expect(setRole(owner, 'admin')).rejects.toMatchObject(NO_OWNER_LEFT)
  await expect(db.delete(members).where(eq(members.id, owner))).rejects.toMatchObject(NO_OWNER_LEFT)

  await setRole(viewer, 'owner')
  await setRole(owner, 'viewer')
  await expect(setRole(viewer, 'viewer')).rejects.toMatchObject(NO_OWNER_LEFT)
})

test('an organisation is deleted with its owners', async () => {
  const deleted = await addOrganisation()
  await addMember(deleted, 'owner')
  await addMember(deleted, 'viewer')
  await db.delete(organisations).where(eq(organisations.id, deleted))
  expect(await db.select({ id: members.id }).from(members).where(eq(members.organisationId, deleted))).toEqual([])
})

test('ownership is handed over in one transaction, in either order', async () => {
  const organisation = await addOrganisation()
  const [from, to] = [await addMember(organisation, 'owner'), await addMember(organisation, 'viewer')]
  await db.transaction(async (tx) => {
    await tx.execute(sql`set constraints members_keep_an_owner deferred`)
    await tx.update(members).set({ role: 'viewer' }).where(eq(members.id, from))
    await tx.update(members).set({ role: 'owner' }).where(eq(members.id, to))
  })
})

test('two owners who demote each other at once do not both succeed', async () => {
  for (let round = 0; round < 10; round++) {
    const organisation = await addOrganisation()
    const owners = [await addMember(organisation, 'owner'), await addMember(organisation, 'owner')]
    const outcomes = await Promise.allSettled(owners.map((id) => setRole(id, 'viewer')))
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  }
})

test.runIf(process.env.TEST_DATABASE_URL)(
  'a demotion waits for the other and then counts the owners anew',
  async () => {
    const engine = await getEngine()
    if (engine.kind !== 'server') throw new Error('TEST_DATABASE_URL is set, so this is a server.')
    const organisation = await addOrganisation()
    const owners = [await addMember(organisation, 'owner'), await addMember(organisation, 'owner')]
    const [first, second] = [await engine.pool.connect(), await engine.pool.connect()]
    const demote = `update members set role = 'viewer' where id = $1`
    try {
      await first.query(`begin; ${setVisibleRows({ organisationId: organisation })}`)
      await second.query(`begin; ${setVisibleRows({ organisationId: organisation })}`)
      await first.query(demote, [owners[0]])
      const waiting = second.query(demote, [owners[1]])
      const refused = expect(waiting).rejects.toMatchObject({ code: '23514', constraint: 'members_keep_an_owner' })
      // Rows that merely refer to the organisation are not held up meanwhile.
      await addConnection(organisation)
      await first.query('commit')
      await refused
      await second.query('rollback')
    } finally {
      first.release()
      second.release()
    }
  },
)

test('a subscription is one connection per organisation, in lower case, and free for other organisations', async () => {
  const [ours, theirs] = [await addOrganisation(), await addOrganisation()]
  const subscription = randomUUID()
  await addConnection(ours, subscription)
  await addConnection(theirs, subscription)
  await expect(addConnection(ours, subscription)).rejects.toMatchObject(brokenRule('connections_one_per_subscription'))
  await expect(addConnection(ours, 'ABCDEF')).rejects.toMatchObject(brokenRule('connections_subscription_lower'))
})

test('a connection has at most one open run', async () => {
  const organisationId = await addOrganisation()
  const connectionId = await addConnection(organisationId)
  const open = { organisationId, connectionId, trigger: 'manual' as const }
  await db.insert(syncRuns).values(open)
  await expect(db.insert(syncRuns).values({ ...open, state: 'running' })).rejects.toMatchObject(
    brokenRule('sync_runs_one_open'),
  )
  await db.update(syncRuns).set({ state: 'failed' }).where(eq(syncRuns.connectionId, connectionId))
  await db.insert(syncRuns).values(open)
})

const HOLDER = {
  tenantId: 't',
  principalId: 'p',
  kind: 'user',
  status: 'active',
  guest: false,
  sortName: 'p',
  strongest: 1,
  roleId: 'r',
  scope: '/',
  scopeLevel: 'root',
  assignmentKind: 'active',
  grants: 1,
  direct: 1,
  eligible: 0,
  rank: 0,
  signals: 0,
} as const

const DENIAL = {
  key: '/ 1',
  name: 'Locked',
  scope: '/',
  scopeLevel: 'root',
  sparesChildren: false,
  systemProtected: false,
} as const

type OfNode = { organisationId: string; nodeId: string }
type OfAccount = { organisationId: string; accountId: string }

/** Puts a row into each table of what is kept at a node, and of what is kept of an account's directory. */
const FACTS = {
  ofNode: [
    (of: OfNode, validFrom: Date) => db.insert(assignments).values({ ...assignment(of), validFrom }),
    (of: OfNode, validFrom: Date) => db.insert(denyAssignments).values({ ...of, ...DENIAL, ...lists(), validFrom }),
    (of: OfNode, validFrom: Date) => db.insert(holders).values({ ...of, ...HOLDER, ...ids(), validFrom }),
  ],
  ofAccount: [
    (of: OfAccount, validFrom: Date) =>
      db.insert(directoryGroups).values({ ...of, groupId: 'g', state: 'whole', validFrom }),
    (of: OfAccount, validFrom: Date) =>
      db.insert(groupMembers).values({ ...of, groupId: 'g', memberId: 'm', memberKind: 'user', validFrom }),
    (of: OfAccount, validFrom: Date) =>
      db
        .insert(groupOwners)
        .values({ ...of, groupId: 'g', ownerId: 'o', ownerKind: 'user', ownership: 'active', validFrom }),
    (of: OfAccount, validFrom: Date) =>
      db.insert(groupNesting).values({ ...of, groupId: 'g', innerId: 'h', depth: 1, validFrom }),
    (of: OfAccount, validFrom: Date) =>
      db
        .insert(directoryReadings)
        .values({ ...of, id: randomUUID(), beganAt: validFrom, storedAt: validFrom, groupIds: ['g'] }),
    (of: OfAccount, beganAt: Date) =>
      db
        .insert(sharedReadings)
        .values({ ...of, id: randomUUID(), signIns: 1, granted: '', beganAt, content: Buffer.from('') }),
    (of: OfAccount, at: Date) =>
      db.insert(changes).values({ ...of, tenantId: 't', at, runId: randomUUID(), cause: 'assignment', turn: 'begun' }),
    (of: OfAccount) => db.insert(directoryClaims).values({ ...of, runId: randomUUID(), fence: 1 }),
  ],
}
const lists = () => ({ permissions: [], principals: [], excluded: [] })
const ids = () => ({ groupIds: [], heldRoleIds: ['r'], eligibleRoleIds: [] })

test('an assignment has at most one current row, and no interval ends before it begins', async () => {
  const organisationId = await addOrganisation()
  const row = assignment((await addChain(organisationId)).node)
  const [monday, tuesday] = [new Date('2026-01-05'), new Date('2026-01-06')]
  await db.insert(assignments).values({ ...row, validFrom: monday })
  await expect(db.insert(assignments).values({ ...row, validFrom: tuesday })).rejects.toMatchObject(
    brokenRule('assignments_one_current'),
  )
  await db.update(assignments).set({ validTo: tuesday }).where(eq(assignments.organisationId, organisationId))
  await db.insert(assignments).values({ ...row, validFrom: tuesday })
  await expect(
    db.insert(assignments).values({ ...row, key: 'other', validFrom: tuesday, validTo: monday }),
  ).rejects.toMatchObject(brokenRule('assignments_interval'))
})

test('an account has one node for each scope, in lower case', async () => {
  const organisationId = await addOrganisation()
  const { account, node } = await addChain(organisationId)
  const addTo = (accountId: string, scope: string) => addNode(organisationId, accountId, scope)
  await expect(addTo(account.accountId, '/subscriptions/one')).rejects.toMatchObject(brokenRule('nodes_one_per_scope'))
  await expect(addTo(account.accountId, '/subscriptions/Two')).rejects.toMatchObject(brokenRule('nodes_scope_lower'))
  const other = await addChain(organisationId)
  expect(other.node.nodeId).not.toBe(node.nodeId)
})

test('a node is in the chain of a connection once at a time, and again after it has left', async () => {
  const organisationId = await addOrganisation()
  const { connection, node } = await addChain(organisationId)
  const [now, later] = [new Date(Date.now() + 1000), new Date(Date.now() + 2000)]
  const link = { ...connection, nodeId: node.nodeId, place: 1, validFrom: now }
  await expect(db.insert(connectionNodes).values(link)).rejects.toMatchObject(
    brokenRule('connection_nodes_one_current'),
  )
  await db.update(connectionNodes).set({ validTo: now }).where(eq(connectionNodes.organisationId, organisationId))
  await db.insert(connectionNodes).values(link)
  await expect(db.insert(connectionNodes).values({ ...link, validFrom: later, validTo: now })).rejects.toMatchObject(
    brokenRule('connection_nodes_interval'),
  )
})

test('nothing can hang on the connection, the account or the node of another organisation', async () => {
  const [ours, theirs] = [await addOrganisation(), await addOrganisation()]
  const { connection, account, node } = await addChain(theirs)
  const { connectionId } = connection
  const mine = await addChain(ours)
  const member = await addMember(ours, 'owner')
  const FOREIGN_KEY = { cause: { code: '23503' } }
  await expect(
    db.insert(syncRuns).values({ organisationId: ours, connectionId, trigger: 'manual' }),
  ).rejects.toMatchObject(FOREIGN_KEY)
  const view = { organisationId: ours, memberId: member, name: 'Owners', list: 'people', query: '' } as const
  await expect(db.insert(savedViews).values({ ...view, connectionId })).rejects.toMatchObject(FOREIGN_KEY)
  await db.insert(savedViews).values({ ...view, connectionId: mine.connection.connectionId })
  const validFrom = new Date()
  for (const insert of FACTS.ofNode)
    await expect(insert({ ...node, organisationId: ours }, validFrom)).rejects.toMatchObject(FOREIGN_KEY)
  for (const insert of FACTS.ofAccount)
    await expect(insert({ ...account, organisationId: ours }, validFrom)).rejects.toMatchObject(FOREIGN_KEY)
  await expect(addNode(ours, account.accountId)).rejects.toMatchObject(FOREIGN_KEY)
  for (const link of [
    { connectionId, nodeId: mine.node.nodeId },
    { connectionId: mine.connection.connectionId, nodeId: node.nodeId },
  ])
    await expect(
      db.insert(connectionNodes).values({ organisationId: ours, ...link, place: 0, validFrom }),
    ).rejects.toMatchObject(FOREIGN_KEY)
  await expect(
    db.insert(connectAttempts).values({
      organisationId: ours,
      memberId: member,
      sessionId: await addSession(ours, member),
      connectionId,
      subscriptionId: randomUUID(),
      tenantId: randomUUID(),
      expiresAt: new Date(),
    }),
  ).rejects.toMatchObject(FOREIGN_KEY)
})

test('a member who was removed has no session, no feed, no role to speak of, and is no owner', async () => {
  const organisation = await addOrganisation()
  await addMember(organisation, 'owner')
  const other = await addMember(organisation, 'owner')
  const session = await addSession(organisation, other)
  const addFeed = () =>
    db
      .insert(feeds)
      .values({ organisationId: organisation, memberId: other, name: 'Access', query: '', tokenHash: 'h' })
  await addFeed()
  const remove = (change: object = {}) =>
    db
      .update(members)
      .set({ state: 'removed', role: 'viewer', removedAt: new Date(), ...change })
      .where(eq(members.id, other))
  await expect(remove()).rejects.toMatchObject({ cause: { code: '23503' } })
  await db.delete(memberSessions).where(eq(memberSessions.id, session))
  await expect(remove()).rejects.toMatchObject(brokenRule('feeds_of_a_member'))
  await db.delete(feeds).where(eq(feeds.memberId, other))
  await expect(remove({ role: 'owner' })).rejects.toMatchObject(brokenRule('members_removed'))
  await expect(remove({ removedAt: null })).rejects.toMatchObject(brokenRule('members_removed_at'))
  const waits = { state: 'waiting', removedAt: null }
  await expect(remove({ ...waits, role: 'owner' })).rejects.toMatchObject(brokenRule('members_removed'))
  await expect(remove({ ...waits, removedAt: new Date() })).rejects.toMatchObject(brokenRule('members_removed_at'))
  await remove(waits)
  await expect(addSession(organisation, other)).rejects.toMatchObject({ cause: { code: '23503' } })
  await remove()
  await expect(addSession(organisation, other)).rejects.toMatchObject({ cause: { code: '23503' } })
  await expect(addFeed()).rejects.toMatchObject({ cause: { code: '23503' } })
})

test('an attempt belongs to a session of its own member, and ends with it', async () => {
  const organisation = await addOrganisation()
  const [ada, bo] = [await addMember(organisation, 'owner'), await addMember(organisation, 'viewer')]
  const session = await addSession(organisation, ada)
  const attempt = (memberId: string) =>
    db.insert(connectAttempts).values({
      ...{ organisationId: organisation, memberId, sessionId: session },
      ...{ subscriptionId: randomUUID(), tenantId: randomUUID(), expiresAt: new Date() },
    })
  await expect(attempt(bo)).rejects.toMatchObject({ cause: { code: '23503' } })
  await attempt(ada)
  await db.delete(memberSessions).where(eq(memberSessions.id, session))
  expect(await db.$count(connectAttempts, eq(connectAttempts.memberId, ada))).toBe(0)
})

/** A connection with a row in every table of facts. */
async function addFacts(organisationId: string) {
  const chain = await addChain(organisationId)
  const validFrom = new Date()
  await db.insert(syncRuns).values({ ...chain.connection, trigger: 'manual' })
  for (const insert of FACTS.ofNode) await insert(chain.node, validFrom)
  for (const insert of FACTS.ofAccount) await insert(chain.account, validFrom)
  return chain
}

const OF_NODE = [assignments, denyAssignments, holders]
const OF_ACCOUNT = [
  directoryGroups,
  groupMembers,
  groupOwners,
  groupNesting,
  directoryReadings,
  sharedReadings,
  changes,
  directoryClaims,
  nodes,
]

async function countsOf({ connection, account, node }: Awaited<ReturnType<typeof addChain>>) {
  const counts: Record<string, number> = {}
  for (const table of [syncRuns, connectionNodes])
    counts[getTableName(table)] = await db.$count(table, eq(table.connectionId, connection.connectionId))
  for (const table of OF_NODE) counts[getTableName(table)] = await db.$count(table, eq(table.nodeId, node.nodeId))
  for (const table of OF_ACCOUNT)
    counts[getTableName(table)] = await db.$count(table, eq(table.accountId, account.accountId))
  return counts
}

const each = (tables: PgTable[], count: number) =>
  Object.fromEntries(tables.map((table) => [getTableName(table), count]))

test('a connection, a node and an account each take with them what hangs on them, and nothing else', async () => {
  const organisationId = await addOrganisation()
  const [chain, beside] = [await addFacts(organisationId), await addFacts(organisationId)]
  const all = { ...each([syncRuns, connectionNodes, ...OF_NODE, ...OF_ACCOUNT], 1) }
  expect(await countsOf(chain)).toEqual(all)

  // What was read is shared by the connections of an account: it goes with its node, or with the account.
  await db.delete(connections).where(eq(connections.id, chain.connection.connectionId))
  expect(await countsOf(chain)).toEqual({ ...all, ...each([syncRuns, connectionNodes], 0) })
  await db.delete(nodes).where(eq(nodes.id, chain.node.nodeId))
  expect(await countsOf(chain)).toEqual({
    ...each([syncRuns, connectionNodes, nodes, ...OF_NODE], 0),
    ...each(OF_ACCOUNT.slice(0, -1), 1),
  })
  await db.delete(accounts).where(eq(accounts.id, chain.account.accountId))
  expect(await countsOf(chain)).toEqual(each([syncRuns, connectionNodes, ...OF_NODE, ...OF_ACCOUNT], 0))
  expect(await countsOf(beside)).toEqual(all)
})

test('a node that goes leaves the chains of its connections, and an account takes its nodes with all they have', async () => {
  const organisationId = await addOrganisation()
  const chain = await addFacts(organisationId)
  await db.delete(connections).where(eq(connections.id, chain.connection.connectionId))
  await db.delete(accounts).where(eq(accounts.id, chain.account.accountId))
  expect(Object.values(await countsOf(chain)).every((rows) => rows === 0)).toBe(true)

  const other = await addFacts(organisationId)
  await db.delete(nodes).where(eq(nodes.id, other.node.nodeId))
  expect(await countsOf(other)).toMatchObject({ connection_nodes: 0, sync_runs: 1, holders: 0 })
})

test('the tables are tidied after a publish', async () => {
  await tidy()
})
