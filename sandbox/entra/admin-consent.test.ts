import { afterAll, beforeEach, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { signInAs } from '../visitor'
import { CONTOSO } from '../world/demo-ids'

const GRAPH = 'https://graph.microsoft.com/User.Read.All'
const ARM = 'https://management.azure.com/user_impersonation'
const running: Sandbox[] = []
let sandbox: Sandbox

beforeEach(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  running.push(sandbox)
})
afterAll(() => Promise.all(running.map((one) => one.close())))

async function ask(
  change: Record<string, string>,
  visit: { username: string; consent?: 'accept' | 'cancel' | 'return' },
  path = '/v2.0/adminconsent',
) {
  const query = new URLSearchParams({
    client_id: sandbox.world.clientId,
    redirect_uri: 'http://localhost:3000/api/azure/admin-consent',
    state: '12345',
    ...change,
  })
  const outcome = await signInAs(sandbox.url, `https://login.microsoftonline.com/${CONTOSO}${path}?${query}`, visit)
  return outcome.kind === 'redirect' ? Object.fromEntries(outcome.url.searchParams) : { page: outcome.html }
}

const granted = () => {
  const consents = sandbox.world.findTenant(CONTOSO)?.consents ?? []
  return [...(consents.find((one) => one.clientId === sandbox.world.clientId && one.userId === null)?.scopes ?? [])]
}

test('an administrator consents for everyone, for scopes of several resources at once', async () => {
  const scope = `${GRAPH} ${ARM}`
  expect(await ask({ scope }, { username: 'ada@contoso.example', consent: 'accept' })).toEqual({
    admin_consent: 'True',
    tenant: CONTOSO,
    scope,
    state: '12345',
  })
  expect(granted()).toEqual(['graph/User.Read.All', 'arm/user_impersonation'])
})

test('cancelling is reported as consent_required, and grants nothing', async () => {
  const back = await ask({ scope: GRAPH }, { username: 'ada@contoso.example', consent: 'cancel' })
  expect(back).toMatchObject({ admin_consent: 'True', error: 'consent_required', state: '12345' })
  expect(back.error_description).toMatch(
    /^AADSTS65004: The resource owner or authorization server denied the request\./,
  )
  expect(granted()).toEqual([])
})

test('a person who is no administrator, or is of another tenant, sees a page that refuses', async () => {
  expect((await ask({ scope: GRAPH }, { username: 'ben@contoso.example' })).page).toContain('AADSTS90094')
  expect((await ask({ scope: GRAPH }, { username: 'gwen@fabrikam.example' })).page).toContain('AADSTS50020')
})

test('a scope is required and must exist; the older address takes what is registered', async () => {
  const ada = { username: 'ada@contoso.example', consent: 'accept' } as const
  expect((await ask({}, ada)).error_description).toContain('AADSTS900144')
  expect((await ask({ scope: 'Toast.Butter' }, ada)).error_description).toContain('AADSTS70011')
  expect((await ask({ scope: 'https://vault.azure.net/.default' }, ada)).error).toBe('invalid_resource')
  expect(await ask({}, ada, '/adminconsent')).toEqual({ admin_consent: 'True', tenant: CONTOSO, state: '12345' })
  expect(granted()).toEqual(sandbox.world.applications.get(sandbox.world.clientId)?.registeredScopes)
})

test('an approval begun in Microsoft’s own portal comes back to the first registered address without state', async () => {
  const start = `https://login.microsoftonline.com/${CONTOSO}/adminconsent?client_id=${sandbox.world.clientId}`
  const comeBack = async (consent: 'accept' | 'cancel') => {
    const outcome = await signInAs(sandbox.url, start, { username: 'ada@contoso.example', consent })
    if (outcome.kind === 'page') throw new Error(outcome.html)
    const { origin, pathname, searchParams } = outcome.url
    return { address: origin + pathname, query: Object.fromEntries(searchParams) }
  }
  const address = 'http://localhost:3000/api/auth/callback/azure-ad'
  const declined = await comeBack('cancel')
  expect(declined).toMatchObject({ address, query: { admin_consent: 'True', error: 'consent_required' } })
  expect(declined.query).not.toHaveProperty('state')
  expect(granted()).toEqual([])
  expect(await comeBack('accept')).toEqual({ address, query: { admin_consent: 'True', tenant: CONTOSO } })
  expect(granted()).toEqual(sandbox.world.applications.get(sandbox.world.clientId)?.registeredScopes)
  expect(await (await fetch(`${sandbox.url}/`)).text()).toContain(
    `/login.microsoftonline.com/${CONTOSO}/adminconsent?client_id=${sandbox.world.clientId}`,
  )
})

test('without a registered address, or at the newer page, an approval must name its address', async () => {
  const visit = async (path: string) => {
    const start = `https://login.microsoftonline.com/${CONTOSO}${path}?client_id=${sandbox.world.clientId}&scope=${GRAPH}`
    const outcome = await signInAs(sandbox.url, start, { username: 'ada@contoso.example' })
    return outcome.kind === 'page' ? outcome.html : outcome.url.href
  }
  expect(await visit('/v2.0/adminconsent')).toContain('AADSTS50011')
  sandbox.world.applications.get(sandbox.world.clientId)?.redirectUris.splice(0)
  expect(await visit('/adminconsent')).toContain('AADSTS500113')
})
