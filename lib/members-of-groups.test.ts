import { randomUUID } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { listMembers, listRemovedMembers, listWaitingMembers, readJoinRule } from '@/db/queries/organisation'
import { auditEvents, members } from '@/db/schema/organisations'
import { AwaitsApproval, findAdmission, OutsideNamedGroups } from '@/lib/auth/register-sign-in'
import { findSession } from '@/lib/auth/sessions'
import { createTestDatabase, type TestDatabase } from '@/testing/database'
import { signInAs } from '@/testing/sign-in-as'
import type { ToldMembership } from './domain/join-groups'
import { changeJoinRule, changeRole, letMemberIn, refuseMember, removeMember } from './members'

let database: TestDatabase
beforeAll(async () => {
  vi.stubEnv('SANDBOX_URL', 'http://localhost:4000')
  vi.stubEnv('AUTH_SECRET', 'x'.repeat(32))
  vi.stubEnv('ENCRYPTION_KEYS', `k1:${Buffer.alloc(32, 7).toString('base64')}`)
  database = await createTestDatabase()
})
afterAll(() => database.close())

const READERS = randomUUID()
const INSIDE: ToldMembership = { roles: [], groups: [READERS], groupsTold: true }
const OUTSIDE: ToldMembership = { roles: [], groups: [randomUUID()], groupsTold: true }
const UNTOLD: ToldMembership = { roles: [], groups: [], groupsTold: false }

/** An organisation whose owner names a group, and somebody of its tenant. */
async function organisationOfReaders() {
  const tenantId = randomUUID()
  const olga = await signInAs({ tenantId })
  await changeJoinRule(olga, { rule: 'groups', named: [READERS] })
  const vera = { tenantId, objectId: randomUUID(), name: 'Vera Viewer' }
  /** Tries to sign in as somebody comes back from Microsoft: first whether they may, then the session. */
  const come = async (membership: ToldMembership, who = vera) => {
    const account = { ...who, email: 'vera@contoso.example', organisationName: 'Contoso', authenticatedAt: null }
    const admission = await findAdmission(
      { ...account, username: null, membership },
      { address: null, requestId: null },
    )
    const session = await signInAs({ ...who, membership }).catch((error: unknown) => error)
    return { admission, session }
  }
  return { tenantId, olga, vera, come }
}

const namesOf = (list: { name: string }[]) => list.map(({ name }) => name)

test('whoever is in the group joins as a viewer, and the members page says who may', async () => {
  const { olga, come } = await organisationOfReaders()
  const { admission, session } = await come(INSIDE)
  expect([admission, session]).toEqual(['may', expect.objectContaining({ role: 'viewer', name: 'Vera Viewer' })])
  expect(await readJoinRule(olga)).toEqual({ rule: 'groups', named: [READERS] })
})

test('whoever is in none of the groups is refused, and nobody has to decide about them', async () => {
  const { olga, come } = await organisationOfReaders()
  const { admission, session } = await come(OUTSIDE)
  expect(admission).toBe('in_none_named')
  expect(session).toBeInstanceOf(OutsideNamedGroups)
  expect([await listWaitingMembers(olga), namesOf(await listMembers(olga))]).toEqual([[], ['Olga Owner']])
})

test('of whom Microsoft does not say the groups, they wait with that reason, until the owner lets them in for good', async () => {
  const { olga, come } = await organisationOfReaders()
  const { admission, session } = await come(UNTOLD)
  expect(admission).toBe('groups_not_told')
  expect(session).toBeInstanceOf(OutsideNamedGroups)
  const [waiting] = await listWaitingMembers(olga)
  expect(waiting).toMatchObject({ name: 'Vera Viewer', joinDoubt: 'groups_not_told' })
  await letMemberIn(olga, waiting?.id ?? '')
  for (const told of [UNTOLD, OUTSIDE]) expect((await come(told)).admission).toBe('may')
})

test('whoever waits comes in by themselves once Microsoft says that they are in the group', async () => {
  const { olga, come } = await organisationOfReaders()
  await come(UNTOLD)
  await come(OUTSIDE)
  expect(await listWaitingMembers(olga)).toMatchObject([{ joinDoubt: 'in_none_named' }])
  expect((await come(INSIDE)).session).toMatchObject({ role: 'viewer' })
  expect(await listWaitingMembers(olga)).toEqual([])
})

test('whoever leaves the group cannot sign in again, their session goes on, and owners see why', async () => {
  const { olga, come } = await organisationOfReaders()
  const first = (await come(INSIDE)).session as Awaited<ReturnType<typeof signInAs>>
  expect((await come(OUTSIDE)).session).toBeInstanceOf(OutsideNamedGroups)
  expect(await findSession(first.token)).toMatchObject({ name: 'Vera Viewer' })
  const listed = async () => (await listMembers(olga)).map(({ name, joinDoubt }) => [name, joinDoubt])
  expect(await listed()).toEqual([
    ['Olga Owner', null],
    ['Vera Viewer', 'in_none_named'],
  ])
  expect((await come(INSIDE)).admission).toBe('may')
  expect(await listed()).toContainEqual(['Vera Viewer', null])
})

test('an admin who left the group is kept out until an owner lets them in, and keeps the role', async () => {
  const { olga, come } = await organisationOfReaders()
  const { memberId } = (await come(INSIDE)).session as Awaited<ReturnType<typeof signInAs>>
  await changeRole(olga, memberId, 'admin')
  expect((await come(OUTSIDE)).admission).toBe('in_none_named')
  await letMemberIn(olga, memberId)
  expect((await come(OUTSIDE)).session).toMatchObject({ role: 'admin' })
})

test('owners, and members of before, stay although they are in none of the groups', async () => {
  const tenantId = randomUUID()
  const olga = await signInAs({ tenantId })
  const otto = await signInAs({ tenantId, name: 'Otto Other' })
  await changeJoinRule(olga, { rule: 'groups', named: [READERS] })
  for (const { objectId, name } of [olga, otto])
    expect(await signInAs({ tenantId, objectId, name, membership: OUTSIDE })).toMatchObject({ name })
})

test('another rule forgets what this one said of people, and asks nobody for a group', async () => {
  const { olga, come } = await organisationOfReaders()
  await come(INSIDE)
  await come(OUTSIDE)
  await changeJoinRule(olga, { rule: 'approval' })
  expect((await listMembers(olga)).map(({ joinDoubt }) => joinDoubt)).toEqual([null, null])
  expect((await come(OUTSIDE)).admission).toBe('may')
  await expect(signInAs({ tenantId: olga.tenantId, name: 'Otto', membership: INSIDE })).rejects.toThrow(AwaitsApproval)
})

test('whoever was refused or removed stays out, whatever group they are in', async () => {
  const { olga, come } = await organisationOfReaders()
  await come(UNTOLD)
  const [waiting] = await listWaitingMembers(olga)
  await refuseMember(olga, waiting?.id ?? '')
  expect((await come(INSIDE)).admission).toBe('removed')
  await letMemberIn(olga, waiting?.id ?? '')
  await removeMember(olga, waiting?.id ?? '')
  expect(await listRemovedMembers(olga)).toMatchObject([{ name: 'Vera Viewer' }])
  expect((await come(INSIDE)).admission).toBe('removed')
})

test('the database keeps the rule and its names together', async () => {
  const { olga } = await organisationOfReaders()
  await expect(changeJoinRule(olga, { rule: 'groups' })).rejects.toThrow()
  await expect(changeJoinRule(olga, { rule: 'everyone', named: [READERS] })).rejects.toThrow()
})

test('the audit log says what was named, who joined by it, and who asked', async () => {
  const { olga, vera, come } = await organisationOfReaders()
  await come(INSIDE)
  await come(UNTOLD, { ...vera, objectId: randomUUID(), name: 'Nina Newcomer' })
  const events = await database.db
    .select({ action: auditEvents.action, subject: auditEvents.subject, details: auditEvents.details })
    .from(auditEvents)
    .where(and(eq(auditEvents.organisationId, olga.organisationId), eq(auditEvents.kind, 'change')))
    .orderBy(auditEvents.seq)
  expect(events.slice(1)).toEqual([
    {
      action: 'organisation.join_rule_changed',
      subject: 'contoso.example',
      details: { before: 'everyone', after: 'groups', named: READERS },
    },
    { action: 'member.joined', subject: 'Vera Viewer', details: { role: 'viewer' } },
    { action: 'member.asked_to_join', subject: 'Nina Newcomer', details: {} },
  ])
  const [kept] = await database.db
    .select({ joinedBy: members.joinedBy })
    .from(members)
    .where(and(eq(members.organisationId, olga.organisationId), eq(members.objectId, vera.objectId)))
  expect(kept?.joinedBy).toBe('groups')
})
