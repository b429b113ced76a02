import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../server'
import { signInAs } from '../visitor'
import { applyChange } from '../world/changes'
import { CONTOSO } from '../world/demo-ids'
import { createRandom } from '../world/random'
import { addUser } from '../world/tenant'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
})
afterAll(() => sandbox.close())

const addressOf = (scope: string) =>
  `https://login.microsoftonline.com/${CONTOSO}/oauth2/v2.0/authorize?${new URLSearchParams({
    client_id: sandbox.world.clientId,
    response_type: 'code',
    redirect_uri: 'http://localhost:3000/api/azure/callback',
    scope,
  })}`

async function pageFor(username: string, scope = 'User.Read.All'): Promise<string> {
  const outcome = await signInAs(sandbox.url, addressOf(scope), { username })
  if (outcome.kind === 'redirect') throw new Error(`No page: ${outcome.url.href}`)
  return outcome.html
}

const picker = async () => (await fetch(addressOf('User.Read').replace('https://', `${sandbox.url}/`))).text()

test.each([
  ['the account picker', () => picker()],
  ['the consent page', () => pageFor('ada@contoso.example')],
  ['the page that sends a person to their administrator', () => pageFor('ben@contoso.example')],
  ['a page of refusal', () => pageFor('gwen@fabrikam.example')],
])('%s has a title and works by keyboard', async (_what, read) => {
  const html = await read()
  expect(html).toContain('<html lang="en">')
  expect(html).toMatch(/<title>[^<]+\(sandbox\)<\/title>/)
  expect(html).toMatch(/class="banner">[^<]*not Microsoft/)
  expect(html.match(/<h1>/g)).toHaveLength(1)
  expect(html).toContain(':focus-visible')
  expect(html).not.toMatch(/tabindex|onclick|role="button"/)
  for (const [, id] of html.matchAll(/<input class="field" id="([^"]+)"/g))
    expect(html).toContain(`<label for="${id}">`)
})

test('each person who may not sign in sees a page with the code of their case', async () => {
  const { world } = sandbox
  applyChange(world, { type: 'set_traits', user: 'vera@contoso.example', traits: { unassigned: true } })
  expect(await pageFor('vera@contoso.example')).toContain('AADSTS50105')
  applyChange(world, { type: 'set_traits', user: 'vera@contoso.example', traits: {} })
  applyChange(world, { type: 'disable', user: 'vera@contoso.example' })
  expect(await pageFor('vera@contoso.example')).toContain('AADSTS50057')
  expect(await pageFor('nobody@contoso.example')).toMatch(/role="alert"[^>]*>This username may be incorrect/)
})

test('the picker shows only people who can sign in, and at most fifty of a tenant', async () => {
  const tenant = sandbox.world.findTenant(CONTOSO)
  if (!tenant) throw new Error('Contoso is missing.')
  const random = createRandom('many')
  for (let index = 0; index < 300; index++) {
    const name = `Person ${index}`
    const account = index < 200 ? { kind: 'member', note: '' } : null
    addUser(tenant, random, {
      id: random.guid(),
      displayName: name,
      userPrincipalName: `p${index}@contoso.example`,
      account,
    })
  }
  const html = await picker()
  expect(html).toContain('ada@contoso.example')
  expect(html).not.toContain('p250@contoso.example')
  expect(html.match(/class="account"/g)?.length).toBeLessThan(120)
  const typed = await signInAs(sandbox.url, addressOf('openid'), { username: 'p250@contoso.example' })
  expect(typed.kind).toBe('redirect')
})
