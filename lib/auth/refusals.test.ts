import { randomUUID } from 'node:crypto'
import { and, eq, like } from 'drizzle-orm'
import { encode } from 'next-auth/jwt'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { auditEvents, members } from '@/db/schema/organisations'
import { requireFreshSignIn } from '@/lib/actor'
import { LIMITS, limit } from '@/lib/limits'
import { requestSync } from '@/lib/sync/request-sync'
import { connect, type Rolecall, startRolecall } from '@/testing/rolecall'
import { signInAs } from '@/testing/sign-in-as'

// What Next.js gives to a request outside of a test: its cookies, and leave to interrupt it with `forbidden()`.
const jar = vi.hoisted(() => new Map<string, { name: string; value: string }>())
const sent = vi.hoisted(() => new Headers())
vi.mock('next/headers', () => ({ cookies: async () => jar, headers: async () => sent }))
vi.mock('server-only', () => ({}))
vi.stubEnv('__NEXT_EXPERIMENTAL_AUTH_INTERRUPTS', 'true')

const { actionFor, refuseVisitor, routeForMembers } = await import('./refusals')
const { readInput } = await import('./input')
const { authCookies } = await import('./options')

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

/** Makes the requests that follow come from this member's browser. */
async function comeFrom({ token }: { token: string }): Promise<void> {
  const { name } = authCookies(process.env.PORTAL_URL ?? '').sessionToken
  jar.set(name, { name, value: await encode({ token: { sid: token }, secret: process.env.AUTH_SECRET ?? '' }) })
}

/** How Next.js tells the error behind a page from other errors. */
const pageWithStatus = (status: number) => expect.objectContaining({ digest: `NEXT_HTTP_ERROR_FALLBACK;${status}` })

const syncNow = actionFor('viewer', async (member, connectionId: string) => {
  await requestSync(member, connectionId)
})

test('an action whose verb does not find the id ends at the not-found page', async () => {
  const connectionId = await connect(await rolecall.tenant())
  await comeFrom(await signInAs({ name: 'Sten Stranger' }))
  await expect(syncNow(connectionId)).rejects.toEqual(pageWithStatus(404))
  await expect(syncNow(randomUUID())).rejects.toEqual(pageWithStatus(404))
})

test.each([
  ['text', 'no ID'],
  ['a list', ['x']],
  ['an object', { toString: 'x' }],
  ['nothing', undefined],
])('an action that is sent %s in the place of an ID ends at the not-found page', async (_, sent) => {
  const read = actionFor('viewer', async (_member, id: unknown) => readInput(z.guid(), id))
  await comeFrom(await signInAs({ name: 'Hanna Hand' }))
  await expect(read(sent)).rejects.toEqual(pageWithStatus(404))
  await expect(read('00000000-0000-4000-8000-000000000000')).resolves.toBe('00000000-0000-4000-8000-000000000000')
})

test('an action whose verb refuses the member’s role ends at the forbidden page', async () => {
  const tenant = await rolecall.tenant()
  await comeFrom(await tenant.viewer())
  await expect(syncNow(await connect(tenant))).rejects.toEqual(pageWithStatus(403))
})

test.each([
  ['owner', ['owner']],
  ['admin', ['owner', 'admin']],
  ['viewer', ['owner', 'admin', 'viewer']],
] as const)('an action for the role %s is run for %j and for nobody else', async (role, allowed) => {
  const action = actionFor(role, async (member) => member.role)
  for (const own of ['owner', 'admin', 'viewer'] as const) {
    const member = await signInAs()
    // The database keeps an owner in every organisation, so there is another one.
    await signInAs({ tenantId: member.tenantId, name: 'Otto Other' })
    const { organisationId, memberId } = member
    await rolecall.db.update(members).set({ role: 'owner' }).where(eq(members.organisationId, organisationId))
    await rolecall.db.update(members).set({ role: own }).where(eq(members.id, memberId))
    await comeFrom(member)
    const outcome = expect(action())
    if (allowed.some((one) => one === own)) await outcome.resolves.toBe(own)
    else await outcome.rejects.toEqual(pageWithStatus(403))
  }
})

test('any other failure of an action stays what it is', async () => {
  await comeFrom(await signInAs())
  const action = actionFor('viewer', async () => {
    throw new Error('The database is away.')
  })
  await expect(action()).rejects.toThrow('The database is away.')
})

test('a route answers a refusal with its status and a sentence', async () => {
  const tenant = await rolecall.tenant()
  const connectionId = await connect(tenant)
  const route = routeForMembers(async (member, id: string) => Response.json(await requestSync(member, id)))
  const ask = async (member: { token: string }) => {
    await comeFrom(member)
    const response = await route(connectionId)
    return { status: response.status, text: await response.text() }
  }
  expect(await ask(await tenant.viewer())).toEqual({ status: 403, text: 'This needs the role owner or admin.' })
  expect(await ask(await signInAs())).toEqual({ status: 404, text: 'There is no such connection.' })
  expect(await ask(tenant.owner)).toMatchObject({ status: 200 })
})

test('a route that needs a fresh sign-in answers 403 and a sentence to an old one', async () => {
  const olga = await signInAs({ authenticatedAt: null })
  await comeFrom(olga)
  const route = routeForMembers(async (member) => {
    requireFreshSignIn(member)
    return new Response()
  })
  const response = await route()
  expect(response.status).toBe(403)
  expect(await response.text()).toBe('This needs a sign-in at Microsoft of the last 15 minutes.')
})

/** What the audit log holds of refusals, oldest first. */
const refusalsOf = ({ organisationId }: { organisationId: string }) =>
  rolecall.db
    .select({
      action: auditEvents.action,
      kind: auditEvents.kind,
      memberName: auditEvents.memberName,
      subject: auditEvents.subject,
      details: auditEvents.details,
      clientAddress: auditEvents.clientAddress,
      requestId: auditEvents.requestId,
    })
    .from(auditEvents)
    .where(and(eq(auditEvents.organisationId, organisationId), like(auditEvents.action, 'access.%')))
    .orderBy(auditEvents.seq)

test('every refusal is written down with the member, the address and the id of the request', async () => {
  const visitor = { clientAddress: '203.0.113.9', requestId: randomUUID() }
  sent.set('x-client-address', visitor.clientAddress)
  sent.set('x-request-id', visitor.requestId)
  sent.set('x-pathname', '/integrations?q=Ada')
  const tenant = await rolecall.tenant()
  const viewer = await tenant.viewer()
  await comeFrom(viewer)
  await expect(syncNow(await connect(tenant))).rejects.toEqual(pageWithStatus(403))
  await expect(actionFor('owner', async () => 'done')()).rejects.toEqual(pageWithStatus(403))
  await comeFrom(tenant.owner)
  await expect(syncNow(randomUUID())).rejects.toEqual(pageWithStatus(404))
  const route = routeForMembers(async (member, id: string) => Response.json(await requestSync(member, id)))
  await comeFrom(await signInAs({ name: 'Sten Stranger', tenantId: tenant.tenantId }))
  expect((await route(randomUUID())).status).toBe(403)

  const common = { kind: 'security', details: { page: '/integrations' }, ...visitor }
  expect(await refusalsOf(viewer)).toEqual([
    { ...common, action: 'access.refused', subject: 'sync', memberName: viewer.name },
    { ...common, action: 'access.refused', subject: 'act as owner', memberName: viewer.name },
    { ...common, action: 'access.not_found', subject: 'There is no such connection.', memberName: tenant.owner.name },
    { ...common, action: 'access.refused', subject: 'sync', memberName: 'Sten Stranger' },
  ])
})

test('the same refusal is written down once a minute, however many requests come at once', async () => {
  const member = await signInAs()
  await comeFrom(member)
  await Promise.allSettled(Array.from({ length: 30 }, () => syncNow(randomUUID())))
  await expect(syncNow(randomUUID())).rejects.toEqual(pageWithStatus(404))
  expect(await refusalsOf(member)).toHaveLength(1)
})

test('a failure that is no refusal is not written down as one', async () => {
  const member = await signInAs()
  await comeFrom(member)
  const action = actionFor('viewer', async () => {
    throw new Error('The database is away.')
  })
  await expect(action()).rejects.toThrow('The database is away.')
  expect(await refusalsOf(member)).toEqual([])
})

test('an action that was asked for too often leads to the page that says so, with the way back', async () => {
  const member = await signInAs()
  await comeFrom(member)
  sent.set('x-pathname', '/integrations/azure/one?search=Ada')
  const action = actionFor('viewer', async ({ memberId }) => limit('export', memberId))
  for (let done = 0; done < LIMITS.export.most(); done++) await action()
  const refusal: unknown = await action().catch((error: unknown) => error)
  const [, , page = ''] = String((refusal as { digest: string }).digest).split(';')
  expect(page).toMatch(/^\/too-many\?of=export&seconds=\d+&back=%2Fintegrations%2Fazure%2Fone%3Fsearch%3DAda$/)
})

test('a route that was asked for too often answers 429, when to try again, and a sentence', async () => {
  const member = await signInAs()
  await comeFrom(member)
  const route = routeForMembers(async ({ memberId }) => {
    await limit('export', memberId)
    return new Response('name')
  })
  for (let done = 0; done < LIMITS.export.most(); done++) expect((await route()).status).toBe(200)
  const refused = await route()
  expect(refused.status).toBe(429)
  const seconds = Number(refused.headers.get('retry-after'))
  expect(seconds).toBeGreaterThan(0)
  expect(await refused.text()).toBe(`You asked for too many exports. Try again in ${seconds} seconds.`)
})

const visitFrom = (address: string) =>
  refuseVisitor('sign_in', new Request('http://localhost:3000', { headers: { 'x-client-address': address } }))

test('a visitor who begins too many sign-ins is answered 429, and a visitor from elsewhere goes on', async () => {
  for (let done = 0; done < LIMITS.sign_in.most(); done++) expect(await visitFrom('192.0.2.1')).toBeNull()
  const refused = await visitFrom('192.0.2.1')
  expect(refused?.status).toBe(429)
  expect(await refused?.text()).toMatch(
    new RegExp(
      `^Too many sign-ins were begun from your network. Try again in ${refused?.headers.get('retry-after')} s`,
    ),
  )
  expect(await visitFrom('192.0.2.2')).toBeNull()
})
