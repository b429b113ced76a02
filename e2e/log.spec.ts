import type { APIRequestContext, Page } from '@playwright/test'
import { startLoggedPortal } from './support/logged-portal'
import { findSecret } from './support/secrets'
import { connect, expect, goToMicrosoft, openResults, pickAccount, signIn, test } from './support/test'

/** Of the demo world of the sandbox: an administrator, and two subscriptions that she can read. */
const ADA = { kind: 'owner', username: 'ada@contoso.example', name: 'Ada Novak', objectId: '' }
const PRODUCTION = { id: '0f1e2d3c-0001-4b5a-8c7d-9e0f1a2b3c01', name: 'Production' }
const STAGING = '0f1e2d3c-0002-4b5a-8c7d-9e0f1a2b3c02'

const CANARY = 'Canary label of Quenby'

/** Makes a rename to the canary fail in the database, and so the return from Microsoft for the second subscription. */
const FAULTS = [
  `create function fail() returns trigger language plpgsql as $$ begin raise exception 'no room for %', new; end $$`,
  `create trigger fail_rename before update on connections for each row
    when (new.label = '${CANARY}') execute function fail()`,
  `create trigger fail_return before update on connect_attempts for each row
    when (new.sealed_cache is not null and new.subscription_id = '${STAGING}') execute function fail()`,
]

/** What may stand in no line: SQL, addresses and names of people, labels, and whatever the requests below carry. */
const FORBIDDEN = [
  /insert into|select .* from|update "?\w+"? set|failed query|no room for|"params"/i,
  /@contoso|%40contoso|Novak/,
  new RegExp(CANARY.replaceAll(' ', '.'), 'i'),
  /forged/,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/,
]

/** Requests of anyone at all, by which a line of the log was made or shaped once. */
async function attack(request: APIRequestContext, portal: string): Promise<number[]> {
  const answers: number[] = []
  const ask = async (path: string, options: Parameters<APIRequestContext['fetch']>[1] = {}) => {
    const answer = await request.fetch(`${portal}${path}`, { maxRedirects: 0, ...options })
    answers.push(answer.status())
    for (const value of Object.values(answer.headers())) expect(value).not.toContain('forged')
  }
  const forged = encodeURIComponent('\r\n{"level":30,"event":"forged"}\u001b[31m\u202e\u0085 ada@contoso.example')
  for (const path of [
    'error',
    'signin',
    'signout',
    'session',
    'providers',
    'verify-request',
    '_log',
    'callback',
    'csrf/x',
  ])
    await ask(`/api/auth/${path}?error=${forged}&callbackUrl=${forged}`)
  await ask(`/api/auth/callback/azure-ad?error=${forged}&error_description=${forged}&state=forged`)
  await ask(`/api/auth/callback/azure-ad?code=forged&state=forged`)
  for (const path of ['/signin', '/people', '/api/health', '/nowhere'])
    await ask(`${path}?error=${forged}&q=${forged}`, { method: 'TRACE' })
  const megabyte = new URLSearchParams({ level: 'error', code: `forged ${'x'.repeat(1_000_000)}` }).toString()
  const headers = { origin: portal, 'content-type': 'application/x-www-form-urlencoded' }
  for (let n = 0; n < 50; n++) await ask('/api/auth/_log', { method: 'POST', headers, data: megabyte })
  return answers
}

/** Provokes an error in the database three ways: in the callback of the login, in an action, and in a page. */
async function meetDatabaseErrors(page: Page, portal: string, secrets: Set<string>): Promise<string> {
  await signIn(page, ADA)
  await connect(page, { subscription: PRODUCTION, account: () => ADA })
  const results = await openResults(page)
  await page.goto(`${results}/settings`)
  await page.getByRole('button', { name: 'Rename' }).click()
  await page.getByRole('dialog').getByLabel('Label').fill(CANARY)
  await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click()
  await expect(page.getByText('Something went wrong on our side')).toBeVisible()
  const number = await page.getByText(/this number/).textContent()

  const cursor = Buffer.from(JSON.stringify(['2024-02-30T00:00:00Z', STAGING])).toString('base64url')
  await page.request.get(`${results}/runs?after=${cursor}`)
  expect((await page.request.get(`${portal}/find?q=ada%40contoso.example`)).status()).toBe(200)

  page.on('request', (request) => {
    const query = new URL(request.url()).searchParams
    for (const name of ['code', 'state', 'nonce']) secrets.add(query.get(name) ?? 'absent from this request')
  })
  await goToMicrosoft(page, STAGING)
  const returned = page.waitForResponse((response) => response.url().startsWith(`${portal}/api/azure/callback`))
  await pickAccount(page, ADA)
  expect((await returned).status()).toBe(500)
  return /\d{5,}/.exec(String(number))?.[0] ?? ''
}

test('whatever is asked of it, a portal writes lines of JSON that hold no secret and nobody else’s words', async ({
  browser,
}) => {
  test.slow() // a portal, a sandbox and a database of its own
  const portal = await startLoggedPortal(FAULTS)
  const page = await browser.newPage({ baseURL: portal.url })
  const secrets = new Set<string>()
  const answers = await attack(page.request, portal.url)
  // The closed endpoints are not there, and the guard takes no content of that size.
  expect(answers.filter((status) => status === 404 || status === 413).length).toBeGreaterThan(50)
  const number = await meetDatabaseErrors(page, portal.url, secrets)
  for (const { value } of await page.context().cookies()) secrets.add(value)
  await page.context().close()

  const lines = await portal.end()
  expect(lines.join('').length).toBeLessThan(100_000)
  for (const line of lines) {
    for (const pattern of FORBIDDEN) expect(line).not.toMatch(pattern)
    expect(findSecret(line, secrets)).toBeNull()
  }
  const events: Record<string, unknown>[] = lines.map((line) => JSON.parse(line))
  for (const event of events) expect(event).toMatchObject({ level: expect.any(Number), event: expect.any(String) })

  const failed = events.filter(({ event }) => event === 'request_failed')
  expect(failed).toContainEqual(expect.objectContaining({ route: '/api/azure/callback', kind: 'route' }))
  const rename = failed.filter(({ digest }) => digest === number)
  expect(rename).toEqual([
    expect.objectContaining({
      kind: 'action',
      error: expect.objectContaining({ cause: expect.objectContaining({ errorCode: 'P0001' }) }),
    }),
  ])
  // Next tells the console of the same errors, which must not make a second line.
  const places = failed.map(({ error }) => JSON.stringify(error))
  expect(events.filter(({ event, error }) => event === 'output' && places.includes(JSON.stringify(error)))).toEqual([])
})
