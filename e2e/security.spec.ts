import { readFileSync } from 'node:fs'
import { type Answer, ask, askOn, fromOwnPage, type SentHeaders } from './support/ask'
import { fill, type PortalRoute, pageAlone, portalRoutes } from './support/portal-routes'
import { change, control, type TrueAssignment } from './support/sandbox'
import { cookieOf, memberIdOf, sessionOf, stranger, type Victim, victim } from './support/scene'
import { findSecret, readAllBelow } from './support/secrets'
import { callAction, FORM, type Shape, serverActions } from './support/server-actions'
import { accountButton, connect, expect, goToMicrosoft, pickAccount, signIn, test } from './support/test'

/** What anyone may open: signing in, what an administrator sees who approved, whether the portal is up, and public keys. */
const PUBLIC = [
  '/signin',
  '/signin/ended',
  '/approved',
  '/api/health',
  '/api/csp-reports',
  '/api/azure/admin-consent',
  '/api/auth/[...nextauth]',
  '/.well-known/rolecall-signing-keys',
  '/.well-known/rolecall-signing-keys/[keyFile]',
]

/** What is read with the token of a feed and in no other way: not with a session either, be it that of the feed's own member. */
const WITH_TOKEN = ['/feeds/[feedId]/changes.json', '/feeds/[feedId]/changes.xml']

/** The ways in which Next's router asks for a page, and one in which it never would. */
function waysToAsk(route: PortalRoute, path: string, fillers: Record<string, string>) {
  const rsc = { rsc: '1' }
  const prefetch = { ...rsc, 'next-router-prefetch': '1' }
  return [
    { path, headers: {} },
    { path, headers: rsc },
    { path: `${path}?_rsc=1`, headers: rsc },
    { path, headers: { ...rsc, 'next-router-state-tree': pageAlone(route, fillers) } },
    { path, headers: prefetch },
    ...['/_tree', '/_full', '/_index', '/__PAGE__'].map((segment) => ({
      path,
      headers: { ...prefetch, 'next-router-segment-prefetch': segment },
    })),
    { path: `${path}.rsc`, headers: {} },
    { path: `${path}.prefetch.rsc`, headers: {} },
    { path: `${path}.segments/_tree.segment.rsc`, headers: {} },
  ]
}

/** Asks for a route in every way and gives every answer, those on the way included. */
async function everyAnswer(route: PortalRoute, fillers: Record<string, string>, cookie?: string): Promise<Answer[]> {
  const path = fill(route, fillers)
  const all = await Promise.all(
    waysToAsk(route, path, fillers).map((way) => askOn(way.path, { cookie, headers: way.headers })),
  )
  return all.flat()
}

const fillersFor = ({ connectionId, attemptId, accountId, draftId, feedId, exportId, changeId, personId }: Victim) => ({
  connectionId,
  attemptId,
  accountId,
  draftId,
  feedId,
  exportId,
  changeId,
  personId,
  nextauth: 'session',
  keyFile: 'no-such-key.pem',
})

test('no page and no route says anything of an organisation to those outside it', async ({ page, world, browser }) => {
  const them = await victim(page, world)
  const outsider = await stranger(browser)
  const routes = portalRoutes()
  const fillers = fillersFor(them)
  const leaks = ({ body, headers }: Answer) =>
    them.marks.filter((mark) => body.includes(mark) || JSON.stringify(headers).includes(mark))

  // Their own member does find it there, also with the page asked for alone: so the questions below are real ones.
  const results = routes.find(({ pattern }) => pattern === '/integrations/azure/[connectionId]')
  if (!results) throw new Error('The results page has moved.')
  for (const headers of [{}, { rsc: '1', 'next-router-state-tree': pageAlone(results, fillers) }]) {
    const answers = await askOn(fill(results, fillers), { cookie: them.cookie, headers })
    expect(answers.flatMap(leaks)).toContain(them.marks[0])
  }

  for (const route of routes) {
    for (const cookie of [undefined, outsider]) {
      const answers = await everyAnswer(route, fillers, cookie)
      for (const answer of answers) {
        const what = `${route.pattern} for ${cookie ? 'a stranger' : 'nobody'} at ${answer.path}`
        expect(leaks(answer), what).toEqual([])
        expect(answer.status, what).toBeLessThan(500)
      }
      const [plain] = answers
      if (PUBLIC.includes(route.pattern)) continue
      if (WITH_TOKEN.includes(route.pattern)) {
        const own = await ask(fill(route, fillers), { cookie: them.cookie })
        expect([plain?.status, own.status], route.pattern).toEqual([401, 401])
        expect([plain?.body, plain?.headers['www-authenticate']]).toEqual([own.body, own.headers['www-authenticate']])
        continue
      }
      if (cookie !== outsider) {
        expect(plain?.status, `${route.pattern} for nobody`).toBeGreaterThan(300)
        expect(plain?.headers.location ?? '/signin', `${route.pattern} for nobody`).toMatch(
          route.pattern === '/' ? /^\/(signin|integrations)/ : /^\/signin/,
        )
      } else if (route.pattern.includes('[')) {
        expect(plain?.status, `${route.pattern} for a stranger`).toBe(404)
      }
    }
  }
})

/**
 * Every form field that any action reads, set to what would change most. A name is left out: every member may make feeds and save
 * views of their own, and without a name none is made.
 */
const FIELDS = (typed: string) => ({
  label: 'Taken over',
  schedule: 'hourly',
  data: 'delete',
  typed,
  role: 'owner',
  rule: 'groups',
  named: '00000000-1111-4222-8333-444444444444',
  who: '00000000-1111-4222-8333-444444444444',
  acceptOtherAccount: 'on',
  subscriptionId: '00000000-1111-4222-8333-444444444444',
  tenant: '00000000-1111-4222-8333-444444444444',
  clientId: '00000000-1111-4222-8333-444444444444',
  credential: 'secret',
  secret: 'stranger',
})

/** Calls that fit the actions: with an id alone, with a choice, with options, with a form, with a state and a form. */
function shapesFor(ids: string[], typed: string): Shape[] {
  const form = FIELDS(typed)
  return [
    { args: [] },
    { args: [null, FORM], form },
    ...ids.flatMap((id): Shape[] => [
      { args: [id] },
      { args: [id, false] },
      { args: [id, { prompt: 'consent', useClaims: true }] },
      { args: [id, null, FORM], form },
      { args: [id, null, FORM], form: { ...form, data: 'keep', role: 'viewer', schedule: 'off' } },
    ]),
  ]
}

test('an action called by hand answers a viewer with the forbidden page, and another organisation with the not-found page', async ({
  page,
  world,
  browser,
}) => {
  const them = await victim(page, world)
  const viewer = await sessionOf(browser, world.account('reader'))
  const outsider = await stranger(browser)
  const sync = serverActions().find(({ name }) => name === 'syncNow')
  if (!sync) throw new Error('There is no action syncNow.')
  for (const [cookie, status] of [
    [viewer, 403],
    [outsider, 404],
  ] as const) {
    const shape = { args: [them.connectionId] }
    const answer = await callAction(sync.id, shape, { path: sync.page, cookie, headers: fromOwnPage() })
    expect(answer.status).toBe(status)
    // By this the browser's code knows which page to show.
    expect(answer.body).toContain(`NEXT_HTTP_ERROR_FALLBACK;${status}`)
  }
})

/** Actions that concern the caller's own browser only. They are called too, last, because they end the session. */
const OWN = ['chooseTheme', 'signOut', 'signOutEverywhere']

const actionsInOrder = () =>
  serverActions().sort((one, other) => Number(OWN.includes(one.name)) - Number(OWN.includes(other.name)))

test('no action changes anything for a viewer, or for another organisation', async ({ page, world, browser }) => {
  test.slow() // every action of the build, once for each of three callers
  const them = await victim(page, world)
  const reader = world.account('reader')
  const viewer = await sessionOf(browser, reader)
  const outsider = await stranger(browser)
  const member = await memberIdOf(them.cookie, reader)
  const { connectionId, attemptId, accountId, draftId, feedId, exportId, viewId } = them
  const ids = [connectionId, attemptId, accountId, draftId, feedId, exportId, viewId, member]
  const before = await them.state()
  expect(before.flatMap(({ words }) => words)).toContain(world.subscription.name)

  for (const cookie of [viewer, outsider, undefined]) {
    for (const { id, name, page: path } of actionsInOrder()) {
      for (const shape of shapesFor(cookie ? ids : ids.slice(0, 1), world.subscription.name)) {
        const { body } = await callAction(id, shape, { path, cookie, headers: fromOwnPage() })
        if (cookie === viewer) continue
        const leaks = them.marks.filter((mark) => body.includes(mark))
        expect(leaks, `${name} to ${cookie ? 'a stranger' : 'nobody'}`).toEqual([])
      }
    }
  }
  expect(await them.state()).toEqual(before)

  // The same call by their own owner does change it: so the calls above were such as the actions take.
  const rename = actionsInOrder().find(({ name }) => name === 'renameConnection')
  if (!rename) throw new Error('There is no action renameConnection.')
  const shape = { args: [them.connectionId, null, FORM], form: { label: 'Renamed by its owner' } }
  await callAction(rename.id, shape, { path: rename.page, cookie: them.cookie, headers: fromOwnPage() })
  expect((await them.state()).flatMap(({ words }) => words)).toContain('Renamed by its owner')
})

test('no action takes a request that another site could have sent, or that is not a POST', async ({ page, world }) => {
  const them = await victim(page, world)
  const { cookie } = them
  const before = await them.state()
  const foreign: SentHeaders[] = [
    { origin: null },
    { origin: 'null' },
    { origin: 'https://evil.example' },
    { origin: `${process.env.PORTAL_URL}.evil.example` },
    { origin: process.env.SANDBOX_URL ?? '' },
    { ...fromOwnPage(), 'sec-fetch-site': 'cross-site' },
    { ...fromOwnPage(), 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
  ]
  for (const { id, name, page: path } of actionsInOrder()) {
    const shape = { args: [them.connectionId, null, FORM], form: FIELDS(world.subscription.name) }
    for (const headers of foreign) {
      // As the portal's pages call it, and as a form without scripts would.
      const form = new FormData()
      form.append(`$ACTION_ID_${id}`, '')
      const called = await callAction(id, shape, { path, cookie, headers })
      const posted = await ask(path, { method: 'POST', cookie, headers, form })
      expect([called.status, posted.status], `${name} with ${JSON.stringify(headers)}`).toEqual([403, 403])
    }
    // To addresses that the check in front of the pages leaves out, and by other methods.
    for (const outside of ['/icon.png', '/favicon.ico', '/_next/static/x', '/_next/image'])
      await callAction(id, shape, { path: outside, cookie, headers: { origin: null } })
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'])
      await ask(path, { method, cookie, headers: { ...fromOwnPage(), 'next-action': id } })
  }
  expect(await them.state()).toEqual(before)
})

test('no route handler takes a write from another site', async ({ page, world }) => {
  await signIn(page, world.account('owner'))
  const cookie = await cookieOf(page.context())
  const csrf = await ask('/api/auth/csrf', { cookie })
  const { csrfToken } = JSON.parse(csrf.body) as { csrfToken: string }
  const form = new URLSearchParams({ csrfToken, callbackUrl: '/', json: 'true' }).toString()
  const writes = [
    '/api/auth/signout',
    '/api/auth/signin/azure-ad',
    '/api/auth/callback/azure-ad',
    '/api/auth/_log',
    '/api/azure/callback',
    '/api/azure/admin-consent',
    '/api/health',
  ]
  for (const path of writes) {
    for (const headers of [{}, { origin: 'null' }, { origin: 'https://evil.example' }]) {
      const sent = { 'content-type': 'application/x-www-form-urlencoded', ...headers }
      expect((await ask(path, { method: 'POST', cookie, headers: sent, body: form })).status, path).toBe(403)
      for (const method of ['PUT', 'DELETE', 'PATCH'])
        expect((await ask(path, { method, cookie, headers: sent, body: form })).status, `${method} ${path}`).toBe(405)
    }
  }
  expect(readFileSync(String(process.env.PORTAL_LOG), 'utf8')).toContain('"event":"foreign_origin_refused"')
  await ask('/api/auth/signout', { cookie })
  expect((await ask('/settings/members', { cookie })).status).toBe(200)
})

const ELSEWHERE = [
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/%2f%2fevil.example',
  '/%5cevil.example',
  '/\t/evil.example',
  '/./\\evil.example',
  'https://evil.example',
  'https:evil.example',
  'https://localhost@evil.example/',
  'javascript:alert(1)',
  'data:text/html,hello',
]

test('a sign-in never leads to another site, whatever the address asks for', async ({ page, world }) => {
  const portal = String(process.env.PORTAL_URL)
  const place = (location: string | undefined, from: string) => new URL(location ?? '', new URL(from, portal))
  for (const [index, goal] of [...ELSEWHERE, `${portal}@evil.example/`, `${portal}.evil.example/`].entries()) {
    const asked = encodeURIComponent(goal)
    if (index < 2) {
      await page.goto(`/signin?${index ? 'callbackUrl' : 'next'}=${asked}&error=SessionExpired`)
      await page.getByRole('button', { name: 'Sign in with Microsoft' }).click()
      await pickAccount(page, world.account('owner'))
      await page.waitForURL(`${portal}/integrations`)
    }
    const cookie = await cookieOf(page.context())
    for (const path of [
      `/signin?next=${asked}`,
      `/signin?callbackUrl=${asked}`,
      `/api/auth/signin?callbackUrl=${asked}`,
    ]) {
      const { status, headers } = await ask(path, { cookie })
      expect(status, path).toBeGreaterThan(300)
      const target = place(headers.location, path)
      expect(target.origin, path).toBe(portal)
      expect(`${target.pathname}`, path).not.toMatch(/^\/[/\\]/)
    }

    const csrf = await ask('/api/auth/csrf')
    const { csrfToken } = JSON.parse(csrf.body) as { csrfToken: string }
    const begun = await ask('/api/auth/signin/azure-ad', {
      method: 'POST',
      cookie: String(csrf.headers['set-cookie']?.map((line) => line.split(';')[0]).join('; ')),
      headers: { ...fromOwnPage(), 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ csrfToken, callbackUrl: goal, json: 'true' }).toString(),
    })
    const kept = begun.headers['set-cookie']?.find((line) => line.startsWith('rolecall.callback-url='))
    if (kept) expect(place(decodeURIComponent(/=([^;]*)/.exec(kept)?.[1] ?? ''), '/').origin, goal).toBe(portal)
  }
})

test('the session cookie is out of reach, new at each sign-in, and dead once it is replaced or ended', async ({
  page,
  world,
}) => {
  const account = world.account('owner')
  const answered = async (cookie: string) => (await ask('/settings/members', { cookie })).status
  await signIn(page, account)
  const first = await cookieOf(page.context())
  const session = (await page.context().cookies()).find(({ name }) => name === 'rolecall.session')
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/', domain: 'localhost' })
  expect(await page.evaluate(() => document.cookie)).toBe('')
  expect(await answered(first)).toBe(200)

  await page.goto('/signin?error=SessionExpired')
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click()
  await pickAccount(page, account)
  await page.waitForURL('**/integrations')
  const second = await cookieOf(page.context())
  expect(second).not.toBe(first)
  expect(await answered(first)).toBe(307)
  expect(await answered(second)).toBe(200)

  await accountButton(page).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.waitForURL(/\/signin/)
  expect(await answered(second)).toBe(307)
})

test('nobody can sign a browser in as themselves, attach their sign-in to it, or sign it out', async ({
  page,
  world,
  browser,
}) => {
  const attacker = await browser.newPage()
  const returning = (path: string) => attacker.waitForRequest((request) => request.url().includes(path))
  const mine = world.account('outsider')
  await signIn(page, world.account('owner'))

  // The attacker's sign-in to the portal, kept from reaching it and sent to the victim as a link.
  await attacker.route('**/api/auth/callback/**', (route) => route.abort())
  await attacker.goto('/signin')
  await attacker.getByRole('button', { name: 'Sign in with Microsoft' }).click()
  const portalReturn = returning('/api/auth/callback')
  await attacker.getByRole('button', { name: mine.username }).click()
  await page.goto((await portalReturn).url())
  await page.goto('/integrations')
  await expect(page).toHaveURL(/\/integrations$/)
  await expect(accountButton(page)).toContainText(world.account('owner').name)
  await attacker.unroute('**/api/auth/callback/**')

  // The attacker's sign-in to Azure, from another organisation.
  const victims = await page.context().newPage()
  await goToMicrosoft(victims, world.subscription.id)
  const strangers = await stranger(browser)
  await attacker.context().addCookies(
    strangers.split('; ').map((pair) => {
      const [name = '', value = ''] = pair.split(/=(.*)/)
      return { name, value, url: String(process.env.PORTAL_URL) }
    }),
  )
  await goToMicrosoft(attacker, world.subscription.id)
  await attacker.route('**/api/azure/callback**', (route) => route.abort())
  const azureReturn = returning('/api/azure/callback')
  await pickAccount(attacker, mine)
  await attacker.getByRole('button', { name: 'Accept' }).click()
  await page.goto((await azureReturn).url())
  await expect(page.getByRole('main').getByText('The sign-in could not be matched to you')).toBeVisible()
  await attacker.context().close()

  await victims.goto('/integrations')
  await expect(victims.getByRole('button', { name: /^Actions for/ })).toHaveCount(0)
})

test('no token, code or secret is in any page, header, log line or stored byte', async ({ page, world }) => {
  const used = new Set<string>()
  page.on('request', (request) => {
    const query = new URL(request.url()).searchParams
    for (const name of ['code', 'state', 'nonce', 'code_challenge']) {
      const value = query.get(name)
      if (value && /callback|authorize/.test(request.url())) used.add(value)
    }
  })
  const them = await victim(page, world)
  // Two logins, each with a code, two states and two nonces at the least.
  expect(used.size).toBeGreaterThan(5)
  used.add(them.feedToken)
  used.add(them.cookie.replace(/.*rolecall\.session=([^;]*).*/, '$1'))

  for (const route of portalRoutes()) {
    for (const { body, headers, path } of await everyAnswer(route, fillersFor(them), them.cookie)) {
      const { 'set-cookie': _own, ...others } = headers
      // What the session's cookie seals is no business of a page either.
      expect(findSecret(body, [...used, 'sessionId']), path).toBeNull()
      expect(findSecret(JSON.stringify(others), used), path).toBeNull()
    }
  }

  const log = readFileSync(String(process.env.PORTAL_LOG), 'utf8')
  expect(log).toContain('http')
  expect(findSecret(log, used)).toBeNull()

  const stored = readAllBelow(String(process.env.PORTAL_DATA))
  expect(stored.some(({ text }) => text.includes(world.subscription.id))).toBe(true)
  for (const { file, text } of stored) expect(findSecret(text, used), file).toBeNull()
})

test('what looks like a token is found where it is', () => {
  const jwt = ['{"alg":"RS256","typ":"JWT"}', '{"sub":"someone","aud":"x"}', 'x'.repeat(40)]
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.')
  expect(findSecret(`before ${jwt} after`)).toBe(jwt)
  expect(
    findSecret(`{"secret":"1.${Buffer.from('{"clientId":"a","homeTenantId":"b"}'.repeat(2)).toString('base64url')}"}`),
  ).toMatch(/^1\.eyJ/)
  expect(findSecret('state=abc', ['abc'])).toBe('abc')
  expect(findSecret('nothing here', ['abc'])).toBeNull()
})

test('every page carries a policy that lets only its own scripts run, and tells no one where it was', async ({
  page,
  world,
}) => {
  const them = await victim(page, world)
  const nonces = new Set<string>()
  let pages = 0
  for (const route of portalRoutes()) {
    for (const { headers, body, path } of await askOn(fill(route, fillersFor(them)), { cookie: them.cookie })) {
      expect(headers, path).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      })
      expect(headers, path).not.toHaveProperty('x-powered-by')
      const policy = String(headers['content-security-policy'])
      const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? ''
      expect(scripts, path).toMatch(/'nonce-[\w+/=]{20,}'/)
      expect(scripts, path).not.toMatch(/unsafe|\*|https?:/)
      expect(policy, path).toContain('report-to csp; report-uri /api/csp-reports')
      for (const rule of ["default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
        expect(policy, path).toContain(rule)

      const nonce = /'nonce-([^']*)'/.exec(scripts)?.[1] ?? ''
      expect(nonces.has(nonce), `${path} repeats a nonce`).toBe(false)
      nonces.add(nonce)
      if (!headers['content-type']?.includes('text/html') || !body) continue
      pages++
      const bare = [...body.matchAll(/<script\b[^>]*>/g)].filter(([tag]) => !tag.includes(`nonce="${nonce}"`))
      expect(bare, path).toEqual([])
      expect(headers['cache-control'], path).toMatch(/no-store/)
    }
  }
  expect(pages).toBeGreaterThan(10)
})

const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '</script><script>alert(1)</script>',
  '"><svg onload=alert(1)>',
  '\u202Egnp.exe',
  '\u200B\u200D\uFEFF',
  `Zalgo ${'\u0301'.repeat(300)}`,
  `long ${'x'.repeat(10_000)}`,
  'nul \u0000 and \uD800 alone',
  '{{constructor.constructor("alert(1)")()}}',
  '$1,000 %s %n `alert(1)`',
]

test.describe('with enough people', () => {
  test.use({ spec: { people: 30, assignments: 60, guests: 0, disabled: 0 } })

  test('names chosen by an attacker are shown as they are written, and do nothing', async ({ page, world }) => {
    const owner = world.account('owner')
    const [markup = ''] = HOSTILE
    const truth = await control<TrueAssignment[]>('GET', `truth/${world.subscription.id}?of=assignments`)
    const accounts = world.accounts.map(({ objectId }) => objectId)
    const living = truth.filter(({ principalType, status }) => principalType === 'User' && status === 'active')
    const people = [...new Set(living.map(({ principalId }) => principalId))].filter((id) => !accounts.includes(id))
    expect(people.length).toBeGreaterThanOrEqual(HOSTILE.length)
    for (const [index, displayName] of HOSTILE.entries())
      await change({ type: 'rename', user: people[index], tenantId: world.tenantId, displayName })
    // The same name as a member's own, and as a label.
    await change({ type: 'rename', user: owner.objectId, tenantId: world.tenantId, displayName: markup })

    const dialogs: string[] = []
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message())
      return dialog.dismiss()
    })
    await signIn(page, owner)
    await connect(page, world)
    await page.getByRole('link', { name: 'See who has access' }).click()
    await page.waitForURL((url) => !url.pathname.includes('/connect/'))
    const results = new URL(page.url()).pathname
    const rename = serverActions().find(({ name }) => name === 'renameConnection')
    const shape = { args: [results.split('/').at(-1), null, FORM], form: { label: markup } }
    const cookie = await cookieOf(page.context())
    await callAction(String(rename?.id), shape, { path: String(rename?.page), cookie, headers: fromOwnPage() })

    for (const path of [results, '/integrations', '/people', '/settings/members', '/settings/audit']) {
      await page.goto(path)
      await expect(page.getByRole('main').getByText(markup).first(), path).toBeVisible()
      await expect(page.locator('img[src="x"], [onerror], [onload]'), path).toHaveCount(0)
    }
    for (const [index, name] of HOSTILE.entries()) {
      await page.goto(`/people/${people[index]}`)
      // A control that turns letters around is spelled out, so that the name reads as it is written.
      const [start = ''] = name.replace('\u202E', '[U+202E]').split('\u0000')
      await expect(page.getByRole('heading', { level: 1 }), name).toContainText(start.trim().slice(0, 200))
      await expect(page.locator('img[src="x"], [onerror], [onload]'), name).toHaveCount(0)
    }
    expect(dialogs).toEqual([])
  })
})
