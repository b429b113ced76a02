import { randomUUID } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { listInvitations, listMembers, listWaitingMembers } from '@/db/queries/organisation'
import { invitations } from '@/db/schema/invitations'
import { auditEvents, members } from '@/db/schema/organisations'
import { AwaitsApproval, findAdmission, NotInvited } from '@/lib/auth/register-sign-in'
import { createTestDatabase, type TestDatabase } from '@/testing/database'
import { signInAs } from '@/testing/sign-in-as'
import { FreshSignInNeeded, NotAllowed, NotFound } from './actor'
import { parseInvited } from './domain/invited'
import { MOST_INVITATIONS } from './domain/retention'
import { invite, takeBackInvitation } from './invitations'
import { changeJoinRule, removeMember } from './members'

let database: TestDatabase
beforeAll(async () => {
  vi.stubEnv('SANDBOX_URL', 'http://localhost:4000')
  vi.stubEnv('AUTH_SECRET', 'x'.repeat(32))
  vi.stubEnv('ENCRYPTION_KEYS', `k1:${Buffer.alloc(32, 7).toString('base64')}`)
  database = await createTestDatabase()
})
afterAll(() => database.close())

type Rule = 'invitation' | 'approval'

/** An organisation with this rule, and somebody of its tenant. */
async function createOrganisation(rule: Rule = 'invitation') {
  const tenantId = randomUUID()
  const olga = await signInAs({ tenantId })
  await changeJoinRule(olga, { rule })
  const vera = { tenantId, objectId: randomUUID(), name: 'Vera Viewer', username: 'vera@contoso.example' }
  return { tenantId, olga, vera }
}

function invited(typed: string) {
  const who = parseInvited(typed)
  if (!who) throw new Error(`${typed} is nobody to invite.`)
  return who
}

const namesOf = async (olga: Parameters<typeof listInvitations>[0]) =>
  (await listInvitations(olga)).map(({ name }) => name)

test('whoever is not invited is refused, and nobody has to decide about them', async () => {
  const { olga, vera } = await createOrganisation()
  const account = { ...vera, email: '', organisationName: 'Contoso', authenticatedAt: null }
  const membership = { roles: [], groups: [], groupsTold: false }
  const admission = await findAdmission({ ...account, membership }, { address: null, requestId: null })
  expect([admission, await listWaitingMembers(olga)]).toEqual(['not_invited', []])
  await expect(signInAs(vera)).rejects.toThrow(NotInvited)
})

test.each(['objectId', 'username'] as const)(
  'whoever was invited by %s comes in as a viewer, once and for good',
  async (by) => {
    const { olga, vera } = await createOrganisation()
    expect(await invite(olga, invited(vera[by].toUpperCase()))).toEqual({ kind: 'done' })
    expect(await namesOf(olga)).toEqual([vera[by]])
    expect(await signInAs(vera)).toMatchObject({ role: 'viewer' })
    expect(await namesOf(olga)).toEqual([])
    expect(await signInAs({ ...vera, username: 'vera.simmons@contoso.example' })).toMatchObject({ role: 'viewer' })
    const own = and(eq(members.organisationId, olga.organisationId), eq(members.objectId, vera.objectId))
    expect(await database.db.select({ by: members.joinedBy }).from(members).where(own)).toEqual([{ by: 'owner' }])
  },
)

test('a user name invites once: whoever is given it later is refused', async () => {
  const { olga, vera } = await createOrganisation()
  await invite(olga, invited(vera.username))
  await signInAs(vera)
  await expect(signInAs({ ...vera, objectId: randomUUID() })).rejects.toThrow(NotInvited)
})

test('a guest is not let in by an address, which another tenant gave them, but by their object ID', async () => {
  const { olga, vera } = await createOrganisation()
  await invite(olga, invited(vera.username))
  await expect(signInAs({ ...vera, username: null })).rejects.toThrow(NotInvited)
  await invite(olga, invited(vera.objectId))
  expect(await signInAs({ ...vera, username: null })).toMatchObject({ role: 'viewer' })
})

test('an invitation of one organisation invites into no other', async () => {
  const [ours, theirs] = [await createOrganisation(), await createOrganisation()]
  await invite(ours.olga, invited(ours.vera.username))
  await invite(ours.olga, invited(ours.vera.objectId))
  await expect(signInAs({ ...ours.vera, tenantId: theirs.tenantId })).rejects.toThrow(NotInvited)
})

test('an invitation ends by itself, and when it is taken back', async () => {
  const { olga, vera } = await createOrganisation()
  const ofOlga = eq(invitations.organisationId, olga.organisationId)
  await invite(olga, invited(vera.username))
  await database.db
    .update(invitations)
    .set({ expiresAt: new Date(0) })
    .where(ofOlga)
  expect(await namesOf(olga)).toEqual([])
  await expect(signInAs(vera)).rejects.toThrow(NotInvited)
  expect(await invite(olga, invited(vera.username))).toEqual({ kind: 'done' })
  const [open] = await listInvitations(olga)
  await takeBackInvitation(olga, open?.id ?? '')
  await expect(takeBackInvitation(olga, open?.id ?? '')).rejects.toThrow(NotFound)
  await expect(signInAs(vera)).rejects.toThrow(NotInvited)
})

test('whoever was invited need not wait where an owner lets people in', async () => {
  const { tenantId, olga, vera } = await createOrganisation('approval')
  await invite(olga, invited(vera.username))
  expect(await signInAs(vera)).toMatchObject({ role: 'viewer' })
  await expect(signInAs({ tenantId, name: 'Otto Other' })).rejects.toThrow(AwaitsApproval)
})

test('nobody is invited twice, or who is a member, or who was removed', async () => {
  const { olga, vera } = await createOrganisation()
  await invite(olga, invited(vera.username))
  expect(await invite(olga, invited(vera.username))).toEqual({ kind: 'invited_already' })
  const { memberId } = await signInAs(vera)
  for (const name of [vera.username, vera.objectId])
    expect(await invite(olga, invited(name))).toEqual({ kind: 'known', state: 'active' })
  await removeMember(olga, memberId)
  expect(await invite(olga, invited(vera.objectId))).toEqual({ kind: 'known', state: 'removed' })
})

test('an organisation has a bounded number of open invitations', async () => {
  const { olga, vera } = await createOrganisation()
  const own = { organisationId: olga.organisationId, invitedByName: olga.name }
  const expiresAt = new Date(Date.now() + 3_600_000)
  const many = Array.from({ length: MOST_INVITATIONS }, (_, n) => ({ ...own, expiresAt, username: `${n}@a.example` }))
  await database.db.insert(invitations).values(many)
  expect(await invite(olga, invited(vera.username))).toEqual({ kind: 'too_many' })
})

test('only an owner of the organisation invites, with a fresh sign-in, and the audit log says whom', async () => {
  const { olga, vera } = await createOrganisation()
  const who = invited(vera.username)
  await expect(invite({ ...olga, role: 'admin' }, who)).rejects.toThrow(NotAllowed)
  await expect(invite({ ...olga, signedInFreshly: false }, who)).rejects.toThrow(FreshSignInNeeded)
  await invite(olga, who)
  await invite(olga, invited(randomUUID()))
  const open = await listInvitations(olga)
  const other = open.find(({ name }) => name !== vera.username)?.id ?? ''
  await expect(takeBackInvitation({ ...olga, role: 'admin' }, other)).rejects.toThrow(NotAllowed)
  await expect(takeBackInvitation(await signInAs(), other)).rejects.toThrow(NotFound)
  const stale = { ...olga, signedInFreshly: false }
  await takeBackInvitation(stale, other)
  await signInAs(vera)
  expect((await listMembers(olga)).map(({ name }) => name)).toEqual(['Olga Owner', 'Vera Viewer'])
  const events = await database.db
    .select({ action: auditEvents.action, subject: auditEvents.subject, details: auditEvents.details })
    .from(auditEvents)
    .where(and(eq(auditEvents.organisationId, olga.organisationId), eq(auditEvents.kind, 'change')))
    .orderBy(auditEvents.seq)
  expect(events.slice(2)).toEqual([
    { action: 'member.invited', subject: vera.username, details: {} },
    { action: 'member.invited', subject: expect.any(String), details: {} },
    { action: 'member.invitation_taken_back', subject: expect.any(String), details: {} },
    { action: 'member.joined', subject: 'Vera Viewer', details: { role: 'viewer', invited_by: 'Olga Owner' } },
  ])
})
