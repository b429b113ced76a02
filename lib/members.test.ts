import { randomUUID } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { listMembers, listRemovedMembers, listWaitingMembers } from '@/db/queries/organisation'
import { auditEvents, members, organisations } from '@/db/schema/organisations'
import {
  AccessRemoved,
  AwaitsApproval,
  findAdmission,
  joinRuleAtFirst,
  registerSignIn,
} from '@/lib/auth/register-sign-in'
import { findSession } from '@/lib/auth/sessions'
import { createTestDatabase, type TestDatabase } from '@/testing/database'
import { signInAs } from '@/testing/sign-in-as'
import { FreshSignInNeeded, NotAllowed, NotFound } from './actor'
import { changeJoinRule, changeRole, letMemberIn, refuseMember, removeMember } from './members'

let database: TestDatabase
beforeAll(async () => {
  vi.stubEnv('SANDBOX_URL', 'http://localhost:4000')
  vi.stubEnv('AUTH_SECRET', 'x'.repeat(32))
  vi.stubEnv('ENCRYPTION_KEYS', `k1:${Buffer.alloc(32, 7).toString('base64')}`)
  database = await createTestDatabase()
})
afterAll(() => database.close())

const rolesOf = async (organisationId: string) => {
  const rows = await database.db
    .select({ name: members.name, role: members.role })
    .from(members)
    .where(eq(members.organisationId, organisationId))
  return Object.fromEntries(rows.map(({ name, role }) => [name, role]))
}

/** Whether somebody may sign in, as it is judged before they have a session. */
const admissionOf = (who: { tenantId: string; objectId: string; name?: string }) =>
  findAdmission(
    {
      ...{ name: 'Vera Viewer', email: 'vera@contoso.example', organisationName: 'Contoso', authenticatedAt: null },
      username: 'vera@contoso.example',
      membership: { roles: [], groups: [], groupsTold: false },
      ...who,
    },
    { address: null, requestId: null },
  )

test('the first to sign in from a tenant owns its organisation, later ones are viewers', async () => {
  const tenantId = randomUUID()
  const olga = await signInAs({ tenantId })
  const vera = await signInAs({ tenantId, name: 'Vera Viewer' })
  expect(olga).toMatchObject({ role: 'owner', organisationId: vera.organisationId })
  expect(vera.role).toBe('viewer')
})

test('forty people of one tenant who sign in at once make one organisation with one owner', async () => {
  const tenantId = randomUUID()
  const everyone = await Promise.all(Array.from({ length: 40 }, (_, n) => signInAs({ tenantId, name: `Person ${n}` })))
  expect(new Set(everyone.map(({ organisationId }) => organisationId)).size).toBe(1)
  expect(everyone.filter(({ role }) => role === 'owner')).toHaveLength(1)
})

test('the same account that signs in again is the same member with a new session', async () => {
  const account = { tenantId: randomUUID(), objectId: randomUUID() }
  const first = await signInAs(account)
  const second = await signInAs({ ...account, name: 'Olga Renamed' })
  expect(second.memberId).toBe(first.memberId)
  expect(second.sessionId).not.toBe(first.sessionId)
  expect(second.token).not.toBe(first.token)
  expect(second.name).toBe('Olga Renamed')
})

test('a role change works on the next look, without a new sign-in', async () => {
  const tenantId = randomUUID()
  const olga = await signInAs({ tenantId })
  const vera = await signInAs({ tenantId, name: 'Vera Viewer' })
  expect(await changeRole(olga, vera.memberId, 'admin')).toEqual({ kind: 'done' })
  expect(await findSession(vera.token)).toMatchObject({ role: 'admin' })
})

test('the last owner can neither step down nor be removed', async () => {
  const olga = await signInAs()
  expect(await changeRole(olga, olga.memberId, 'viewer')).toEqual({ kind: 'last_owner' })
  expect(await removeMember(olga, olga.memberId)).toEqual({ kind: 'last_owner' })
  expect(await rolesOf(olga.organisationId)).toEqual({ 'Olga Owner': 'owner' })
})

test('with a second owner the first may go, and is signed out at once', async () => {
  const tenantId = randomUUID()
  const olga = await signInAs({ tenantId })
  const otto = await signInAs({ tenantId, name: 'Otto Other' })
  await changeRole(olga, otto.memberId, 'owner')
  expect(await removeMember({ ...otto, role: 'owner' }, olga.memberId)).toEqual({ kind: 'done' })
  expect(await findSession(olga.token)).toBeNull()
})

test.each(['admin', 'viewer'] as const)(
  'a member with the role %s can neither change nor remove anybody',
  async (role) => {
    const tenantId = randomUUID()
    const olga = await signInAs({ tenantId })
    const other = { ...(await signInAs({ tenantId, name: 'Ann Other' })), role }
    await expect(changeRole(other, olga.memberId, 'viewer')).rejects.toThrow(NotAllowed)
    await expect(removeMember(other, olga.memberId)).rejects.toThrow(NotAllowed)
    expect((await rolesOf(olga.organisationId))['Olga Owner']).toBe('owner')
  },
)

test('another organisation’s member is not found', async () => {
  const olga = await signInAs()
  const stranger = await signInAs({ name: 'Sten Stranger' })
  await expect(changeRole(olga, stranger.memberId, 'viewer')).rejects.toThrow(NotFound)
  await expect(removeMember(olga, stranger.memberId)).rejects.toThrow(NotFound)
  expect(await rolesOf(stranger.organisationId)).toEqual({ 'Sten Stranger': 'owner' })
})

test('the audit log says who changed what', async () => {
  const tenantId = randomUUID()
  const olga = await signInAs({ tenantId })
  const vera = await signInAs({ tenantId, name: 'Vera Viewer' })
  await changeRole(olga, vera.memberId, 'admin')
  await removeMember(olga, vera.memberId)
  await letMemberIn(olga, vera.memberId)
  const events = await database.db
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.organisationId, olga.organisationId))
    .orderBy(auditEvents.seq)
  expect(events.map(({ action, memberName, subject }) => [action, memberName, subject])).toEqual([
    ['member.joined', 'Olga Owner', 'Olga Owner'],
    ['member.signed_in', 'Olga Owner', 'Olga Owner'],
    ['member.joined', 'Vera Viewer', 'Vera Viewer'],
    ['member.signed_in', 'Vera Viewer', 'Vera Viewer'],
    ['member.role_changed', 'Olga Owner', 'Vera Viewer'],
    ['member.removed', 'Olga Owner', 'Vera Viewer'],
    ['member.let_in_again', 'Olga Owner', 'Vera Viewer'],
  ])
})

const OLD = new Date(Date.now() - 16 * 60_000)

test.each([
  ['signed in sixteen minutes ago', OLD],
  ['of whom Microsoft does not say when they signed in', null],
])('an owner %s confirms who they are before anybody’s access changes', async (_, authenticatedAt) => {
  const tenantId = randomUUID()
  const olga = await signInAs({ tenantId, authenticatedAt })
  const vera = await signInAs({ tenantId, name: 'Vera Viewer' })
  await expect(changeRole(olga, vera.memberId, 'admin')).rejects.toThrow(FreshSignInNeeded)
  await expect(removeMember(olga, vera.memberId)).rejects.toThrow(FreshSignInNeeded)
  await expect(letMemberIn(olga, vera.memberId)).rejects.toThrow(FreshSignInNeeded)
  expect(await rolesOf(olga.organisationId)).toEqual({ 'Olga Owner': 'owner', 'Vera Viewer': 'viewer' })

  const confirmed = await signInAs({ tenantId, objectId: olga.objectId, previousToken: olga.token })
  expect(await changeRole(confirmed, vera.memberId, 'admin')).toEqual({ kind: 'done' })
})

test('a time of sign-in that is still to come does not stay fresh for longer', async () => {
  const olga = await signInAs({ authenticatedAt: new Date(Date.now() + 24 * 60 * 60_000) })
  await database.db.execute(
    `update member_sessions set authenticated_at = authenticated_at - interval '16 minutes' where id = '${olga.sessionId}'`,
  )
  expect(await findSession(olga.token)).toMatchObject({ signedInFreshly: false })
})

test('a removed member is signed out, stays out, and comes back as a viewer once an owner lets them in', async () => {
  const tenantId = randomUUID()
  const olga = await signInAs({ tenantId })
  const vera = await signInAs({ tenantId, name: 'Vera Viewer' })
  await changeRole(olga, vera.memberId, 'admin')
  expect(await admissionOf({ tenantId, objectId: vera.objectId })).toBe('may')

  await removeMember(olga, vera.memberId)
  expect(await findSession(vera.token)).toBeNull()
  expect(await admissionOf({ tenantId, objectId: vera.objectId })).toBe('removed')
  const again = () => signInAs({ tenantId, objectId: vera.objectId, name: 'Vera Viewer' })
  await expect(again()).rejects.toThrow(AccessRemoved)
  expect((await listMembers(olga)).map(({ name }) => name)).toEqual(['Olga Owner'])
  expect(await listRemovedMembers(olga)).toMatchObject([{ name: 'Vera Viewer', removedByName: 'Olga Owner' }])
  await expect(removeMember(olga, vera.memberId)).rejects.toThrow(NotFound)
  await expect(changeRole(olga, vera.memberId, 'owner')).rejects.toThrow(NotFound)

  await letMemberIn(olga, vera.memberId)
  await expect(letMemberIn(olga, vera.memberId)).rejects.toThrow(NotFound)
  expect(await again()).toMatchObject({ memberId: vera.memberId, role: 'viewer' })
  expect(await listRemovedMembers(olga)).toEqual([])
})

test('only an owner of the same organisation lets a removed member in', async () => {
  const tenantId = randomUUID()
  const olga = await signInAs({ tenantId })
  const [vera, adam] = [await signInAs({ tenantId, name: 'Vera' }), await signInAs({ tenantId, name: 'Adam' })]
  await removeMember(olga, vera.memberId)
  await expect(letMemberIn({ ...adam, role: 'admin' }, vera.memberId)).rejects.toThrow(NotAllowed)
  await expect(letMemberIn(await signInAs({ name: 'Sten' }), vera.memberId)).rejects.toThrow(NotFound)
  expect(await admissionOf({ tenantId, objectId: vera.objectId })).toBe('removed')
})

test('a removed person is still a stranger in the organisation of another tenant', async () => {
  const olga = await signInAs()
  const vera = await signInAs({ tenantId: olga.tenantId, name: 'Vera' })
  await removeMember(olga, vera.memberId)
  expect(await signInAs({ objectId: vera.objectId })).toMatchObject({ role: 'owner' })
})

test('who signs in while they are removed has no session afterwards, whichever comes first', async () => {
  const tenantId = randomUUID()
  const olga = await signInAs({ tenantId })
  for (let round = 0; round < 10; round++) {
    const vera = await signInAs({ tenantId, name: `Vera ${round}` })
    const [removal, signIn] = await Promise.allSettled([
      removeMember(olga, vera.memberId),
      signInAs({ tenantId, objectId: vera.objectId, name: `Vera ${round}` }),
    ])
    expect(removal.status).toBe('fulfilled')
    if (signIn.status === 'fulfilled') expect(await findSession(signIn.value.token)).toBeNull()
    const own = and(eq(members.organisationId, olga.organisationId), eq(members.id, vera.memberId))
    expect(await database.db.select({ state: members.state }).from(members).where(own)).toEqual([{ state: 'removed' }])
  }
})

describe('where an owner lets people in', () => {
  /** An organisation with such an owner. */
  async function closedOrganisation() {
    const tenantId = randomUUID()
    const olga = await signInAs({ tenantId })
    await changeJoinRule(olga, { rule: 'approval' })
    const vera = { tenantId, objectId: randomUUID(), name: 'Vera Viewer' }
    return { tenantId, olga, vera }
  }

  test('whoever signs in waits, without a session, until they are let in as viewers', async () => {
    const { olga, vera } = await closedOrganisation()
    expect(await admissionOf(vera)).toBe('waiting')
    expect(await admissionOf(vera)).toBe('waiting')
    await expect(signInAs(vera)).rejects.toThrow(AwaitsApproval)
    expect((await listMembers(olga)).map(({ name }) => name)).toEqual(['Olga Owner'])
    const [waiting] = await listWaitingMembers(olga)
    expect(waiting).toMatchObject({ name: 'Vera Viewer', email: 'vera@contoso.example' })
    await expect(changeRole(olga, waiting?.id ?? '', 'owner')).rejects.toThrow(NotFound)

    await letMemberIn(olga, waiting?.id ?? '')
    expect(await admissionOf(vera)).toBe('may')
    expect(await signInAs(vera)).toMatchObject({ memberId: waiting?.id, role: 'viewer' })
    expect(await listWaitingMembers(olga)).toEqual([])
  })

  test('whoever is refused stays out, and is listed among those who were removed', async () => {
    const { olga, vera } = await closedOrganisation()
    await admissionOf(vera)
    const [waiting] = await listWaitingMembers(olga)
    await refuseMember(olga, waiting?.id ?? '')
    expect(await admissionOf(vera)).toBe('removed')
    await expect(signInAs(vera)).rejects.toThrow(AccessRemoved)
    expect(await listRemovedMembers(olga)).toMatchObject([{ name: 'Vera Viewer', removedByName: 'Olga Owner' }])
    await expect(refuseMember(olga, waiting?.id ?? '')).rejects.toThrow(NotFound)
  })

  test('whoever waits joins by signing in once everyone may, and members stay members when it is closed', async () => {
    const { tenantId, olga, vera } = await closedOrganisation()
    await admissionOf(vera)
    await changeJoinRule(olga, { rule: 'everyone' })
    expect(await admissionOf(vera)).toBe('may')
    expect(await signInAs(vera)).toMatchObject({ role: 'viewer' })
    await changeJoinRule(olga, { rule: 'approval' })
    expect(await signInAs(vera)).toMatchObject({ role: 'viewer' })
    await expect(signInAs({ tenantId, name: 'Otto Other' })).rejects.toThrow(AwaitsApproval)
  })

  test('only an owner decides, with a fresh sign-in, and the audit log has all of it', async () => {
    const { olga, vera } = await closedOrganisation()
    await admissionOf(vera)
    const [waiting] = await listWaitingMembers(olga)
    const id = waiting?.id ?? ''
    await expect(refuseMember({ ...olga, role: 'admin' }, id)).rejects.toThrow(NotAllowed)
    await expect(changeJoinRule({ ...olga, role: 'admin' }, { rule: 'everyone' })).rejects.toThrow(NotAllowed)
    await expect(refuseMember({ ...olga, signedInFreshly: false }, id)).rejects.toThrow(FreshSignInNeeded)
    await expect(changeJoinRule({ ...olga, signedInFreshly: false }, { rule: 'everyone' })).rejects.toThrow(
      FreshSignInNeeded,
    )
    await expect(refuseMember(await signInAs({ name: 'Sten Stranger' }), id)).rejects.toThrow(NotFound)
    await letMemberIn(olga, id)
    const events = await database.db
      .select()
      .from(auditEvents)
      .where(eq(auditEvents.organisationId, olga.organisationId))
      .orderBy(auditEvents.seq)
    expect(events.slice(2).map(({ action, memberName, subject }) => [action, memberName, subject])).toEqual([
      ['organisation.join_rule_changed', 'Olga Owner', 'contoso.example'],
      ['member.asked_to_join', 'Vera Viewer', 'Vera Viewer'],
      ['member.let_in', 'Olga Owner', 'Vera Viewer'],
    ])
  })

  test('forty people of one tenant who come at once leave one owner, and everyone else waits', async () => {
    const tenantId = randomUUID()
    const olga = await signInAs({ tenantId })
    await changeJoinRule(olga, { rule: 'approval' })
    const all = Array.from({ length: 40 }, (_, n) => ({ tenantId, objectId: randomUUID(), name: `Person ${n}` }))
    expect(new Set(await Promise.all(all.map(admissionOf)))).toEqual(new Set(['waiting']))
    expect(await listWaitingMembers(olga)).toHaveLength(40)
  })
})

test('the organisation of a real tenant lets nobody in by itself, that of the sandbox everyone', async () => {
  expect([joinRuleAtFirst('azure'), joinRuleAtFirst('sandbox')]).toEqual(['approval', 'everyone'])
  const account = {
    tenantId: randomUUID(),
    objectId: randomUUID(),
    name: 'Olga',
    email: '',
    organisationName: 'Contoso',
    username: null,
    membership: { roles: [], groups: [], groupsTold: false },
  }
  await registerSignIn(
    { ...account, authenticatedAt: null },
    { browser: 'Firefox on Linux', visitor: { address: null, requestId: null }, previousToken: null },
  )
  const [made] = await database.db.select().from(organisations).where(eq(organisations.tenantId, account.tenantId))
  expect(made?.joinRule).toBe('everyone')
})
