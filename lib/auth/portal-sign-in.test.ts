import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { NextApiRequest, NextApiResponse } from 'next'
import NextAuth from 'next-auth'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { describePortalSignInProblem } from '@/components/shell/portal-sign-in-problem'
import { listMembers } from '@/db/queries/organisation'
import { memberSessions, members } from '@/db/schema/organisations'
import { send } from '@/lib/azure/client/transport'
import { changeJoinRule, letMemberIn } from '@/lib/members'
import type { ForgeIdToken } from '@/sandbox/control/fault-rules'
import { applyChange, type NamedChange } from '@/sandbox/world/changes'
import { answerMicrosoft } from '@/testing/answer-microsoft'
import { type Rolecall, startRolecall, type TestTenant } from '@/testing/rolecall'
import { authCookies, authOptions } from './options'

const PORTAL = 'http://localhost:3000'
const HOUR = 3600
const MINUTE = 60
const now = () => Math.floor(Date.now() / 1000)
const STRANGERS_TENANT = '11111111-2222-4333-8444-555555555555'

let rolecall: Rolecall
let tenant: TestTenant
beforeAll(async () => {
  process.env.NEXTAUTH_URL = PORTAL
  await new Promise<void>((resolve) => portal.listen(0, '127.0.0.1', resolve))
  rolecall = await startRolecall()
  tenant = await rolecall.tenant()
})
afterEach(() => {
  rolecall.sandbox.world.clockOffset = 0
})
afterAll(async () => {
  portal.close()
  await rolecall.close()
})

/** next-auth's routes with our options on a server of their own, in the form that needs nothing of Next.js. */
const portal = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', PORTAL)
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const answer = Object.assign(response, {
    status: (code: number) => Object.assign(answer, { statusCode: code }),
    json: (body: unknown) => answer.end(JSON.stringify(body)),
    send: (body: unknown) => answer.end(typeof body === 'string' ? body : JSON.stringify(body)),
  })
  const asked = Object.assign(request, {
    query: { ...Object.fromEntries(searchParams), nextauth: pathname.split('/').slice(3) },
    body: Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())),
    cookies: Object.fromEntries(
      decodeURIComponent(request.headers.cookie ?? '')
        .split('; ')
        .map((one) => one.split(/=(.*)/, 2)),
    ),
  })
  await NextAuth(
    asked as unknown as NextApiRequest,
    answer as unknown as NextApiResponse,
    authOptions({ browser: BROWSER, confirming: null }),
  )
})

const BROWSER = { browser: 'Firefox on Linux', visitor: { address: null, requestId: null }, previousToken: null }

/** A browser's requests to these routes, with its cookies. */
function openBrowser() {
  const cookies = new Map<string, string>()
  const ask = async (path: string, form?: Record<string, string>) => {
    const response = await fetch(`http://127.0.0.1:${(portal.address() as AddressInfo).port}/api/auth/${path}`, {
      method: form ? 'POST' : 'GET',
      body: form && new URLSearchParams(form),
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      redirect: 'manual',
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      cookies.set(name, value)
    }
    return response
  }
  return { cookies, ask }
}

/** Signs an account in to the portal while Microsoft's ID token is forged. Gives where the browser is led, and whether a session began. */
async function signIn(forgery?: ForgeIdToken, kind = 'owner') {
  const { cookies, ask } = openBrowser()
  const { csrfToken } = (await (await ask('csrf')).json()) as { csrfToken: string }
  const begun = await ask('signin/azure-ad', { csrfToken, callbackUrl: `${PORTAL}/integrations` })
  const address = (begun.headers.get('location') ?? '').replace('https://', `${rolecall.sandbox.url}/`)
  const back = await answerMicrosoft(address, tenant.account(kind).username)
  const sessionsBefore = (await rolecall.db.select().from(memberSessions)).length
  const finish = () => ask(`callback/azure-ad?${back}`)
  const ended = await (forgery
    ? tenant.during([{ match: { path: '/token$' }, forgeIdToken: forgery }], finish)
    : finish())
  const led = new URL(ended.headers.get('location') ?? '', PORTAL)
  const sessions = (await rolecall.db.select().from(memberSessions)).length - sessionsBefore
  const hasSession = Boolean(cookies.get(authCookies(PORTAL).sessionToken.name))
  return { led, error: led.searchParams.get('error'), sessions, hasSession }
}

const REFUSED = { sessions: 0, hasSession: false }

describe('an ID token of the portal’s sign-in', () => {
  test('that is as Microsoft makes it begins a session', async () => {
    const { led, ...outcome } = await signIn()
    expect(outcome).toEqual({ error: null, sessions: 1, hasSession: true })
    expect(led.href).toBe(`${PORTAL}/integrations`)
  })

  test.each<[string, ForgeIdToken]>([
    ['that nobody signed', { signedBy: 'none' }],
    ['signed with a key of somebody else', { signedBy: 'foreign' }],
    ['signed with the published key as an HMAC secret', { signedBy: 'published' }],
    ['whose header names another algorithm', { header: { alg: 'RS512' } }],
    ['whose key is not known', { header: { kid: 'unknown' } }],
    ['that is an access token', { header: { typ: 'at+jwt' } }],
    ['of another issuer', { claims: { iss: 'https://evil.example/v2.0' } }],
    ['without an issuer', { claims: { iss: null } }],
    ['for another application', { claims: { aud: STRANGERS_TENANT } }],
    ['without an audience', { claims: { aud: null } }],
    ['whose tenant is not that of its issuer', { claims: { tid: STRANGERS_TENANT } }],
    ['without a tenant', { claims: { tid: null } }],
    ['with the nonce of another login', { claims: { nonce: 'another' } }],
    ['without a nonce', { claims: { nonce: null } }],
    ['that expired yesterday', { claims: { exp: now() - 24 * HOUR } }],
    ['that expired six minutes ago', { claims: { exp: now() - 6 * MINUTE } }],
    ['without an end', { claims: { exp: null } }],
    ['that is valid from tomorrow', { claims: { nbf: now() + 24 * HOUR } }],
    ['without a beginning', { claims: { nbf: null } }],
    ['that was issued tomorrow', { claims: { iat: now() + 24 * HOUR } }],
    ['without a time of issue', { claims: { iat: null } }],
    ['whose times are texts', { claims: { exp: '9999999999' } }],
  ])('%s begins no session', async (_, forgery) => {
    const { led, error, ...outcome } = await signIn(forgery)
    expect(outcome).toEqual(REFUSED)
    expect([led.pathname, error]).toEqual([expect.stringMatching(/signin$|error$/), 'OAuthCallback'])
  })

  test.each<[string, ForgeIdToken]>([
    ['expired four minutes ago', { claims: { exp: now() - 4 * MINUTE } }],
    ['is valid in four minutes', { claims: { nbf: now() + 4 * MINUTE, iat: now() + 4 * MINUTE } }],
  ])('that %s is taken, because clocks differ a little', async (_, forgery) => {
    expect(await signIn(forgery)).toMatchObject({ error: null, hasSession: true })
  })

  test('with a name and an address that no database would take is kept without what is wrong in them', async () => {
    const name = `Ada${'\0'}${'x'.repeat(5_000)}\ud800`
    const outcome = await signIn({ claims: { name, preferred_username: `ada${'\0'}@contoso.example` } })
    expect(outcome).toMatchObject({ error: null, hasSession: true })
    const kept = await rolecall.db.select({ name: members.name, email: members.email }).from(members)
    expect(kept).toContainEqual({ name: expect.stringMatching(/^Adax{996}…$/), email: 'ada@contoso.example' })
  })

  test('by a key that Microsoft has just begun to use is taken', async () => {
    applyChange(rolecall.sandbox.world, { type: 'rotate_keys', forgetOld: true })
    expect(await signIn()).toMatchObject({ error: null, hasSession: true })
  })
})

test.each([
  ['token_endpoint', 'https://login.microsoftonline.com.evil.example/common/oauth2/v2.0/token'],
  ['issuer', 'https://sts.evil.example/{tenantid}/v2.0'],
  ['token_endpoint', 'https://graph.microsoft.com/token'],
  ['jwks_uri', 'http://login.microsoftonline.com/common/discovery/v2.0/keys'],
])('metadata whose %s is %s begins no session, and is given no code', async (name, address) => {
  const wellKnown = 'https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration'
  const honest = await (await send(wellKnown, {})).json()
  const { log } = rolecall.sandbox.world
  log.length = 0
  await tenant.during(
    [{ match: { path: 'openid-configuration$' }, status: 200, body: { ...honest, [name]: address } }],
    async () => {
      expect(await signIn()).toMatchObject({ error: 'OAuthCallback', ...REFUSED })
    },
  )
  expect(log.filter(({ path }) => /token$|keys$/.test(path))).toEqual([])
})

describe('when the clock of this server is wrong', () => {
  test('by ten minutes ahead, people still sign in', async () => {
    rolecall.sandbox.world.clockOffset = -10 * MINUTE * 1000
    expect(await signIn()).toMatchObject({ error: null, hasSession: true })
  })

  test.each([
    [-10, 'is 10 minutes off: it is behind Microsoft’s.'],
    [120, 'is 120 minutes off: it is ahead of Microsoft’s.'],
  ])('by %i minutes, the sign-in page says so, and by how much', async (minutes, words) => {
    rolecall.sandbox.world.clockOffset = -minutes * MINUTE * 1000
    const { led, ...outcome } = await signIn()
    expect(outcome).toEqual({ error: 'ClockWrong', ...REFUSED })
    expect(led.pathname).toBe('/signin')
    const ahead = led.searchParams.get('ahead') ?? undefined
    expect(describePortalSignInProblem('ClockWrong', ahead)?.next).toContain(words)
  })
})

describe('where people of a named group or app role may join', () => {
  const ROLE = 'Rolecall.Viewer'
  const change = (one: { type: NamedChange['type'] } & Record<string, string>) =>
    applyChange(rolecall.sandbox.world, { tenantId: tenant.tenantId, ...one } as NamedChange)
  const person = (kind: string) => ({ user: tenant.account(kind).username })

  /** Makes a group with these accounts in it, which is assigned to the portal, and gives its ID. */
  function assignedGroup(displayName: string, ...kinds: string[]): string {
    const { id } = change({ type: 'add_group', displayName }) as { id: string }
    for (const kind of kinds) change({ type: 'add_member', groupId: id, ...person(kind) })
    change({ type: 'assign_to_application', principalId: id })
    return id
  }

  beforeAll(() => change({ type: 'set_licence', licence: 'p1' }))

  test('a member of the group comes in, whoever is only in another one does not, and both by what the token says', async () => {
    const readers = assignedGroup('Readers of access', 'reader')
    assignedGroup('Somebody else', 'outsider')
    await changeJoinRule(tenant.owner, { rule: 'groups', named: [readers] })
    expect(await signIn(undefined, 'reader')).toMatchObject({ error: null, hasSession: true })
    expect(await signIn(undefined, 'outsider')).toEqual({ led: expect.anything(), error: 'InNoneNamed', ...REFUSED })
  })

  test('whoever left the group is kept out, and of whom the token says nothing too, until an owner lets them in', async () => {
    const [readers, others] = [assignedGroup('Leavers', 'plain'), assignedGroup('Stayers', 'plain')]
    await changeJoinRule(tenant.owner, { rule: 'groups', named: [readers] })
    expect(await signIn(undefined, 'plain')).toMatchObject({ hasSession: true })
    change({ type: 'remove_member', groupId: readers, ...person('plain') })
    expect(await signIn(undefined, 'plain')).toMatchObject({ error: 'InNoneNamed', ...REFUSED })
    change({ type: 'remove_member', groupId: others, ...person('plain') })
    expect(await signIn(undefined, 'plain')).toMatchObject({ error: 'GroupsNotTold', ...REFUSED })
    const kept = (await listMembers(tenant.owner)).find(({ joinDoubt }) => joinDoubt === 'groups_not_told')
    await letMemberIn(tenant.owner, kept?.id ?? '')
    expect(await signIn(undefined, 'plain')).toMatchObject({ error: null, hasSession: true })
  })

  test('the holder of the app role comes in although they are in more groups than a token names', async () => {
    change({ type: 'assign_to_application', ...person('viewer'), appRole: ROLE })
    for (let n = 0; n <= 200; n++) assignedGroup(`Group ${n}`, 'viewer')
    const named = assignedGroup('Named', 'outsider')
    await changeJoinRule(tenant.owner, { rule: 'groups', named: [ROLE, named] })
    expect(await signIn(undefined, 'viewer')).toMatchObject({ error: null, hasSession: true })
    await changeJoinRule(tenant.owner, { rule: 'groups', named: [named] })
    expect(await signIn(undefined, 'viewer')).toMatchObject({ error: 'GroupsNotTold', ...REFUSED })
  })
})

test.each(['<b>12</b>', '12 minutes', '1e9', '', '99999999999', '0'])(
  'of a link that says %j of the clock, nothing is repeated',
  (ahead) => {
    const problem = describePortalSignInProblem('ClockWrong', ahead)
    expect(problem?.title).toBe('The sign-in was not finished')
    if (ahead) expect(JSON.stringify(problem)).not.toContain(ahead)
  },
)
