import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import type { Actor } from '@/db/actor'
import { connectionDeletions } from '@/db/schema/connections'
import { principals } from '@/db/schema/directory'
import { feeds } from '@/db/schema/feeds'
import { invitations } from '@/db/schema/invitations'
import { auditEvents, memberSessions, members } from '@/db/schema/organisations'
import { preparedExports, preparedPieces } from '@/db/schema/prepared-exports'
import { savedViews } from '@/db/schema/saved-views'
import { ALL_CHANGES } from '@/lib/domain/views'
import { type CoverageLine, DATASETS } from '@/lib/domain/vocabulary'
import { createAccessWorld, PUBLISHED } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { getAccount, listAccounts } from './accounts'
import { getFirstResult, getResultAt } from './as-of'
import { listCells } from './cells'
import { countChanges, getChange, listChanges, listKnownRoles } from './changes'
import { countChangesSince } from './changes-since'
import { type Compared, countDifferences, listDifferences } from './compare'
import { getConnection, getProgress, listConnections, listDeletions, listPublishedTimes } from './connections'
import { countResult, getResultCounts } from './count-result'
import { listDenials, listDenialsByPrincipal } from './denials'
import { listExportedFacts } from './exported-facts'
import { listFeeds } from './feeds'
import { listMatchingGroups } from './few-holders'
import { countAttention, countFleet, listFleet } from './fleet'
import {
  listFoundGroups,
  listFoundPeople,
  listFoundSubscriptions,
  listFoundViews,
  listLastSubscriptions,
} from './found'
import { listKnownPermissions, listMatchingGrants, listRolePermissions } from './grants'
import { getGroup, listGroups } from './groups'
import { countUpTo } from './holder-pages'
import { ALL_PEOPLE, countHolders, countHoldersByStatus, countHoldersShown, listHolders } from './holders'
import { EMPTY_PAGE } from './keyset'
import {
  listAuditEvents,
  listInvitations,
  listMembers,
  listOwnSessions,
  listRemovedMembers,
  listWaitingMembers,
} from './organisation'
import { countPeople, countPeopleShown, listPeople } from './people'
import { getPerson, getPrincipalName } from './person'
import { getPersonAccess, listPersonAccess } from './person-access'
import { getPreparedExport, listPreparedExports } from './prepared-exports'
import { getMemberEmail, getProofFacts } from './proof-facts'
import { countFacets, listScopes } from './result'
import { getResultTimes, listDeletedSince, listResultsAt } from './results-at'
import { listRoleHolders, listRoleNames, listRolesHeld } from './roles'
import { listRolesAnywhere } from './roles-anywhere'
import { listCountedResults, listRuns } from './runs'
import { listSavedViews } from './saved-views'
import type { Published } from './snapshot'

const database = await createTestDatabase()
afterAll(() => database.close())

const PEOPLE = { search: '', status: null, direction: 'asc', cursor: null } as const
const GRANTS = { roleIds: [], scope: null, level: null, how: null, held: null }
const HOLDERS = { ...ALL_PEOPLE, ...PEOPLE, ...GRANTS }
const ALL = { search: '', cursor: null }

/** An organisation with something for every read to find. */
async function fullWorld() {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const [person, group, app, reader] = [
    await world.principal(),
    await world.group(connection.id),
    await world.principal({ kind: 'service_principal' }),
    await world.role('Reader'),
  ]
  const key = await world.assign(connection.id, { to: person, role: reader })
  const changeId = await world.change(connection.id, { to: person, role: reader, key })
  await world.assign(connection.id, { to: group, role: reader, kind: 'group' })
  await world.assign(connection.id, { to: app, role: reader, kind: 'service_principal' })
  await world.member(connection.id, group, person)
  await world.reach(connection.id, group)
  await world.deny(connection.id, { principals: [{ id: person, kind: 'user' }] })
  for (const holder of [person, group, app]) await world.holder(connection.id, holder, reader)
  await world.publishedRun(connection.id, {
    people: 1,
    others: 2,
    roleCounts: { [reader]: { people: 1, others: 2, eligible: 0, eligibleOthers: 0 } },
  })
  const { organisationId, memberId } = world.actor
  await database.db
    .insert(auditEvents)
    .values({ organisationId, memberId, memberName: 'Vera', action: 'connection.connected', subject: 'Production' })
  await database.db.insert(auditEvents).values({
    ...{ organisationId, memberId, memberName: 'Vera', action: 'connection.deletion_requested', subject: 'Staging' },
    details: { subscription: randomUUID() },
  })
  const deleting = await world.connection({ state: 'deleting', publishedAt: null })
  await database.db.insert(connectionDeletions).values({
    organisationId,
    connectionId: deleting.id,
    requestedById: memberId,
    requestedByName: 'Vera',
    tenantIds: [],
  })
  await database.db.insert(members).values({
    ...{ organisationId, objectId: randomUUID(), name: 'Rem', email: 'rem@contoso.example', role: 'viewer' },
    ...{ state: 'removed', removedAt: new Date(), removedByName: 'Vera' },
  })
  await database.db.insert(members).values({
    ...{
      organisationId,
      objectId: randomUUID(),
      name: 'Wat',
      email: 'wat@contoso.example',
      role: 'viewer',
      state: 'waiting',
    },
  })
  await database.db.insert(invitations).values({
    ...{ organisationId, username: 'ines@contoso.example', invitedByName: 'Vera' },
    expiresAt: new Date(Date.now() + 60_000),
  })
  const sessionId = randomUUID()
  await database.db.insert(memberSessions).values({
    ...{ organisationId, memberId, id: sessionId, tokenHash: sessionId, browser: 'Firefox on Linux' },
    expiresAt: new Date(Date.now() + 60_000),
  })
  await database.db.insert(feeds).values({ organisationId, memberId, name: 'Access', query: '', tokenHash: sessionId })
  await database.db.insert(savedViews).values({
    ...{ organisationId, memberId, connectionId: connection.id, name: 'High up', list: 'people', query: '?level=root' },
    shared: true,
  })
  const [prepared] = await database.db
    .insert(preparedExports)
    .values({
      ...{ organisationId, memberId, address: '/people/export', list: 'all people', label: 'Contoso', format: 'csv' },
      ...{ fileName: 'people.csv.zip', state: 'done' },
    })
    .returning({ exportId: preparedExports.id })
  if (!prepared) throw new Error('The export was not made.')
  const { exportId } = prepared
  await database.db.insert(preparedPieces).values({ organisationId, exportId, place: 0, content: Buffer.from('a') })
  return { world, connection, person, group, reader, changeId, sessionId, exportId }
}

type Ours = Awaited<ReturnType<typeof fullWorld>>

/** How many of an organisation's rows each read of this folder shows to an actor who asks with the right ids. */
const READS: Record<string, (actor: Actor, ours: Ours) => Promise<number>> = {
  countAttention: (actor) => countAttention(actor),
  countChanges: (actor) => countChanges(actor, ALL_CHANGES),
  countDifferences: async (actor, { connection }) =>
    (await countDifferences(actor, beforeEverything(connection), comparedOf(connection), EVERYTHING)).gained,
  countChangesSince: async (actor) => (await countChangesSince(actor, new Date(0), [])).all.gained,
  countFacets: async (actor, { connection }) => (await countFacets(actor, connection)).ownAssignments,
  countFleet: async (actor) => (await countFleet(actor, { search: '' }, 'account')).length,
  countHolders: (actor, { connection }) => countHolders(actor, connection, HOLDERS),
  countHoldersShown: async (actor, { connection }) => Number(await countHoldersShown(actor, connection, HOLDERS)),
  countHoldersByStatus: async (actor, { connection }) => (await countHoldersByStatus(actor, connection, HOLDERS)).size,
  countUpTo: (actor, { connection }) => countUpTo(actor, publishedOf(connection), HOLDERS, 1_000),
  countPeople: (actor) => countPeople(actor, 'now', PEOPLE),
  countPeopleShown: async (actor) => Number(await countPeopleShown(actor, 'now', PEOPLE)),
  countResult: async ({ organisationId }, { world: { tenantId }, connection }) =>
    (await countResult(database.db, { organisationId, tenantId, published: publishedOf(connection) })).people,
  listMatchingGroups: async (actor, { connection }) =>
    (await listMatchingGroups(actor, publishedOf(connection), HOLDERS)).length,
  getAccount: async (actor, { connection }) => found(await getAccount(actor, connection.accountId)),
  getChange: async (actor, { changeId }) => found(await getChange(actor, changeId)),
  getConnection: async (actor, { connection }) => found(await getConnection(actor, connection.id)),
  getFirstResult: async (actor, { connection }) => found(await getFirstResult(actor, connection.id)),
  getGroup: async (actor, { connection, group }) => found(await getGroup(actor, connection, group)),
  getMemberEmail: async (actor, { world }) => found(await getMemberEmail({ ...actor, memberId: world.actor.memberId })),
  getPerson: async (actor, { person }) => found(await getPerson(actor, 'now', person)),
  getPersonAccess: async (actor, { connection, person }) => found(await getPersonAccess(actor, connection, person)),
  getPreparedExport: async (actor, { world, exportId }) =>
    found(await getPreparedExport({ ...actor, memberId: world.actor.memberId }, exportId)),
  getPrincipalName: async (actor, { person }) => found(await getPrincipalName(actor, person)),
  getProofFacts: async (actor, { connection }) => found(await getProofFacts(actor, connection)),
  getProgress: async (actor, { connection }) => (await getProgress(actor, [connection.id])).length,
  getResultAt: async (actor, { world, connection }) =>
    found(await getResultAt(actor, { ...connection, tenantId: world.tenantId }, PUBLISHED)),
  getResultTimes: async (actor) => found((await getResultTimes(actor, PUBLISHED)).last),
  getResultCounts: async (actor, { connection }) => found(await getResultCounts(actor, publishedOf(connection))),
  listAccounts: async (actor) => (await listAccounts(actor)).length,
  listAuditEvents: async (actor) => (await listAuditEvents(actor, { kind: 'change', cursor: null })).rows.length,
  listCells: async (actor, { world, person }) =>
    (await listCells(actor, 'now', [{ tenantId: world.tenantId, id: person }])).length,
  listKnownPermissions: async (actor) => (await listKnownPermissions(actor)).length,
  listKnownRoles: async (actor) => (await listKnownRoles(actor)).length,
  listChanges: async (actor) => (await listChanges(actor, ALL_CHANGES)).rows.length,
  listConnections: async (actor) => (await listConnections(actor)).length,
  listCountedResults: async (actor, { connection }) => (await listCountedResults(actor, connection.id)).length,
  listDeletedSince: async (actor) => (await listDeletedSince(actor, PUBLISHED)).length,
  listDeletions: async (actor) => (await listDeletions(actor)).length,
  listDenials: async (actor, { connection }) => (await listDenials(actor, connection)).length,
  listDenialsByPrincipal: async (actor, { connection, person }) =>
    (await listDenialsByPrincipal(actor, connection, [{ principalId: person, kind: 'user' }])).size,
  listDifferences: async (actor, { connection }) =>
    (
      await listDifferences(actor, beforeEverything(connection), comparedOf(connection), {
        ...EVERYTHING,
        cursor: null,
      })
    ).rows.length,
  listExportedFacts: async (actor, { world, connection, person }) => {
    const grants = await listMatchingGrants(world.actor, connection, [person])
    const asked = { principalIds: [person], keys: grants.map(({ key }) => key) }
    const { userPrincipalNames, assignments } = await listExportedFacts(actor, connection, asked)
    return userPrincipalNames.size + assignments.size
  },
  listFeeds: async (actor) => (await listFeeds({ ...actor, role: 'owner' })).length,
  listFleet: async (actor) =>
    (await listFleet(actor, { search: '', states: null }, { grouping: 'account', cursor: null })).rows.length,
  listFoundGroups: async (actor, { group }) => (await listFoundGroups(actor, group)).length,
  listFoundPeople: async (actor, { person }) => (await listFoundPeople(actor, person)).length,
  listFoundSubscriptions: async (actor) => (await listFoundSubscriptions(actor, 'production')).length,
  listFoundViews: async (actor) => (await listFoundViews(actor, 'high up')).length,
  listGroups: async (actor, { connection }) => (await listGroups(actor, connection, ALL)).rows.length,
  listHolders: async (actor, { connection }) => (await listHolders(actor, connection, HOLDERS)).rows.length,
  listInvitations: async (actor) => (await listInvitations(actor)).length,
  listLastSubscriptions: async (actor, { connection }) => (await listLastSubscriptions(actor, [connection.id])).length,
  listMatchingGrants: async (actor, { connection, person }) =>
    (await listMatchingGrants(actor, connection, [person])).length,
  listMembers: async (actor, { world }) =>
    (await listMembers(actor)).filter(({ id }) => id === world.actor.memberId).length,
  listOwnSessions: async (actor, { sessionId }) =>
    (await listOwnSessions({ ...actor, sessionId, signedInFreshly: false })).length,
  listPeople: async (actor) => (await listPeople(actor, 'now', PEOPLE)).rows.length,
  listRolesAnywhere: async (actor) => (await listRolesAnywhere(actor, 'now')).length,
  listPersonAccess: async (actor, { world, connection, person }) => {
    const access = await getPersonAccess(world.actor, connection, person)
    return (await listPersonAccess(actor, connection, access ? [access.person] : [])).length
  },
  listPreparedExports: async (actor, { world }) =>
    (await listPreparedExports({ ...actor, memberId: world.actor.memberId })).length,
  listPublishedTimes: async (actor) => (await listPublishedTimes(actor)).length,
  listRemovedMembers: async (actor) => (await listRemovedMembers(actor)).length,
  listResultsAt: async (actor) => (await listResultsAt(actor, PUBLISHED)).length,
  listWaitingMembers: async (actor) => (await listWaitingMembers(actor)).length,
  listRoleHolders: async (actor, { connection, reader }) => (await listRoleHolders(actor, connection, [reader])).length,
  listRoleNames: async (actor, { connection, reader }) =>
    (await listRoleNames(actor, connection, [`GuidEquals {${reader}}`])).size,
  listRolePermissions: async (actor, { connection }) => (await listRolePermissions(actor, connection)).length,
  listRolesHeld: async (actor, { connection }) => (await listRolesHeld(actor, connection)).length,
  listRuns: async (actor, { connection }) => (await listRuns(actor, connection.id, null)).rows.length,
  listSavedViews: async (actor, { connection }) =>
    (await listSavedViews(actor, { list: 'people', connectionId: connection.id })).views.length,
  listScopes: async (actor, { connection }) => (await listScopes(actor, connection, ALL)).rows.length,
}

const publishedOf = ({ publishedAt, ...rest }: Ours['connection']): Published => ({
  ...rest,
  publishedAt: publishedAt ?? PUBLISHED,
})

const EVERYTHING = { who: null, privileged: false, change: null }
const WHOLE: CoverageLine[] = DATASETS.map((dataset) => ({ dataset, state: 'whole', read: 1, missing: 0 }))
const comparedOf = (connection: Ours['connection']): Compared => ({
  snapshot: publishedOf(connection),
  coverage: WHOLE,
})

/** A result of a connection from before anything was stored of it. */
const beforeEverything = (connection: Ours['connection']): Compared => ({
  snapshot: { ...publishedOf(connection), publishedAt: new Date('2019-01-01T00:00:00.000Z') },
  coverage: WHOLE,
})

const found = (row: unknown): number => Number(row !== null)

test('every read of this folder is tried here', () => {
  const files = readdirSync(new URL('.', import.meta.url)).filter((name) => !name.endsWith('.test.ts'))
  const reads = files.flatMap((name) =>
    [
      ...readFileSync(new URL(name, import.meta.url), 'utf8').matchAll(
        /^export async function ((?:count|get|list)\w+)/gm,
      ),
    ].map(([, read]) => read),
  )
  expect(Object.keys(READS).sort()).toEqual(reads.sort())
})

test.each(Object.entries(READS))(
  'another organisation gets nothing by %s, with the right ids in hand',
  async (_, read) => {
    const ours = await fullWorld()
    const theirs = await createAccessWorld(database.db)
    expect(await read(ours.world.actor, ours)).toBeGreaterThan(0)
    expect(await read(theirs.actor, ours)).toBe(0)
  },
)

test('results of another organisation that are named as those of a moment show nothing', async () => {
  const { world, connection, person } = await fullWorld()
  const results = { at: PUBLISHED, of: [publishedOf(connection)] }
  const people = [{ tenantId: world.tenantId, id: person }]
  expect((await listPeople(world.actor, results, PEOPLE)).rows).toMatchObject([{ id: person }])
  expect(await listCells(world.actor, results, people)).toHaveLength(1)
  // The same person, whom the other organisation knows by the tenant that both have connected.
  const theirs = await createAccessWorld(database.db)
  const { actor } = theirs
  await database.db.insert(principals).values({
    ...{ organisationId: actor.organisationId, tenantId: world.tenantId, id: person },
    kind: 'user',
    sortName: '',
  })
  expect(await listPeople(actor, results, PEOPLE)).toEqual(EMPTY_PAGE)
  expect(await listCells(actor, results, people)).toEqual([])
  for (const filter of [PEOPLE, { ...PEOPLE, signal: 'gone' }, { ...PEOPLE, minimum: 'reads' }] as const)
    for (const count of [countPeople, countPeopleShown]) expect(await count(actor, results, filter)).toBe(0)
  expect((await getPerson(world.actor, results, person))?.roles.length).toBeGreaterThan(0)
  expect(await getPerson(actor, results, person)).toMatchObject({ id: person, roles: [] })
})

test('two organisations that connected the same tenant keep apart', async () => {
  const ours = await createAccessWorld(database.db)
  const theirs = await createAccessWorld(database.db)
  const connection = await theirs.connection({ tenantId: ours.tenantId })
  const [{ id }, ada, role] = [
    await ours.connection(),
    await ours.principal({ name: 'Ada' }),
    await ours.role('Reader'),
  ]
  await ours.assign(id, { to: ada, role })
  await ours.holder(id, ada, role)
  expect((await listPeople(theirs.actor, 'now', PEOPLE)).rows).toEqual([])
  expect(await listCells(theirs.actor, 'now', [{ tenantId: ours.tenantId, id: ada }])).toEqual([])
  expect(await getPersonAccess(theirs.actor, connection, ada)).toBeNull()
  expect(await listRolesHeld(theirs.actor, connection)).toEqual([])
})

test.each(['', 'new', randomUUID(), '../etc/passwd', "' or 1=1 --", '\0', 'a'.repeat(10_000)])(
  'an id that nobody has is not found: %j',
  async (id) => {
    const { actor } = await createAccessWorld(database.db)
    const nowhere = { id, publishedAt: new Date(), accountId: randomUUID(), nodeIds: [], eligibleRead: true }
    expect(await getConnection(actor, id)).toBeNull()
    expect(await getAccount(actor, id)).toBeNull()
    expect(await getPerson(actor, 'now', id)).toBeNull()
    expect(await getGroup(actor, nowhere, id)).toBeNull()
    expect(await getPersonAccess(actor, nowhere, id)).toBeNull()
    expect(await listFoundPeople(actor, id)).toEqual([])
    expect(await listLastSubscriptions(actor, [id])).toEqual([])
    expect(await listGroups(actor, nowhere, ALL)).toEqual(EMPTY_PAGE)
    expect(await listScopes(actor, nowhere, ALL)).toEqual(EMPTY_PAGE)
    expect(await listHolders(actor, nowhere, HOLDERS)).toEqual(EMPTY_PAGE)
    expect(await listRuns(actor, id, null)).toEqual(EMPTY_PAGE)
  },
)
